using System.Text.Json;
using System.Text.Json.Nodes;
using Chat.Contracts;

namespace Chat.Client.Tests.Traces;

/// <summary>Names such as <c>$c1</c> stand for ids: those that a client mints are bound when it has, all others when they are first met.</summary>
internal sealed class Names
{
    private readonly Dictionary<string, Guid> _ids = new(StringComparer.Ordinal);

    public void Bind(JsonNode? name, Guid id)
    {
        if (name is not null)
            _ids[(string)name!] = id;
    }

    public Guid Id(JsonNode? name)
    {
        var text = (string?)name ?? "";
        if (!_ids.TryGetValue(text, out var id))
            _ids[text] = id = Guid.NewGuid();
        return id;
    }

    public ConversationId Conversation(JsonNode? name) => new(Id(name));

    /// <summary>A name's id; other words are what they are.</summary>
    public string Text(JsonNode? name) => (string?)name is { } text && text.StartsWith('$') ? Id(name).ToString() : (string?)name ?? "";

    public JsonNode ToIds(JsonNode text) => Replace(text)!;

    public JsonObject ToNames(JsonNode wire)
    {
        var text = wire.ToJsonString();
        foreach (var (name, id) in _ids)
            text = text.Replace(id.ToString(), name, StringComparison.Ordinal);
        return JsonNode.Parse(text)!.AsObject();
    }

    private JsonNode? Replace(JsonNode? text) =>
        text switch
        {
            JsonObject fields => new JsonObject(fields.Select(field => KeyValuePair.Create(field.Key, Replace(field.Value)))),
            JsonArray items => new JsonArray([.. items.Select(Replace)]),
            JsonValue value when value.GetValueKind() == JsonValueKind.String => Text(value),
            _ => text?.DeepClone(),
        };
}
