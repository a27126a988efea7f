using System.Globalization;
using System.Text.Json.Nodes;
using Chat.Contracts;

namespace Chat.Client.Tests.Traces;

/// <summary>Short forms of traces as they are on the wire.</summary>
internal static class WireText
{
    private static readonly DateTimeOffset Beginning = new(2026, 11, 30, 9, 15, 0, TimeSpan.Zero);

    public static JsonObject Event(JsonNode text, string conversation, int epoch)
    {
        var wire = text.DeepClone().AsObject();
        wire["conversationId"] = conversation;
        wire["epoch"] = epoch;
        if ((string?)wire["type"] == "skip")
            return wire;
        wire["type"] ??= "message";
        wire["actor"] = Actor((string)Take(wire, "by")!);
        wire["at"] = Time((int)wire["seq"]!);
        var data = (JsonObject?)wire["data"] ?? [];
        if (Take(wire, "body") is { } body)
            data["body"] = body;
        if (wire["data"] is null)
            wire["data"] = data;
        return wire;
    }

    public static JsonObject Page(JsonNode text, Side side)
    {
        var conversation = (string)text["conversation"]!;
        var epoch = (int?)text["epoch"] ?? 1;
        var events = text["events"]!.AsArray();
        return new JsonObject
        {
            ["conversation"] = new JsonObject
            {
                ["id"] = conversation,
                ["inboxId"] = "$shop",
                ["visitor"] = new JsonObject { ["id"] = "$vera", ["identified"] = false },
                ["status"] = (string?)text["status"] ?? "open",
                ["openedAt"] = Time(1),
                ["lastAt"] = Time(1),
            },
            ["epoch"] = epoch,
            ["events"] = new JsonArray([.. events.Select(e => Event(e!, conversation, epoch))]),
            ["seq"] = (int?)text["seq"] ?? (int?)events.LastOrDefault()?["seq"] ?? 0,
            ["hasMore"] = (bool?)text["hasMore"] ?? false,
            ["reset"] = (bool?)text["reset"] ?? false,
            ["cursors"] = new JsonArray([.. Cursors(text, side)]),
        };
    }

    public static JsonObject Actor(string by)
    {
        var actor = new JsonObject { ["kind"] = by };
        if (by != "system")
            actor["id"] = by == "operator" ? "$anna" : "$vera";
        return actor;
    }

    public static JsonNode? Take(JsonObject text, string field)
    {
        var value = text[field]?.DeepClone();
        text.Remove(field);
        return value;
    }

    private static IEnumerable<JsonNode> Cursors(JsonNode text, Side side)
    {
        if (text["own"] is { } own)
        {
            var cursor = Cursor(side, own);
            if (side == Side.Operator)
                cursor["operatorId"] = "$anna";
            yield return cursor;
        }
        if (text["other"] is { } other)
            yield return Cursor(side == Side.Visitor ? Side.Operator : Side.Visitor, other);
    }

    private static JsonObject Cursor(Side side, JsonNode marks) =>
        new()
        {
            ["side"] = side == Side.Visitor ? "visitor" : "operator",
            ["deliveredSeq"] = (int)marks[0]!,
            ["readSeq"] = (int)marks[1]!,
        };

    private static string Time(int seq) => Beginning.AddSeconds(seq).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
