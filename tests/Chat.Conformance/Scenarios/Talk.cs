namespace Chat.Conformance.Scenarios;

/// <summary>One conversation of a stage, and all that the client was told to say in it.</summary>
/// <param name="id">The client's id of it.</param>
internal sealed class Talk(string id)
{
    /// <summary>A text that the service does not store as it was typed.</summary>
    public const string Masked = "masked";

    private readonly List<string> _promised = [];
    private readonly Dictionary<int, string?> _changed = [];

    public string Id { get; } = id;

    /// <summary>Bodies whose sending was promised, in this order: they must be stored once.</summary>
    public IReadOnlyList<string> Promised => _promised;

    /// <summary>Seqs of messages that the client was told to edit or (null) to remove.</summary>
    public IReadOnlyDictionary<int, string?> Changed => _changed;

    /// <summary>Seq up to which the client was told to have read; what follows of the operator is unread.</summary>
    public int ReadSeq { get; set; }

    public void Promise(string body) => _promised.Add(body);

    /// <summary>The message has another text from now on, or none.</summary>
    public void Change(int seq, string? before, string? after)
    {
        _changed[seq] = after;
        if (before is not null)
            _promised.Remove(before);
    }

    /// <summary>The service has lost what was said since then.</summary>
    public void Forget(int afterMany) => _promised.RemoveRange(afterMany, _promised.Count - afterMany);
}
