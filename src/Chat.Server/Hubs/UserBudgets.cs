using System.Collections.Concurrent;
using Chat.Server.Delivery;
using Chat.Server.Identity;
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

    private CallBudget Of(Caller caller)
    {
        if (!_budgets.TryGetValue(caller.Id, out var entry))
            entry = Add(caller.Id);
        entry.UsedAt = time.GetTimestamp();
        return entry.Budget;
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
            if (time.GetElapsedTime(entry.UsedAt) > Quiet)
                _budgets.TryRemove(id, out _);
        }
        _watermark = Math.Max(Watermark, _budgets.Count * 2);
    }

    private sealed class Entry(CallBudget budget)
    {
        public CallBudget Budget { get; } = budget;

        /// <summary>Racy on purpose: a hint for the sweep.</summary>
        public long UsedAt { get; set; }
    }
}
