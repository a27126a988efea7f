namespace Chat.Server.Delivery;

/// <summary>
/// Who is here, as clients of this node were last told. A node that dies says nothing and a message of the bus may be lost, so this is compared with the
/// leases from time to time, and what differs is told.
/// </summary>
internal sealed class ToldPresence<T>
    where T : struct
{
    // Guards what follows.
    private readonly Lock _gate = new();
    private readonly HashSet<T> _online = [];
    private readonly HashSet<T> _missing = [];

    public IReadOnlyList<T> Online
    {
        get
        {
            lock (_gate)
                return [.. _online];
        }
    }

    public bool IsOnline(T who)
    {
        lock (_gate)
            return _online.Contains(who);
    }

    public void Note(T who, bool online)
    {
        lock (_gate)
        {
            if (online)
                _online.Add(who);
            else
                _online.Remove(who);
        }
    }

    /// <summary>
    /// What was told and is not so, to be told now. Gone is only who is missing twice in a row: he may have come between the look and this.
    /// </summary>
    /// <param name="looked">Who was looked for; the others are of no interest here any more and are forgotten.</param>
    /// <param name="online">Those of them who are there.</param>
    public (IReadOnlyList<T> Came, IReadOnlyList<T> Left) Compare(IReadOnlyCollection<T> looked, IReadOnlySet<T> online)
    {
        lock (_gate)
        {
            _online.IntersectWith(looked);
            var came = online.Where(who => !_online.Contains(who)).ToList();
            var absent = _online.Where(who => !online.Contains(who)).ToList();
            var left = absent.Where(_missing.Contains).ToList();
            _missing.Clear();
            _missing.UnionWith(absent);
            return (came, left);
        }
    }
}
