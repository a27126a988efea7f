namespace Chat.Conformance.Network;

/// <summary>What is done to single records on living connections. May change while they are open.</summary>
internal sealed class Rules
{
    private volatile Func<HubRecord, string?>? _onCall;
    private volatile Func<HubRecord, Fate>? _onRecord;

    /// <summary>A client's call is answered with this code in the server's place, with nothing if that is empty; null: it goes on.</summary>
    public Func<HubRecord, string?>? OnCall
    {
        get => _onCall;
        set => _onCall = value;
    }

    /// <summary>Answers and pushes of the server. The answers to Hello go by it too.</summary>
    public Func<HubRecord, Fate>? OnRecord
    {
        get => _onRecord;
        set => _onRecord = value;
    }

    /// <summary>The next calls of this method are refused with these codes, one after the other.</summary>
    public void Refuse(string method, params IEnumerable<string> codes)
    {
        var left = new Queue<string>(codes);
        OnCall = call =>
        {
            lock (left)
                return call.Method == method && left.TryDequeue(out var code) ? code : null;
        };
    }

    /// <summary>Calls of this method come to nobody, and are never answered.</summary>
    public void Swallow(string method) => OnCall = call => call.Method == method ? "" : null;

    /// <summary>One of so many pushes of events has this fate, the second first.</summary>
    public void OneEventOf(int many, Fate fate)
    {
        var events = 0;
        OnRecord = record => record.IsEvent && Interlocked.Increment(ref events) % many == 2 % many ? fate : Fate.Pass;
    }

    /// <summary>The next answers to this method are lost with their connections.</summary>
    public void LoseAnswers(string method, int many)
    {
        var left = many;
        OnRecord = record => record.IsAnswerTo(method) && Interlocked.Decrement(ref left) >= 0 ? Fate.Cut : Fate.Pass;
    }

    public void Clear() => (OnCall, OnRecord) = (null, null);
}
