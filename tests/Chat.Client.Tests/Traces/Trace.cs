using System.Text.Json.Nodes;
using Chat.Contracts;

namespace Chat.Client.Tests.Traces;

/// <summary>A golden trace: what happens to a client, and what it makes of it. Read in tests/wire/traces/README.md.</summary>
internal sealed record Trace(string Name, JsonObject Text)
{
    public static string Wire { get; } = Path.Combine(FindRoot(AppContext.BaseDirectory), "tests", "wire");

    public static IReadOnlyList<Trace> All { get; } =
    [
        .. Directory
            .EnumerateFiles(Path.Combine(Wire, "traces"), "*.json")
            .Order(StringComparer.Ordinal)
            .Select(path => new Trace(Path.GetFileNameWithoutExtension(path), JsonNode.Parse(File.ReadAllText(path))!.AsObject())),
    ];

    public Side Side => (string?)Text["side"] == "operator" ? Side.Operator : Side.Visitor;

    public IEnumerable<string> Covers => Words("covers");

    /// <summary>Receipts that get no answer.</summary>
    public IReadOnlySet<string> Unanswered => Words("unanswered").ToHashSet();

    /// <summary>Pages of the first Hello; null: the trace begins before the start.</summary>
    public JsonArray? Given => Text["given"]?.AsArray();

    public IEnumerable<JsonObject> Steps => Text["steps"]!.AsArray().Select(step => step!.AsObject());

    private IEnumerable<string> Words(string field) => Text[field]?.AsArray().Select(word => (string)word!) ?? [];

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "Chat.sln")) ? folder : FindRoot(Path.GetDirectoryName(folder.TrimEnd('/'))!);
}
