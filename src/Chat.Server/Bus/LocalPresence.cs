using System.Collections.Concurrent;

namespace Chat.Server.Bus;

/// <summary>Leases of this node alone.</summary>
internal sealed class LocalPresence(TimeProvider time) : IPresence
{
    // Subject to the timestamp at which its lease was last renewed.
    private readonly ConcurrentDictionary<Guid, long> _renewedAt = new();

    // Written by whoever renews; two sweeps at once do no harm.
    private long _sweptAt = time.GetTimestamp();

    /// <summary>Leases in memory; those that ended are forgotten within a lifetime.</summary>
    public int Count => _renewedAt.Count;

    public Task RenewAsync(IReadOnlyCollection<Guid> subjects, CancellationToken cancellation)
    {
        var now = time.GetTimestamp();
        foreach (var subject in subjects)
            _renewedAt[subject] = now;
        if (time.GetElapsedTime(Volatile.Read(ref _sweptAt), now) >= IPresence.Lifetime)
            Sweep(now);
        return Task.CompletedTask;
    }

    public Task<bool?> ReleaseAsync(Guid subject, CancellationToken cancellation)
    {
        _renewedAt.TryRemove(subject, out _);
        return Task.FromResult<bool?>(false);
    }

    public Task<IReadOnlySet<Guid>> OnlineAsync(IReadOnlyCollection<Guid> subjects, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlySet<Guid>>(Online(subjects));

    public Task<IReadOnlySet<Guid>?> LookAsync(IReadOnlyCollection<Guid> subjects, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlySet<Guid>?>(Online(subjects));

    public HashSet<Guid> Online(IReadOnlyCollection<Guid> subjects)
    {
        var online = new HashSet<Guid>(subjects.Count);
        foreach (var subject in subjects)
        {
            if (!_renewedAt.TryGetValue(subject, out var renewedAt))
                continue;
            if (time.GetElapsedTime(renewedAt) < IPresence.Lifetime)
                online.Add(subject);
            else
                // Only this very lease: a renewal of this moment stays.
                _renewedAt.TryRemove(new KeyValuePair<Guid, long>(subject, renewedAt));
        }
        return online;
    }

    private void Sweep(long now)
    {
        Volatile.Write(ref _sweptAt, now);
        foreach (var lease in _renewedAt)
        {
            if (time.GetElapsedTime(lease.Value, now) >= IPresence.Lifetime)
                _renewedAt.TryRemove(lease);
        }
    }
}
