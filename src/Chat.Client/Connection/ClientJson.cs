using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Chat.Contracts;

namespace Chat.Client;

/// <summary>The contract's JSON, read with the tolerance that a client owes to newer servers: a word that it does not know is no error.</summary>
internal static class ClientJson
{
    /// <summary>An ephemeral that this version does not know.</summary>
    public const EphemeralType UnknownEphemeral = (EphemeralType)(-1);

    /// <summary>For the wire.</summary>
    public static JsonSerializerOptions Wire { get; } = MakeWire();

    public static JsonTypeInfo<T> Info<T>() => (JsonTypeInfo<T>)Wire.GetTypeInfo(typeof(T));

    private static JsonSerializerOptions MakeWire()
    {
        var options = new JsonSerializerOptions(ChatJson.Wire.Options) { TypeInfoResolver = ChatJson.Wire };
        // An event of an unknown type advances seq and shows nothing, as a skip does.
        options.Converters.Add(new TolerantWord<EventType>(EventType.Skip));
        options.Converters.Add(new TolerantWord<ActorKind>(ActorKind.System));
        options.Converters.Add(new TolerantWord<ConversationStatus>(ConversationStatus.Open));
        options.Converters.Add(new TolerantWord<OperatorRole>(OperatorRole.Operator));
        options.Converters.Add(new TolerantWord<EphemeralType>(UnknownEphemeral));
        options.MakeReadOnly();
        return options;
    }
}

/// <summary>Reads words of an enumeration; one that is not known is the fallback.</summary>
internal sealed class TolerantWord<T>(T fallback) : JsonConverter<T>
    where T : struct, Enum
{
    private static readonly Dictionary<string, T> Values = Enum.GetValues<T>().ToDictionary(Word);
    private static readonly Dictionary<T, string> Words = Values.ToDictionary(pair => pair.Value, pair => pair.Key);

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Values.GetValueOrDefault(reader.GetString() ?? "", fallback);

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(Words[value]);

    private static string Word(T value) => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
