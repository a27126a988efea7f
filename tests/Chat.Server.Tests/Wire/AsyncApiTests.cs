using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Chat.Contracts;
using Chat.Server.Tests.Rest;

namespace Chat.Server.Tests.Wire;

/// <summary>
/// <c>asyncapi.json</c> describes the hubs in the words of AsyncAPI 3. It is made here, of the hub interfaces and records, and
/// <c>CHAT_UPDATE_OPENAPI=1</c> writes it anew.
/// </summary>
public sealed class AsyncApiTests
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly (string Hub, string Path, Type Methods)[] Hubs =
    [
        ("visitor", "/hubs/visitor", typeof(IVisitorHub)),
        ("operator", "/hubs/operator", typeof(IOperatorHub)),
    ];

    private static string KeptPath => Path.Combine(Frame.Root, "src", "Chat.Contracts", "asyncapi.json");

    [Fact]
    public void The_kept_document_is_made_of_the_contract()
    {
        var text = new AsyncApiWriter().Write().ToJsonString(Indented) + "\n";
        if (OpenApiTests.ShallUpdate)
            File.WriteAllText(KeptPath, text);

        Assert.Equal(File.ReadAllText(KeptPath), text);
    }

    [Fact]
    public void Every_method_push_and_record_of_the_hubs_is_in_it()
    {
        var document = JsonNode.Parse(File.ReadAllText(KeptPath))!;
        var messages = document["components"]!["messages"]!.AsObject().Select(message => message.Key).ToHashSet(StringComparer.Ordinal);
        var schemas = document["components"]!["schemas"]!.AsObject().Select(schema => schema.Key).ToHashSet(StringComparer.Ordinal);

        foreach (var method in GoldenFrameTests.Methods())
        {
            Assert.Contains(method.Name, messages);
            Assert.Contains(method.GetParameters()[0].ParameterType.Name, schemas);
            if (method.ReturnType.IsGenericType)
                Assert.Contains(method.ReturnType.GetGenericArguments()[0].Name, schemas);
        }
        foreach (var push in typeof(Push).GetFields().Select(field => (string)field.GetRawConstantValue()!))
            Assert.Contains(push, messages);
        var records = Frame.All.Where(frame => frame["rest"] is null).Select(frame => frame.Record.Name).Distinct();
        Assert.Empty(records.Except(schemas));
        Assert.DoesNotContain("\"null\"", document.ToJsonString(), StringComparison.Ordinal);
        Assert.All(References(document), reference => Assert.NotNull(Resolve(document, reference)));
    }

    private static IEnumerable<string> References(JsonNode? node) =>
        node switch
        {
            JsonArray items => items.SelectMany(References),
            JsonObject fields => fields.SelectMany(field => field.Key == "$ref" ? [(string)field.Value!] : References(field.Value)),
            _ => [],
        };

    private static JsonNode? Resolve(JsonNode document, string reference) =>
        reference.Split('/').Skip(1).Aggregate((JsonNode?)document, (node, name) => node?[name]);

    /// <summary>One pass: channels, operations and messages, and the schemas of the records that they name.</summary>
    private sealed class AsyncApiWriter
    {
        private static readonly Dictionary<string, Type> Pushes = new(StringComparer.Ordinal)
        {
            [Push.Event] = typeof(ChatEvent),
            [Push.Skip] = typeof(Skip),
            [Push.Cursor] = typeof(CursorMoved),
            [Push.Ephemeral] = typeof(Ephemeral),
            [Push.Inbox] = typeof(InboxChange),
            [Push.Operator] = typeof(OperatorChange),
            [Push.Resync] = typeof(Resync),
            [Push.GoAway] = typeof(GoAway),
        };

        private readonly JsonObject _channels = [];
        private readonly JsonObject _messages = [];
        private readonly JsonObject _operations = [];
        private readonly SortedDictionary<string, JsonNode?> _schemas = new(StringComparer.Ordinal);

        public JsonObject Write()
        {
            foreach (var (hub, path, methods) in Hubs)
                AddHub(hub, path, methods);
            return new JsonObject
            {
                ["asyncapi"] = "3.0.0",
                ["info"] = new JsonObject
                {
                    ["title"] = "Chat hubs",
                    ["version"] = $"{ProtocolVersion.Current}",
                    ["description"] =
                        "SignalR's JSON protocol over WebSocket. A method takes one record; its result is its acknowledgement. "
                        + "The rules are in PROTOCOL.md; REST is in openapi.json.",
                },
                ["defaultContentType"] = "application/json",
                ["channels"] = _channels,
                ["operations"] = _operations,
                ["components"] = new JsonObject { ["messages"] = _messages, ["schemas"] = new JsonObject(_schemas) },
            };
        }

        private void AddHub(string hub, string path, Type methods)
        {
            var messages = new JsonObject();
            foreach (var method in methods.GetInterfaces().SelectMany(i => i.GetMethods()).Concat(methods.GetMethods()))
            {
                AddMethod(hub, method, messages);
            }
            foreach (var (push, record) in Pushes.Where(push => hub == "operator" || push.Key is not (Push.Inbox or Push.Operator)))
            {
                AddMessage(push, record, messages);
                _operations[$"{hub}.{push}"] = Operation("send", hub, push);
            }
            _channels[hub] = new JsonObject { ["address"] = path, ["messages"] = messages };
        }

        private void AddMethod(string hub, MethodInfo method, JsonObject messages)
        {
            AddMessage(method.Name, method.GetParameters()[0].ParameterType, messages);
            var operation = Operation("receive", hub, method.Name);
            if (method.ReturnType.IsGenericType)
            {
                var reply = $"{method.Name}.result";
                AddMessage(reply, method.ReturnType.GetGenericArguments()[0], messages);
                operation["reply"] = new JsonObject
                {
                    ["channel"] = Reference($"channels/{hub}"),
                    ["messages"] = new JsonArray(Reference($"channels/{hub}/messages/{reply}")),
                };
            }
            _operations[$"{hub}.{method.Name}"] = operation;
        }

        private static JsonObject Operation(string action, string hub, string message) =>
            new()
            {
                ["action"] = action,
                ["channel"] = Reference($"channels/{hub}"),
                ["messages"] = new JsonArray(Reference($"channels/{hub}/messages/{message}")),
            };

        private void AddMessage(string name, Type record, JsonObject messages)
        {
            messages[name] = Reference($"components/messages/{name}");
            _messages[name] = new JsonObject { ["name"] = name, ["payload"] = Reference($"components/schemas/{record.Name}") };
            AddSchema(record);
        }

        private void AddSchema(Type type)
        {
            if (_schemas.TryAdd(type.Name, null))
                _schemas[type.Name] = Schema(type);
        }

        private JsonObject Schema(Type type)
        {
            var schema = ChatJson.Wire.Options.GetJsonSchemaAsNode(type, new() { TreatNullObliviousAsNonNullable = true }).AsObject();
            if (type.IsEnum)
                return new JsonObject { ["type"] = "string", ["x-extensible-enum"] = schema["enum"]!.DeepClone() };
            foreach (var property in ChatJson.Wire.GetTypeInfo(type)!.Properties.Where(property => property.Get is not null))
            {
                schema["properties"]![property.Name] =
                    Own(property.PropertyType) ?? Optional(property) ?? NeverNull(schema["properties"]![property.Name]!);
                if (property.IsGetNullable || Nullable.GetUnderlyingType(property.PropertyType) is not null)
                    Drop(schema["required"], property.Name);
            }
            if (schema["required"] is JsonArray { Count: 0 })
                schema.Remove("required");
            return schema;
        }

        /// <summary>What the contract's own types and converters write; null: the framework knows better.</summary>
        private JsonObject? Own(Type type)
        {
            var bare = Nullable.GetUnderlyingType(type) ?? type;
            if (bare == typeof(DateTimeOffset))
                return Text("date-time");
            if (
                bare.IsValueType
                && Array.Exists(bare.GetInterfaces(), i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IId<>))
            )
                return Text("uuid");
            if (bare.IsGenericType && bare.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
                return Own(bare.GetGenericArguments()[0]) is { } items ? new JsonObject { ["type"] = "array", ["items"] = items } : null;
            if (bare.Namespace != typeof(ChatEvent).Namespace)
                return null;
            AddSchema(bare);
            return Reference($"components/schemas/{bare.Name}");
        }

        /// <summary>What reads null as its default has a converter of its own, of which the framework knows nothing.</summary>
        private static JsonObject? Optional(JsonPropertyInfo property) =>
            property.CustomConverter is null
                ? null
                : new JsonObject
                {
                    ["type"] =
                        property.PropertyType == typeof(bool) ? "boolean"
                        : property.PropertyType == typeof(int) ? "integer"
                        : "string",
                    ["default"] = JsonSerializer.SerializeToNode(
                        property.AssociatedParameter!.DefaultValue,
                        property.PropertyType,
                        Indented
                    ),
                };

        // What is absent is left out.
        private static JsonNode NeverNull(JsonNode schema)
        {
            if (schema is not JsonObject fields)
                return schema.DeepClone();
            if (fields["type"] is JsonArray types)
                fields["type"] = (string)types.First(word => (string?)word != "null")!;
            if (fields.TryGetPropertyValue("default", out var absent) && absent is null)
                fields.Remove("default");
            return fields.DeepClone();
        }

        private static void Drop(JsonNode? required, string name)
        {
            if (required is JsonArray names && names.FirstOrDefault(other => (string?)other == name) is { } found)
                names.Remove(found);
        }

        private static JsonObject Text(string format) => new() { ["type"] = "string", ["format"] = format };

        private static JsonObject Reference(string path) => new() { ["$ref"] = $"#/{path}" };
    }
}
