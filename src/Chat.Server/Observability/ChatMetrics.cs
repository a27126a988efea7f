using System.Diagnostics.Metrics;

namespace Chat.Server.Observability;

/// <summary>The one meter of the product. Each feature keeps its instruments next to its code and makes them here.</summary>
internal static class ChatMeter
{
    public const string Name = "Chat";

    public static readonly Meter Meter = new(Name);
}
