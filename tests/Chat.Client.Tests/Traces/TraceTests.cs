using System.Text.Json.Nodes;
using Xunit;

namespace Chat.Client.Tests.Traces;

/// <summary>The rules of a client as a table, and golden traces that show each of them at work: the TypeScript client replays the same files.</summary>
public sealed class TraceTests
{
    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_client_does_what_a_trace_says(string name)
    {
        var trace = Trace.All.Single(trace => trace.Name == name);
        await using var replay = new Replay(trace);
        await replay.BeginAsync();

        foreach (var step in trace.Steps)
            await replay.PlayAsync(step);

        await replay.EndAsync();
    }

    [Fact]
    public void No_row_of_the_rules_is_without_a_trace()
    {
        var rules = JsonNode.Parse(File.ReadAllText(Path.Combine(Trace.Wire, "rules.json")))!["rules"]!.AsArray();
        var rows = rules.Select(rule => (string)rule!["id"]!).ToList();
        var covered = Trace.All.SelectMany(trace => trace.Covers).Distinct().ToList();

        Assert.True(Trace.All.Count >= 25);
        Assert.Empty(rows.Except(covered));
        Assert.Empty(covered.Except(rows));
    }

    public static TheoryData<string> Names() => [.. Trace.All.Select(trace => trace.Name)];
}
