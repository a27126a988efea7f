using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Chat.Contracts;

namespace Chat.Client;

/// <summary>A session as it is stored.</summary>
internal sealed record SavedSession(VisitorId VisitorId, string RefreshToken, bool Identified)
{
    public override string ToString() => VisitorId.ToString();
}

/// <summary>A conversation as it is stored; its events lie beside it.</summary>
internal sealed record SavedConversation(Conversation? Conversation, int Epoch, int Seq, Marks Own, Marks Told, Marks Other);

/// <summary>Where the app wants to be woken, as it is stored.</summary>
/// <param name="Platform">As registered.</param>
/// <param name="Token">As registered; empty: nowhere any more, which the server is still to be told.</param>
internal sealed record SavedDevice(string Platform, string Token)
{
    [JsonIgnore]
    public bool IsGone => Token.Length == 0;

    public override string ToString() => Platform;
}

/// <summary>Names and forms of what a client stores.</summary>
internal static class Saved
{
    public const string Device = "device";
    public const string Farewells = "farewells";
    public const string Owner = "owner";
    public const string Push = "push";
    public const string Session = "session";
    public const string Conversations = "c/";
    public const string Events = "e/";
    public const string Outbox = "o/";
    public const string Aliases = "a/";

    public static string Conversation(ConversationId id) => $"{Conversations}{id}";

    public static string Event(ConversationId id, int seq) => string.Create(CultureInfo.InvariantCulture, $"{Events}{id}/{seq}");

    public static string Item(OutboxItem item) => string.Create(CultureInfo.InvariantCulture, $"{Outbox}{item.Order}");

    public static string Alias(ConversationId local) => $"{Aliases}{local}";

    public static StorageChange Put<T>(string key, T value) => new(key, JsonSerializer.SerializeToUtf8Bytes(value, Info<T>()));

    public static StorageChange Gone(string key) => new(key, null);

    public static T Read<T>(byte[] value) => JsonSerializer.Deserialize(value, Info<T>())!;

    private static JsonTypeInfo<T> Info<T>() => (JsonTypeInfo<T>)SavedJson.Default.GetTypeInfo(typeof(T))!;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(TimeConverter)]
)]
[JsonSerializable(typeof(Guid))]
[JsonSerializable(typeof(ConversationId))]
[JsonSerializable(typeof(SavedSession))]
[JsonSerializable(typeof(SavedDevice))]
[JsonSerializable(typeof(SavedConversation))]
[JsonSerializable(typeof(ChatEvent))]
[JsonSerializable(typeof(OutboxItem))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class SavedJson : JsonSerializerContext;
