namespace Chat.Server.Delivery;

/// <summary>Two token buckets of one connection: changes (Send, Edit …) and everything else. Two numbers and a stamp each; no timer.</summary>
internal sealed class CallBudget(RateLimits limits, TimeProvider time)
{
    private readonly Lock _gate = new();
    private Bucket _changes = new(limits.ChangesBurst, time.GetTimestamp());
    private Bucket _calls = new(limits.CallsBurst, time.GetTimestamp());

    public bool TakeChange() => TakeChange(out _);

    public bool TakeCall() => TakeCall(out _);

    /// <param name="retryAfter">When refused: after how long one more is allowed.</param>
    public bool TakeChange(out TimeSpan retryAfter)
    {
        lock (_gate)
            return _changes.Take(time, limits.ChangesPerSecond, limits.ChangesBurst, out retryAfter);
    }

    /// <param name="retryAfter">When refused: after how long one more is allowed.</param>
    public bool TakeCall(out TimeSpan retryAfter)
    {
        lock (_gate)
            return _calls.Take(time, limits.CallsPerSecond, limits.CallsBurst, out retryAfter);
    }

    private struct Bucket(double tokens, long at)
    {
        private double _tokens = tokens;
        private long _at = at;

        public bool Take(TimeProvider time, double perSecond, double burst, out TimeSpan retryAfter)
        {
            var now = time.GetTimestamp();
            _tokens = Math.Min(burst, _tokens + time.GetElapsedTime(_at, now).TotalSeconds * perSecond);
            _at = now;
            retryAfter = _tokens < 1 ? TimeSpan.FromSeconds((1 - _tokens) / perSecond) : TimeSpan.Zero;
            if (_tokens < 1)
                return false;
            _tokens -= 1;
            return true;
        }
    }
}
