using System.Runtime.CompilerServices;
using Chat.Contracts;

namespace Chat.Client;

/// <summary>
/// What its reader has not read: of each followed conversation the events after its read mark, those that are held first and then those that come. It reads the logs
/// themselves, so that nothing is given twice for being fetched again and a slow reader loses nothing.
/// </summary>
/// <param name="model">Where the logs are.</param>
/// <param name="loadOlder">Fetches a page of what came before the first event held.</param>
/// <param name="time">The clock.</param>
internal sealed class UnreadEvents(ChatModel model, Func<ConversationId, CancellationToken, Task> loadOlder, TimeProvider time)
{
    // How far each log was given. Of another epoch it says nothing: what follows the read mark there is given again.
    private readonly Dictionary<ConversationId, (int Epoch, int Seq)> _given = [];

    public async IAsyncEnumerable<ChatEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var changed = model.Feed.Watch();
        try
        {
            model.Feed.Touch(Held());
            await foreach (var id in changed.ReadAsync(cancellationToken))
            {
                foreach (var e in await TakeAsync(id, cancellationToken))
                    yield return e;
            }
        }
        finally
        {
            model.Feed.Unwatch(changed);
        }
    }

    // Who has waited longest comes first.
    private List<ConversationId> Held()
    {
        lock (model.Gate)
            return [.. model.All.OrderBy(held => held.Conversation?.LastAt).Select(held => held.Id)];
    }

    private async Task<IReadOnlyList<ChatEvent>> TakeAsync(ConversationId id, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(10));
        while (true)
        {
            var (events, first) = model.Look(id, Take);
            if (first is null)
                return events;
            try
            {
                await loadOlder(id, cancellationToken);
            }
            catch (ChatException e) when (e.Retryable && e.Code != ChatException.Network)
            {
                // Hundreds that are followed at once ask for more than a server gives at once.
                await Task.Delay(e.RetryAfter ?? backoff.Next(), time, cancellationToken);
                continue;
            }
            catch (ChatException)
            {
                // Without a connection: the next one has every log looked at again. Refused: it is the reader's no more.
                return [];
            }
            // Somebody else fetches it: when that is over, this log is looked at again.
            if (model.Look(id, held => held?.Log.First) >= first)
                return [];
        }
    }

    /// <summary>What is to be given; or the first event held, when there are some before it that must come first.</summary>
    private (IReadOnlyList<ChatEvent> Events, int? Missing) Take(HeldConversation? held)
    {
        if (held is not { Log: { Epoch: > 0 } log })
            return ([], null);
        var given = _given.GetValueOrDefault(held.Id);
        var after = Math.Max(held.Own.ReadSeq, given.Epoch == log.Epoch ? given.Seq : 0);
        if (after >= log.Seq)
            return ([], null);
        if (log.HasOlder && log.First > after + 1)
            return ([], log.First);
        _given[held.Id] = (log.Epoch, log.Seq);
        return ([.. log.Events.Where(e => e.Seq > after)], null);
    }
}
