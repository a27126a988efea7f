using Chat.Contracts;
using Chat.Server.Conversations;
using Chat.Server.Delivery;
using Chat.Server.Identity;

namespace Chat.Server.Messages;

/// <summary>Turns what the log says into the acknowledgement: the event as stored, as the caller may see it.</summary>
internal sealed class Answers(ConversationReader reader, Publisher publisher)
{
    public async Task<Outcome<SendResult>> OfAsync(Call call, ConversationId id, Task<Outcome<Stored>> storing)
    {
        var outcome = await storing;
        if (outcome.IsRefused)
            return outcome.As<SendResult>();
        var (caller, stored) = (call.Caller, outcome.Value);
        if (stored.Missing is { } missing)
            return new SendResult(ResultStatus.StaleView, Missing: caller.IsOperator ? missing : Projection.ForVisitor(missing));
        var e = stored.Event ?? (stored.Seq > 0 ? await reader.EventAsync(id, stored.Seq, call.Cancellation) : null);
        // Whoever stored a repeated change first may have died before it could tell anybody. Those who know it drop it by its seq.
        if (stored.Duplicate && e is not null)
            publisher.Publish(stored.InboxId, [e], call.Connection, e.Seq);
        var seen = e is null || caller.IsOperator ? e : Projection.ForVisitor(e);
        return new SendResult(stored.Duplicate ? ResultStatus.Duplicate : ResultStatus.Ok, seen)
        {
            EncodedEvent = stored.Encoded?.JsonFor(caller) ?? default,
        };
    }
}
