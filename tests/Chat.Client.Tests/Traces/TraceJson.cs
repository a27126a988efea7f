using System.Text.Json.Nodes;

namespace Chat.Client.Tests.Traces;

/// <summary>JSON to be compared.</summary>
internal static class TraceJson
{
    private static readonly HashSet<string> OfEachClient = new(StringComparer.Ordinal) { "protocol", "deviceId", "sdk", "locale", "kind" };

    /// <summary>Effects as traces tell them: without what differs between clients, and in an order that does not depend on which task was first.</summary>
    public static IReadOnlyList<string> Told(IEnumerable<JsonObject> effects, IReadOnlyList<JsonObject> wanted) =>
        [
            .. effects
                .Select(effect => Plain(effect, wanted.FirstOrDefault(other => (string?)other["call"] == (string?)effect["call"])))
                .Select(Canonical)
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>With its fields in order.</summary>
    public static string Canonical(JsonNode node) => Sort(node)!.ToJsonString();

    private static JsonObject Plain(JsonObject effect, JsonObject? wanted)
    {
        var fields = effect.Where(field => field.Value is not null && !OfEachClient.Contains(field.Key));
        var plain = new JsonObject(fields.Select(field => KeyValuePair.Create<string, JsonNode?>(field.Key, field.Value!.DeepClone())));
        if (plain["cursors"] is JsonArray cursors)
        {
            var sorted = cursors
                .OrderBy(cursor => (string?)cursor!["conversationId"], StringComparer.Ordinal)
                .Select(cursor => cursor!.DeepClone());
            plain["cursors"] = new JsonArray([.. sorted]);
            if (cursors.Count == 0)
                plain.Remove("cursors");
        }
        // A trace says "*" where every client has its own.
        foreach (var (field, _) in wanted?.Where(field => field.Value is JsonValue value && value.ToString() == "*") ?? [])
            plain[field] = "*";
        return plain;
    }

    private static JsonNode? Sort(JsonNode? node) =>
        node switch
        {
            JsonObject fields => new JsonObject(
                fields
                    .OrderBy(field => field.Key, StringComparer.Ordinal)
                    .Select(field => KeyValuePair.Create(field.Key, Sort(field.Value)))
            ),
            JsonArray items => new JsonArray([.. items.Select(Sort)]),
            _ => node?.DeepClone(),
        };
}
