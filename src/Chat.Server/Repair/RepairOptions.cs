using System.ComponentModel.DataAnnotations;

namespace Chat.Server.Repair;

/// <summary>How often this node compares itself with the database. Section <c>Repair</c>.</summary>
public sealed class RepairOptions
{
    public const string Section = "Repair";

    /// <summary>While the bus is up. Default 15 s: how late a message can be whose bus message was lost in silence.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan Period { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>While the bus is down. Default 1 s: the delay of delivery between nodes without Redis.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan PeriodWhileDown { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Heads read a second at most. Default 5,000: some 3 % of one PostgreSQL core.</summary>
    [Range(100, 1_000_000)]
    public int HeadsPerSecond { get; set; } = 5_000;
}
