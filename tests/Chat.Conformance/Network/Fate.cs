namespace Chat.Conformance.Network;

/// <summary>What becomes of one record of the server.</summary>
internal abstract record Fate
{
    private Fate() { }

    public static Fate Pass { get; } = new Passed();

    /// <summary>It never arrives, and the connection lives on.</summary>
    public static Fate Drop { get; } = new Replaced();

    /// <summary>It comes behind the event that follows it.</summary>
    public static Fate Swap { get; } = new Swapped();

    /// <summary>The connection ends in its place.</summary>
    public static Fate Cut { get; } = new CutOff();

    /// <summary>These come in its place.</summary>
    public static Fate Replace(params IReadOnlyList<string> texts) => new Replaced([.. texts]);

    /// <summary>It comes when this has completed; what follows it goes on.</summary>
    public static Fate After(Task moment) => new Delayed(moment);

    public sealed record Passed : Fate;

    public sealed record Replaced(params string[] Texts) : Fate;

    public sealed record Swapped : Fate;

    public sealed record CutOff : Fate;

    public sealed record Delayed(Task Moment) : Fate;
}
