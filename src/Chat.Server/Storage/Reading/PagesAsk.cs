using Chat.Contracts;

namespace Chat.Server.Storage.Reading;

/// <summary>What one reader asks for: a page after each cursor, of at most so many events.</summary>
internal sealed record PagesAsk(IReadOnlyList<Cursor> Cursors, int Limit)
{
    /// <summary>Who asks: reads are shared fairly among them.</summary>
    public Guid Reader { get; init; }

    /// <summary>For a visitor, who gets neither page nor fields: they are not read.</summary>
    public bool IsVisitors { get; init; }

    /// <summary>Bytes of events that its pages share.</summary>
    public int Bytes { get; init; } = ReadBytes.Node;

    /// <summary>Bytes of events after which pages come empty.</summary>
    public int MostBytes { get; init; } = ReadBytes.Node;
}

/// <summary>
/// How many bytes of events are read for an answer; the one event that passes a bound comes too. A client gives a call up after 10 s, in which 64 kbit/s
/// carry 80 KB, and asks for the same again: after more than that it would never be up to date.
/// </summary>
internal static class ReadBytes
{
    /// <summary>Shared by the pages of an answer.</summary>
    public const int Pages = 32 * 1024;

    /// <summary>At least, of each conversation's newest, which are not continued by themselves.</summary>
    public const int Newest = 4 * 1024;

    /// <summary>Of an answer, however many pages it has.</summary>
    public const int MostOfPages = 256 * 1024;

    /// <summary>A page of history.</summary>
    public const int History = 64 * 1024;

    /// <summary>For the node itself, which has no narrow way before it.</summary>
    public const int Node = 1024 * 1024;
}
