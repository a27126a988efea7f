using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chat.Contracts;

namespace Chat.Server.Tests.Wire;

/// <summary>A golden frame: what one message looks like on the wire. The client suites read the same files.</summary>
internal sealed record Frame(string File, JsonObject Text)
{
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Root => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", ".."));

    public static IReadOnlyList<Frame> All { get; } =
    [
        .. Directory
            .EnumerateFiles(Path.Combine(Root, "tests", "wire"), "*.json")
            .Where(path => Path.GetFileName(path) != "rules.json")
            .Order(StringComparer.Ordinal)
            .Select(path => new Frame(
                Path.GetFileNameWithoutExtension(path),
                (JsonObject)JsonNode.Parse(System.IO.File.ReadAllText(path))!
            )),
    ];

    public string? this[string key] => (string?)Text[key];

    public Type Record => typeof(ChatJson).Assembly.GetType($"Chat.Contracts.{this["type"]}", throwOnError: true)!;

    /// <summary>The frame without the file's line breaks and indents, otherwise character by character what is on the wire.</summary>
    public string Json => Text["json"]!.ToJsonString(Compact);

    public object Read() => JsonSerializer.Deserialize(Json, Record, ChatJson.Wire)!;

    private static string Here([CallerFilePath] string path = "") => path;
}
