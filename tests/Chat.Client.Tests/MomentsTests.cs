using Chat.Contracts;
using Xunit;

namespace Chat.Client.Tests;

public sealed class MomentsTests
{
    [Fact]
    public async Task A_notice_that_overtakes_the_answer_which_makes_its_conversation_known_is_shown_with_it()
    {
        await using var model = new ChatModel(Side.Visitor, new MemoryStorage(), TimeProvider.System);
        var id = new ConversationId(Guid.CreateVersion7());

        model.Moments.Apply(new Ephemeral(id, EphemeralType.Queue, null, Limits.QueueTtlMs, Position: 3));
        model.Hold(id);

        Assert.Equal(3, model.Conversations.Value[id].QueuePosition);
    }

    [Fact]
    public async Task What_came_too_early_and_is_over_is_not_shown()
    {
        await using var model = new ChatModel(Side.Visitor, new MemoryStorage(), TimeProvider.System);
        var id = new ConversationId(Guid.CreateVersion7());

        model.Moments.Apply(new Ephemeral(id, EphemeralType.Queue, null, TtlMs: 0, Position: 3));
        model.Hold(id);

        Assert.Null(model.Conversations.Value[id].QueuePosition);
    }
}
