using Chat.Contracts;
using Xunit;

namespace Chat.Client.Tests.Bots;

public sealed class MessageKeyTests
{
    private static readonly ChatEvent Asked = Pages.Message(7) with { ClientId = Guid.NewGuid() };

    private static readonly Me Author = new(ActorKind.Operator, Guid.Parse("0193a1b2-0000-7000-8000-000000000001"), "Bot", null, []);
    private static readonly Me Other = Author with { Id = Guid.NewGuid() };

    [Fact]
    public void The_same_event_gives_the_same_key_also_after_its_log_was_restored()
    {
        Assert.Equal(
            MessageKey.For(Author, Asked),
            MessageKey.For(Author, Asked with { Epoch = 2, Seq = 5, At = DateTimeOffset.UnixEpoch })
        );
    }

    [Fact]
    public void Another_event_purpose_or_conversation_gives_another_key()
    {
        var other = new ConversationId(Guid.CreateVersion7());
        Guid[] keys =
        [
            MessageKey.For(Author, Asked),
            MessageKey.For(Author, Asked, "second"),
            MessageKey.For(Author, Asked with { ClientId = Guid.NewGuid() }),
            MessageKey.For(Author, Asked with { ClientId = null }),
            MessageKey.For(Author, Asked with { ClientId = null, Seq = 8 }),
            MessageKey.For(Author, Asked with { ClientId = null, Epoch = 2 }),
            MessageKey.For(Author, Asked with { ConversationId = other }),
            MessageKey.Once(Author, Pages.Id, "greeting"),
            MessageKey.Once(Author, Pages.Id, "farewell"),
            MessageKey.Once(Author, other, "greeting"),
            MessageKey.For(Other, Asked),
            MessageKey.Once(Other, Pages.Id, "greeting"),
        ];

        Assert.Equal(keys.Length, keys.Distinct().Count());
    }

    // A bot of this version must not answer what one of an earlier version has answered.
    [Fact]
    public void Keys_stay_what_they_are_from_one_version_to_the_next()
    {
        var conversation = new ConversationId(Guid.Parse("0193a1b2-0000-7000-8000-000000000002"));
        var asked = Asked with { ConversationId = conversation, ClientId = Guid.Parse("0193a1b2-0000-7000-8000-000000000003") };

        Assert.Equal(new Guid("043659b8-81dd-8f97-8c6e-21e6e70eae87"), MessageKey.For(Author, asked));
        Assert.Equal(new Guid("17dc7ae0-96bd-8414-9327-02051dc847ac"), MessageKey.For(Author, asked with { ClientId = null }));
        Assert.Equal(new Guid("f4657d8a-aee7-841b-bb31-9b3242bb9897"), MessageKey.Once(Author, conversation, "greeting"));
    }
}
