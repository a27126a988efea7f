namespace Chat.Client;

/// <summary>How long to wait before the next attempt: full jitter, so that a million clients of a node that died do not come back at once.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan cap)
{
    private int _attempts;

    public TimeSpan Next()
    {
        var ceiling = Math.Min(cap.TotalMilliseconds, first.TotalMilliseconds * Math.Pow(2, Math.Min(_attempts++, 30)));
        return Jitter(TimeSpan.FromMilliseconds(ceiling));
    }

    public void Reset() => _attempts = 0;

    /// <summary>Anything up to this.</summary>
    public static TimeSpan Jitter(TimeSpan atMost) => TimeSpan.FromMilliseconds(Random.Shared.NextDouble() * atMost.TotalMilliseconds);
}
