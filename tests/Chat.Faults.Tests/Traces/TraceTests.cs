using System.Text.Json;
using Chat.Testing.Clients;
using Chat.Testing.Nodes;
using Chat.Testing.Services;

namespace Chat.Faults.Tests.Traces;

/// <summary>Two nodes, each with a collector of its own, so that a span tells where it was made.</summary>
public sealed class TraceTests
{
    [Fact]
    public async Task A_message_is_one_trace_from_the_call_to_the_other_node_and_in_the_log_of_both()
    {
        await using var here = await TraceCollector.StartAsync();
        await using var there = await TraceCollector.StartAsync();
        await using var cluster = await StartAsync(here, there);
        var session = await cluster.NewVisitorAsync();
        await using var sender = ChatClient.Visitor(() => cluster.Nodes[0].BaseAddress, () => Task.FromResult(session.Token));
        var id = await sender.OpenConversationAsync();
        await using var reader = ChatClient.Visitor(() => cluster.Nodes[1].BaseAddress, () => Task.FromResult(session.Token));
        await reader.UntilAsync(() => reader.Me is not null, "the first Hello");

        var sent = await sender.SendAsync(id, "from node to node");
        await reader.UntilAsync(() => reader.Log(id).Seq >= sent.Event!.Seq, "the message");

        var (line, other) = (await LineAsync(cluster.Nodes[0], "is stored"), await LineAsync(cluster.Nodes[1], "came from another node"));
        var trace = line.GetProperty("trace.id").GetString();
        Assert.Equal(trace, other.GetProperty("trace.id").GetString());
        var spans = await here.UntilAsync(all => Complete(all, trace, "Chat.Server.Hubs.VisitorHub/Send", "append", "deliver", "publish"));
        var received = await there.UntilAsync(all => Complete(all, trace, "deliver"));
        var (call, append, publish) = (spans[0], spans[1], spans[3]);
        Assert.Equal("", call.ParentId);
        Assert.Equal(call.SpanId, append.ParentId);
        Assert.Equal(append.SpanId, spans[2].ParentId);
        Assert.Equal(append.SpanId, publish.ParentId);
        Assert.Equal(publish.SpanId, received[0].ParentId);
        Assert.Equal(received[0].SpanId, other.GetProperty("span.id").GetString());
        // The call of the store belongs to it too.
        await here.UntilAsync(all =>
            all.FirstOrDefault(span => span.TraceId == trace && span.ParentId == append.SpanId && IsOfStore(span))
        );

        JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;

        async Task<JsonElement> LineAsync(ChatNode node, string text) =>
            Parse(await node.WaitForLineAsync($"Event {sent.Event!.Seq} of conversation {id} {text}"));

        static bool IsOfStore(ReceivedSpan span) => span.Name is not ("deliver" or "publish");
    }

    private static async Task<ChatCluster> StartAsync(params TraceCollector[] collectors)
    {
        var postgres = await PostgresService.SharedAsync();
        var redis = await RedisService.SharedAsync();
        var cluster = await ChatCluster.StartAsync(await postgres.CreateDatabaseAsync(), redis.Configuration, nodes: 0);
        foreach (var collector in collectors)
        {
            var settings = new Dictionary<string, string?>(cluster.Settings, StringComparer.Ordinal)
            {
                ["Traces__Endpoint"] = collector.Address.ToString(),
                ["Traces__Ratio"] = "1",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
                ["Serilog__MinimumLevel__Override__Chat"] = "Debug",
            };
            cluster.Nodes.Add(await ChatNode.StartAsync(settings));
        }
        return cluster;
    }

    /// <summary>The first span of each name in the trace; null while one is missing.</summary>
    private static List<ReceivedSpan>? Complete(IReadOnlyList<ReceivedSpan> all, string? trace, params string[] names)
    {
        var found = names.Select(name => all.FirstOrDefault(span => span.TraceId == trace && span.Name == name)).OfType<ReceivedSpan>();
        return found.ToList() is var list && list.Count == names.Length ? list : null;
    }
}
