using Chat.Contracts;
using Chat.Server.Delivery;
using Chat.Server.Hosting;
using Chat.Server.Identity;
using Chat.Server.Storage;

namespace Chat.Server.Conversations;

/// <summary>
/// Long-polls: clients without a socket get the next events within the same milliseconds. A request follows the conversation's topic like a socket,
/// and like a socket it subscribes first and reads second, so that nothing falls between.
/// </summary>
internal sealed class EventWaits(IEventLog log, ConversationReader reader, Topics topics, NodeState state, TimeProvider time)
{
    // Guards _waiting.
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, int> _waiting = [];

    /// <summary>The events after <see cref="HistoryQuery.After"/>; when there are none, those that come while it waits.</summary>
    /// <param name="call">Its cancellation ends the wait: the client has gone.</param>
    /// <param name="query">With After.</param>
    /// <param name="epoch">Of the log that the client holds; another one is answered at once. Null: the client takes any.</param>
    /// <param name="wait">How long there may be nothing to answer.</param>
    public async Task<Outcome<HistoryResult>> ReadAsync(Call call, HistoryQuery query, int? epoch, TimeSpan wait)
    {
        var first = await reader.HistoryAsync(call, query);
        if (first.IsRefused || first.Value.Events.Count > 0 || (epoch is not null && epoch != first.Value.Epoch))
            return first;
        if (!TryEnter(call.Caller.Id))
            return ErrorCode.RateLimited;
        var waiter = new EventWaiter(query.After!.Value);
        var topic = topics.Add(waiter, query.ConversationId);
        try
        {
            if (await IsAtHeadAsync(topic, first.Value.Epoch, query.After.Value, call.Cancellation))
            {
                using var ended = CancellationTokenSource.CreateLinkedTokenSource(call.Cancellation, state.Draining);
                await waiter.Woken.WaitAsync(wait, time, ended.Token);
            }
        }
        catch (TimeoutException)
        {
            return first;
        }
        catch (OperationCanceledException) when (state.IsDraining && !call.Cancellation.IsCancellationRequested)
        {
            return ErrorCode.Draining;
        }
        finally
        {
            topics.Remove(waiter, query.ConversationId);
            Leave(call.Caller.Id);
        }
        return await reader.HistoryAsync(call, query);
    }

    /// <summary>Whether nothing has come since the first read. Tells the topic where it starts: without that, repair would not look after it.</summary>
    private async Task<bool> IsAtHeadAsync(Topic topic, int epoch, int after, CancellationToken cancellation)
    {
        var heads = await log.ReadHeadsAsync([topic.Id], cancellation);
        return heads.Heads is [var head] && topic.Start(heads.Epoch, head.Seq, head.Cursors) && heads.Epoch == epoch && head.Seq <= after;
    }

    private bool TryEnter(Guid user)
    {
        lock (_gate)
        {
            var count = _waiting.GetValueOrDefault(user);
            if (count >= Limits.Waits)
                return false;
            _waiting[user] = count + 1;
            return true;
        }
    }

    private void Leave(Guid user)
    {
        lock (_gate)
        {
            if (--_waiting[user] == 0)
                _waiting.Remove(user);
        }
    }
}
