using System.ComponentModel.DataAnnotations;

namespace Chat.Server.Messages;

/// <summary>The append lanes of a node. Section <c>Lanes</c>.</summary>
public sealed class LaneOptions
{
    public const string Section = "Lanes";

    /// <summary>How many, each with a database connection of its own. Default 2; SQLite has one writer, so there more are of no use.</summary>
    [Range(1, 4)]
    public int Count { get; set; } = 2;
}
