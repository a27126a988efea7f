using System.Text.Json;
using System.Text.Json.Serialization;
using Chat.Contracts;

namespace Chat.Conformance.Mutants.Client;

/// <summary>The contract's JSON, for a client that may be older than its server: a word that it does not know is no error.</summary>
internal static class ClientJson
{
    public const EventType UnknownEvent = (EventType)(-1);
    public const EphemeralType UnknownEphemeral = (EphemeralType)(-1);

    /// <summary>For the wire.</summary>
    public static JsonSerializerOptions Wire { get; } =
        Tolerant(new JsonSerializerOptions(ChatJson.Wire.Options) { TypeInfoResolver = ChatJson.Wire });

    /// <summary>For the client's own file, which holds such words too.</summary>
    public static JsonSerializerOptions File { get; } = Tolerant(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    /// <summary>For the answers of a driver.</summary>
    public static JsonSerializerOptions Answers { get; } =
        new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static string Write(object value) => JsonSerializer.Serialize(value, value.GetType(), Wire);

    /// <summary>Null where there is nothing to be read.</summary>
    public static T Read<T>(JsonElement json) =>
        json.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? default! : json.Deserialize<T>(Wire)!;

    private static JsonSerializerOptions Tolerant(JsonSerializerOptions options)
    {
        if (Mutant.Has(Defect.UnknownFieldFails))
            options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        if (Mutant.Has(Defect.UnknownWordFails))
            return options;
        options.Converters.Add(new Words<EventType>(UnknownEvent));
        options.Converters.Add(new Words<EphemeralType>(UnknownEphemeral));
        options.Converters.Add(new Words<ActorKind>(ActorKind.System));
        options.Converters.Add(new Words<ConversationStatus>(ConversationStatus.Open));
        options.Converters.Add(new Words<OperatorRole>(OperatorRole.Operator));
        options.Converters.Add(new Words<Side>((Side)(-1)));
        return options;
    }
}

/// <summary>Words of an enumeration, which are its names in lower case.</summary>
internal sealed class Words<T>(T unknown) : JsonConverter<T>
    where T : struct, Enum
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var word = reader.GetString() ?? "";
        return word.All(char.IsAsciiLetterLower) && Enum.TryParse<T>(word, ignoreCase: true, out var value) ? value : unknown;
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Enum.IsDefined(value) ? value.ToString().ToLowerInvariant() : "unknown");
}
