using System.Collections.Concurrent;
using Chat.Server.Delivery;
using Chat.Server.Identity;
using Chat.Server.Networks;
using Microsoft.Extensions.Options;

namespace Chat.Server.Hubs;

/// <summary>
/// What all sockets and REST calls of one user may do together, on this node: one who opens more connections gets no more. Budgets of users who
/// have been quiet for long are dropped, since theirs would be full again.
/// </summary>
internal sealed class UserBudgets(IOptions<RateLimits> rates, TimeProvider time)
{
    /// <summary>At so many the quiet ones are dropped.</summary>
    private const int Watermark = 1_000;

    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Guid, Entry> _budgets = new();
    private int _watermark = Watermark;

    public bool TakeChange(Caller caller) => TakeChange(caller, out _);

    public bool TakeChange(Caller caller, out TimeSpan retryAfter) => Of(caller).TakeChange(out retryAfter);

    /// <summary>Calls that read many conversations.</summary>
    public bool TakeCall(Caller caller) => TakeCall(caller, out _);

    /// <summary>Calls that change nothing: for REST, which has no connection that could count them.</summary>
    public bool TakeCall(Caller caller, out TimeSpan retryAfter) => Of(caller).TakeCall(out retryAfter);

    /// <summary>The same for a call that opens or ends somebody's session.</summary>
    public bool TakeCall(Guid user, out TimeSpan retryAfter) => Of(user).Budget.TakeCall(out retryAfter);

    /// <summary>One more REST call of this user, or null: there are too many. It ends when its answer is taken.</summary>
    /// <param name="caller">The user.</param>
    /// <param name="isWait">It may wait for events; these are counted apart.</param>
    public IDisposable? TryBegin(Caller caller, bool isWait)
    {
        var entry = Of(caller.Id);
        return entry.TryBegin(isWait, rates.Value.CallsAtOnce) ? new CallUnderWay(entry, isWait) : null;
    }

    /// <summary>Bytes of a visitor's own allowance, see <see cref="NetworkOptions.OwnBytes"/>.</summary>
    public bool TakeBytes(Caller caller, int bytes)
    {
        var entry = Of(caller.Id);
        lock (entry)
            return entry.Bytes.TryTake(time, bytes, NetworkOptions.OwnBytes, out _);
    }

    public void ReturnBytes(Caller caller, int bytes)
    {
        var entry = Of(caller.Id);
        lock (entry)
            entry.Bytes.Return(bytes);
    }

    private CallBudget Of(Caller caller) => Of(caller.Id).Budget;

    private Entry Of(Guid user)
    {
        if (!_budgets.TryGetValue(user, out var entry))
            entry = Add(user);
        entry.UsedAt = time.GetTimestamp();
        return entry;
    }

    private Entry Add(Guid user)
    {
        if (_budgets.Count > _watermark)
            Sweep();
        return _budgets.GetOrAdd(user, new Entry(new CallBudget(rates.Value, time)));
    }

    private void Sweep()
    {
        foreach (var (id, entry) in _budgets)
        {
            if (!entry.IsBusy && time.GetElapsedTime(entry.UsedAt) > Quiet && !HasSpent(entry))
                _budgets.TryRemove(id, out _);
        }
        _watermark = Math.Max(Watermark, _budgets.Count * 2);
    }

    private bool HasSpent(Entry entry)
    {
        lock (entry)
            return entry.Bytes.Now(time, NetworkOptions.OwnBytes) > 0;
    }

    private sealed class Entry(CallBudget budget)
    {
        private int _calls;
        private int _waits;

        public CallBudget Budget { get; } = budget;

        /// <summary>What is spent of the visitor's own allowance; guarded by a lock on this.</summary>
        public Spending Bytes;

        public bool IsBusy => Volatile.Read(ref _calls) + Volatile.Read(ref _waits) > 0;

        /// <summary>Racy on purpose: a hint for the sweep.</summary>
        public long UsedAt { get; set; }

        public bool TryBegin(bool isWait, int most)
        {
            ref var count = ref isWait ? ref _waits : ref _calls;
            if (Interlocked.Increment(ref count) <= most)
                return true;
            Interlocked.Decrement(ref count);
            return false;
        }

        public void End(bool isWait) => Interlocked.Decrement(ref isWait ? ref _waits : ref _calls);
    }

    private sealed class CallUnderWay(Entry entry, bool isWait) : IDisposable
    {
        public void Dispose() => entry.End(isWait);
    }
}
