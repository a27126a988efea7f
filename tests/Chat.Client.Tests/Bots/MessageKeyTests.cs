using Chat.Contracts;
using Xunit;

namespace Chat.Client.Tests.Bots;

public sealed class MessageKeyTests
{
    private static readonly ChatEvent Asked = Pages.Message(7) with { ClientId = Guid.NewGuid() };

    [Fact]
    public void The_same_event_gives_the_same_key_also_after_its_log_was_restored()
    {
        Assert.Equal(MessageKey.For(Asked), MessageKey.For(Asked with { Epoch = 2, Seq = 5, At = DateTimeOffset.UnixEpoch }));
    }

    [Fact]
    public void Another_event_purpose_or_conversation_gives_another_key()
    {
        var other = new ConversationId(Guid.CreateVersion7());
        Guid[] keys =
        [
            MessageKey.For(Asked),
            MessageKey.For(Asked, "second"),
            MessageKey.For(Asked with { ClientId = Guid.NewGuid() }),
            MessageKey.For(Asked with { ClientId = null }),
            MessageKey.For(Asked with { ClientId = null, Seq = 8 }),
            MessageKey.For(Asked with { ClientId = null, Epoch = 2 }),
            MessageKey.For(Asked with { ConversationId = other }),
            MessageKey.Once(Pages.Id, "greeting"),
            MessageKey.Once(Pages.Id, "farewell"),
            MessageKey.Once(other, "greeting"),
        ];

        Assert.Equal(keys.Length, keys.Distinct().Count());
    }

    // A bot of this version must not answer what one of an earlier version has answered.
    [Fact]
    public void Keys_stay_what_they_are_from_one_version_to_the_next()
    {
        var conversation = new ConversationId(Guid.Parse("0193a1b2-0000-7000-8000-000000000002"));
        var asked = Asked with { ConversationId = conversation, ClientId = Guid.Parse("0193a1b2-0000-7000-8000-000000000003") };

        Assert.Equal(new Guid("ff18ceee-3a4e-846b-a368-0b15e4834780"), MessageKey.For(asked));
        Assert.Equal(new Guid("58d30dd0-dc8c-8c76-b672-e9b9af25a3a3"), MessageKey.For(asked with { ClientId = null }));
        Assert.Equal(new Guid("d41124a9-1da5-8a21-a064-1bc10a7d64de"), MessageKey.Once(conversation, "greeting"));
    }
}
