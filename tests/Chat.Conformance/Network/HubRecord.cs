using System.Text.Json.Nodes;

namespace Chat.Conformance.Network;

/// <summary>A record of SignalR's JSON protocol as it goes by.</summary>
internal sealed class HubRecord
{
    public const char End = '\u001e';

    private const int Invocation = 1;
    private const int Completion = 3;
    private const int Ping = 6;

    private readonly JsonObject? _json;
    private readonly int _type;

    private HubRecord(string text)
    {
        Text = text;
        _json = JsonNode.Parse(text) as JsonObject;
        _type = _json?["type"]?.GetValue<int>() ?? 0;
    }

    public string Text { get; }

    /// <summary>A client's call, or a server's push.</summary>
    public bool IsInvocation => _type == Invocation;

    public bool IsAnswer => _type == Completion;

    public bool IsPing => _type == Ping;

    /// <summary>Method of a call or name of a push; of an answer the method that it answers.</summary>
    public string? Method { get; private set; }

    /// <summary>Of a call and of its answer.</summary>
    public string? Id => _json?["invocationId"]?.GetValue<string>();

    /// <summary>What a call or a push carries, or the result of an answer.</summary>
    public JsonNode? Content => IsAnswer ? _json?["result"] : _json?["arguments"]?[0];

    /// <summary>An event or a skip: what has a seq.</summary>
    public bool IsEvent => IsInvocation && Method is "event" or "skip";

    public bool IsPushOf(string name) => IsInvocation && Method == name;

    public bool IsAnswerTo(string method) => IsAnswer && Method == method;

    /// <param name="text">Of a frame: one record or several.</param>
    /// <param name="methodOf">The method that was called under an id, for answers.</param>
    public static IReadOnlyList<HubRecord> ReadAll(string text, Func<string, string?>? methodOf = null)
    {
        var records = text.Split(End, StringSplitOptions.RemoveEmptyEntries).Select(one => new HubRecord(one)).ToList();
        foreach (var record in records)
        {
            record.Method = record.IsAnswer
                ? record.Id is { } id
                    ? methodOf?.Invoke(id)
                    : null
                : record._json?["target"]?.GetValue<string>();
        }
        return records;
    }

    public static string Push(string name, JsonNode? content) =>
        new JsonObject
        {
            ["type"] = Invocation,
            ["target"] = name,
            ["arguments"] = new JsonArray(content),
        }.ToJsonString();

    /// <summary>An error as the service words it where no field is refused: the code and nothing else.</summary>
    public static string Refusal(string id, string code) =>
        new JsonObject
        {
            ["type"] = Completion,
            ["invocationId"] = id,
            ["error"] = code,
        }.ToJsonString();
}
