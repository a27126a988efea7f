using Chat.Contracts;
using Chat.Server.Delivery;
using Chat.Server.Hosting;
using Chat.Server.Identity;
using Chat.Server.Storage;
using Chat.Server.Visitors;

namespace Chat.Server.Conversations;

/// <summary>
/// Long-polls: clients without a socket get the next events within the same milliseconds. A request follows the conversation's topic like a socket,
/// and like a socket it subscribes first and reads second, so that nothing falls between.
/// </summary>
internal sealed class EventWaits
{
    private readonly IEventLog _log;
    private readonly ConversationReader _reader;
    private readonly Topics _topics;
    private readonly CallerAccess _access;
    private readonly NodeState _state;
    private readonly TimeProvider _time;

    // Guards _waiting and the lists in it.
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, List<EventWaiter>> _waiting = [];

    public EventWaits(
        IEventLog log,
        ConversationReader reader,
        Topics topics,
        CallerAccess access,
        EndedRights ended,
        NodeState state,
        TimeProvider time
    )
    {
        (_log, _reader, _topics, _access, _state, _time) = (log, reader, topics, access, state, time);
        ended.Lost += Wake;
    }

    /// <summary>The events after <see cref="HistoryQuery.After"/>; when there are none, those that come while it waits.</summary>
    /// <param name="call">Its cancellation ends the wait: the client has gone.</param>
    /// <param name="query">With After.</param>
    /// <param name="epoch">Of the log that the client holds; another one is answered at once. Null: the client takes any.</param>
    /// <param name="wait">How long there may be nothing to answer.</param>
    public async Task<Outcome<HistoryResult>> ReadAsync(Call call, HistoryQuery query, int? epoch, TimeSpan wait)
    {
        var first = await _reader.HistoryAsync(call, query);
        if (first.IsRefused || first.Value.Events.Count > 0 || (epoch is not null && epoch != first.Value.Epoch))
            return first;
        var waiter = new EventWaiter(call.Caller, query.After!.Value);
        if (!TryEnter(waiter))
            return ErrorCode.RateLimited;
        var topic = _topics.Add(waiter, query.ConversationId);
        try
        {
            if (await IsAtHeadAsync(topic, first.Value.Epoch, query.After.Value, call.Cancellation))
            {
                using var ended = CancellationTokenSource.CreateLinkedTokenSource(call.Cancellation, _state.Draining);
                await waiter.Woken.WaitAsync(wait, _time, ended.Token);
            }
        }
        catch (TimeoutException)
        {
            return first;
        }
        catch (OperationCanceledException) when (_state.IsDraining && !call.Cancellation.IsCancellationRequested)
        {
            return ErrorCode.Draining;
        }
        finally
        {
            _topics.Remove(waiter, query.ConversationId);
            Leave(waiter);
        }
        var page = await _reader.HistoryAsync(call, query);
        // Asked last: the caller may have lost his right while he waited or while this was read.
        if (_access.WhyLost(call.Caller) is { } reason)
            return reason == DisconnectReason.Blocked
                ? new Refusal(ErrorCode.Forbidden, BlockMiddleware.Detail)
                : ErrorCode.Unauthenticated;
        return call.Caller.ExpiresAt <= _time.GetUtcNow() ? ErrorCode.Unauthenticated : page;
    }

    /// <summary>Somebody lost a right, or anybody may have: those are answered now.</summary>
    private void Wake(Guid? user)
    {
        lock (_gate)
        {
            if (user is null)
                Wake(_waiting.Values.SelectMany(waiters => waiters).Where(waiter => _access.WhyLost(waiter.Caller) is not null));
            else if (_waiting.TryGetValue(user.Value, out var his))
                Wake(his);
        }
    }

    private static void Wake(IEnumerable<EventWaiter> waiters)
    {
        foreach (var waiter in waiters)
            waiter.Wake();
    }

    /// <summary>Whether nothing has come since the first read. Tells the topic where it starts: without that, repair would not look after it.</summary>
    private async Task<bool> IsAtHeadAsync(Topic topic, int epoch, int after, CancellationToken cancellation)
    {
        var heads = await _log.ReadHeadsAsync([topic.Id], cancellation);
        return heads.Heads is [var head] && topic.Start(heads.Epoch, head.Seq, head.Cursors) && heads.Epoch == epoch && head.Seq <= after;
    }

    private bool TryEnter(EventWaiter waiter)
    {
        var user = waiter.Caller.Id;
        lock (_gate)
        {
            if (!_waiting.TryGetValue(user, out var his))
                _waiting.Add(user, his = new List<EventWaiter>(1));
            if (his.Count >= Limits.Waits)
                return false;
            his.Add(waiter);
            return true;
        }
    }

    private void Leave(EventWaiter waiter)
    {
        var user = waiter.Caller.Id;
        lock (_gate)
        {
            var his = _waiting[user];
            his.Remove(waiter);
            if (his.Count == 0)
                _waiting.Remove(user);
        }
    }
}
