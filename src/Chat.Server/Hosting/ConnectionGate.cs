namespace Chat.Server.Hosting;

/// <summary>Counts the connections of a port from their accept to their end.</summary>
/// <param name="most">At once; 0: any number.</param>
internal sealed class ConnectionGate(int most)
{
    private int _open;

    public int Most { get; set; } = most;

    public int Open => Volatile.Read(ref _open);

    /// <summary>False: one more would be too many.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _open) <= Most || Most == 0)
            return true;
        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _open);
}
