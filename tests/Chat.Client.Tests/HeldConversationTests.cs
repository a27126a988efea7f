using Chat.Contracts;
using Xunit;

namespace Chat.Client.Tests;

public sealed class HeldConversationTests
{
    [Fact]
    public void An_event_of_the_visitor_says_who_he_is_and_leaves_with_what_he_came()
    {
        var id = new ConversationId(Guid.CreateVersion7());
        var device = new VisitorDevice("Chrome 141", "Windows");
        var visitor = new VisitorFace(new VisitorId(Guid.CreateVersion7()), null, false, null, device, "ru");
        var vera = new VisitorFace(new VisitorId(Guid.CreateVersion7()), "Vera", true, true);
        var held = new HeldConversation(id);
        held.Apply(
            new ConversationPage
            {
                Conversation = new Conversation
                {
                    Id = id,
                    InboxId = new InboxId(Guid.CreateVersion7()),
                    Visitor = visitor,
                    Status = ConversationStatus.Open,
                    OpenedAt = DateTimeOffset.UnixEpoch,
                    LastAt = DateTimeOffset.UnixEpoch,
                },
                Epoch = 1,
                Events = [],
                Seq = 0,
                HasMore = false,
                Reset = false,
                Cursors = [],
            }
        );

        held.Note(
            new ChatEvent
            {
                ConversationId = id,
                Epoch = 1,
                Seq = 1,
                Type = EventType.Visitor,
                Data = new EventData { Code = "blocked", Visitor = vera },
            }
        );

        Assert.Equal(vera with { Device = device, Locale = "ru" }, held.Conversation!.Visitor);
    }
}
