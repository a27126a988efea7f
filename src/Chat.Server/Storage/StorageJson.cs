using System.Text.Json.Serialization;

namespace Chat.Server.Storage;

/// <summary>JSON that only columns hold.</summary>
[JsonSerializable(typeof(string[]))]
internal sealed partial class StorageJson : JsonSerializerContext;
