using System.ComponentModel.DataAnnotations;

namespace Chat.Server.Messages;

/// <summary>The append lanes of a node. Section <c>Lanes</c>.</summary>
public sealed class LaneOptions
{
    public const string Section = "Lanes";

    /// <summary>As many as a node may have.</summary>
    internal const int Most = 4;

    /// <summary>How many, each with a database connection of its own. Default 2; SQLite has one writer, so there more are of no use.</summary>
    [Range(1, Most)]
    public int Count { get; set; } = 2;
}
