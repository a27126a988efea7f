using System.Text.Json;
using System.Text.Json.Nodes;
using Chat.Contracts;

namespace Chat.Client.Tests.Traces;

/// <summary>What a trace's server answers and pushes, as it is on the wire.</summary>
internal static class TraceAnswers
{
    public static JsonNode Of(Side side, JsonObject input) =>
        (string)input["answer"]! switch
        {
            "Hello" => Hello(side, Pages(side, input)),
            "Sync" => new JsonObject { ["conversations"] = Pages(side, input) },
            "Open" => WireText.Page(input["page"]!, side),
            "OpenConversation" => new JsonObject { ["status"] = (string)input["status"]!, ["page"] = WireText.Page(input["page"]!, side) },
            "History" => new JsonObject
            {
                ["epoch"] = Epoch(input),
                ["events"] = Events(input, "events"),
                ["hasMore"] = (bool)input["hasMore"]!,
            },
            _ => Result(input),
        };

    public static object Push(JsonObject input, Names names)
    {
        var text = input.DeepClone().AsObject();
        var target = (string)WireText.Take(text, "push")!;
        var conversation = (string?)WireText.Take(text, "conversation");
        if (conversation is not null)
            text["conversationId"] = conversation;
        if ((string?)WireText.Take(text, "by") is { } by)
            text["actor"] = WireText.Actor(by);
        return target switch
        {
            Contracts.Push.Event => Read<ChatEvent>(WireText.Event(text["event"]!, conversation!, Epoch(input)), names),
            Contracts.Push.Skip => Read<Skip>(With(text, "epoch", Epoch(input)), names),
            Contracts.Push.Cursor => Read<CursorMoved>(text, names),
            Contracts.Push.Ephemeral => Read<Ephemeral>(text, names),
            Contracts.Push.Resync => Read<Resync>(text, names),
            Contracts.Push.GoAway => Read<GoAway>(text, names),
            _ => throw new ArgumentException($"No server pushes {target}.", nameof(input)),
        };
    }

    private static JsonObject Hello(Side side, JsonArray pages) =>
        new()
        {
            ["serverTime"] = "2026-11-30T09:15:00.000Z",
            ["you"] = new JsonObject
            {
                ["kind"] = side == Side.Visitor ? "visitor" : "operator",
                ["id"] = side == Side.Visitor ? "$vera" : "$anna",
                ["inboxes"] = new JsonArray(),
            },
            ["limits"] = JsonSerializer.SerializeToNode(ClientLimits.Current, ClientJson.Info<ClientLimits>()),
            ["conversations"] = pages,
        };

    private static JsonObject Result(JsonObject input)
    {
        var result = new JsonObject { ["status"] = (string?)input["status"] };
        if (input["event"] is { } e)
            result["event"] = WireText.Event(e, (string)input["conversation"]!, Epoch(input));
        if (input["missing"] is not null)
            result["missing"] = Events(input, "missing");
        return result;
    }

    private static int Epoch(JsonObject input) => (int?)input["epoch"] ?? 1;

    private static JsonArray Events(JsonObject input, string field) =>
        new([.. input[field]!.AsArray().Select(e => WireText.Event(e!, (string)input["conversation"]!, Epoch(input)))]);

    private static JsonArray Pages(Side side, JsonObject input) =>
        new([.. input["pages"]!.AsArray().Select(page => WireText.Page(page!, side))]);

    private static JsonObject With(JsonObject text, string field, int value)
    {
        text[field] = value;
        return text;
    }

    private static T Read<T>(JsonObject text, Names names) => names.ToIds(text).Deserialize(ClientJson.Info<T>())!;
}
