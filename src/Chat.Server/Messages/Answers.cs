using Chat.Contracts;
using Chat.Server.Conversations;
using Chat.Server.Identity;

namespace Chat.Server.Messages;

/// <summary>Turns what the log says into the acknowledgement: the event as stored, as the caller may see it.</summary>
internal sealed class Answers(ConversationReader reader)
{
    public async Task<Outcome<SendResult>> OfAsync(
        Caller caller,
        ConversationId id,
        Task<Outcome<Stored>> storing,
        CancellationToken cancellation
    )
    {
        var outcome = await storing;
        if (outcome.IsRefused)
            return outcome.Refusal;
        var stored = outcome.Value;
        if (stored.Missing is { } missing)
            return new SendResult(ResultStatus.StaleView, Missing: caller.IsOperator ? missing : Projection.ForVisitor(missing));
        var status = stored.Duplicate ? ResultStatus.Duplicate : ResultStatus.Ok;
        if (stored.Event is { } e)
        {
            var seen = caller.IsOperator ? e : Projection.ForVisitor(e);
            return new SendResult(status, seen) { EncodedEvent = stored.Encoded?.JsonFor(caller) ?? default };
        }
        return new SendResult(status, stored.Seq > 0 ? await reader.EventAsync(caller, id, stored.Seq, cancellation) : null);
    }
}
