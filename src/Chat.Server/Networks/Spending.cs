namespace Chat.Server.Networks;

/// <summary>What of a budget is spent. It comes back evenly, all of it within the window. The zero value has nothing spent. Not for several threads.</summary>
internal struct Spending
{
    private double _spent;
    private long _at;

    /// <param name="time">The clock.</param>
    /// <param name="amount">What is to be spent; at most <paramref name="most"/>.</param>
    /// <param name="most">The budget.</param>
    /// <param name="retryAfter">When refused: after how long there is room for it, unless others spend that.</param>
    public bool TryTake(TimeProvider time, double amount, double most, out TimeSpan retryAfter)
    {
        var over = Now(time, most) + Math.Min(amount, most) - most;
        retryAfter = over > 0 ? over / most * NetworkOptions.Window : TimeSpan.Zero;
        if (over > 0)
            return false;
        _spent += amount;
        return true;
    }

    public void Return(double amount) => _spent = Math.Max(0, _spent - amount);

    public double Now(TimeProvider time, double most)
    {
        var now = time.GetTimestamp();
        _spent = Math.Max(0, _spent - time.GetElapsedTime(_at, now) / NetworkOptions.Window * most);
        _at = now;
        return _spent;
    }
}
