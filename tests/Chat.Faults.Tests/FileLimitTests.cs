using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Chat.Contracts;
using Chat.Testing.Clients;
using Chat.Testing.Nodes;
using Chat.Testing.Services;

namespace Chat.Faults.Tests;

/// <summary>A node that may open few files: it refuses connections before they are all taken, and lives on.</summary>
public sealed class FileLimitTests
{
    private const int Files = 768;

    [Fact]
    public async Task A_node_with_too_many_connections_refuses_more_says_so_once_and_serves_when_they_have_gone()
    {
        await using var cluster = await StartAsync();
        var node = cluster.Nodes[0];
        var session = await cluster.NewVisitorAsync();
        var idle = new List<WireSocket>();
        var sockets = await node.UntilMetricAsync("chat_connections_limit", limit => limit > 0);
        for (var i = 0; i < sockets + 1; i++)
            await TryOpenAsync(node, idle);

        var call = await UntilAsync(node, answer => answer.StatusCode == HttpStatusCode.ServiceUnavailable);
        using var refused = await WireSocket.ConnectAsync(node.BaseAddress, "visitor", session.Token);
        // Far more than there are files.
        for (var i = 0; i < Files * 2; i++)
            await TryOpenAsync(node, idle);
        await FaultScene.AssertReadyAsync([node]);
        // Later what the kernel still holds may fill it once more.
        var said = node.Output.Split('\n').Count(line => line.Contains($"that {Files} open files", StringComparison.Ordinal));
        idle.ForEach(one => one.Dispose());
        await UntilAsync(node, answer => answer.IsSuccessStatusCode);
        using var welcome = await WireSocket.ConnectAsync(node.BaseAddress, "visitor", session.Token);

        Assert.Equal("5", call.Headers.RetryAfter?.ToString());
        Assert.True(call.Headers.ConnectionClose);
        Assert.Contains(" 503 ", refused.Received, StringComparison.Ordinal);
        Assert.Contains("Retry-After: 5", refused.Received, StringComparison.Ordinal);
        Assert.Contains(" 101 ", welcome.Received, StringComparison.Ordinal);
        Assert.Equal(1, said);
        await node.UntilMetricAsync("chat_connects_refused", sum => sum >= 1, label: "reason=\"files\"");
    }

    [Fact]
    public async Task A_socket_keeps_its_file_until_it_ends()
    {
        await using var cluster = await StartAsync();
        var node = cluster.Nodes[0];
        // With the first call the node knows how many files it has left.
        var sessions = new List<VisitorSession> { await cluster.NewVisitorAsync() };
        var most = (int)await node.UntilMetricAsync("chat_connections_limit", limit => limit > 0);
        while (sessions.Count * Limits.VisitorConnections < most)
            sessions.Add(await cluster.NewVisitorAsync());
        var sockets = new List<WireSocket>();
        for (var i = 0; i < most; i++)
        {
            var socket = await WireSocket.ConnectAsync(node.BaseAddress, "visitor", sessions[i / Limits.VisitorConnections].Token);
            sockets.Add(socket);
            if (socket.Received.Contains(" 101 ", StringComparison.Ordinal))
                await socket.ShakeHandsAsync();
        }

        using var refused = await WireSocket.ConnectAsync(node.BaseAddress, "visitor", sessions[^1].Token);
        sockets.ForEach(socket => socket.Dispose());
        await UntilAsync(node, answer => answer.IsSuccessStatusCode);
        using var welcome = await WireSocket.ConnectAsync(node.BaseAddress, "visitor", sessions[0].Token);

        Assert.Contains(" 503 ", refused.Received, StringComparison.Ordinal);
        Assert.Contains(" 101 ", welcome.Received, StringComparison.Ordinal);
    }

    /// <summary>A node that has no file for it may reset it before it stands.</summary>
    private static async Task TryOpenAsync(ChatNode node, List<WireSocket> opened)
    {
        try
        {
            opened.Add(await WireSocket.OpenAsync(node.BaseAddress));
        }
        catch (SocketException)
        {
            Assert.True(node.IsRunning, node.Output);
        }
    }

    private static async Task<ChatCluster> StartAsync()
    {
        var postgres = await PostgresService.SharedAsync();
        var cluster = await ChatCluster.StartAsync(await postgres.CreateDatabaseAsync(), redis: null, nodes: 0);
        cluster.Nodes.Add(await ChatNode.StartAsync(cluster.Settings, "prlimit", $"--nofile={Files}:{Files}"));
        return cluster;
    }

    /// <summary>New sessions, each on a connection of its own, until one is answered so.</summary>
    private static async Task<HttpResponseMessage> UntilAsync(ChatNode node, Func<HttpResponseMessage, bool> isMet)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            using var http = new HttpClient { BaseAddress = node.BaseAddress };
            try
            {
                var request = new VisitorSessionRequest(ChatCluster.Inbox, Guid.NewGuid());
                var answer = await http.PostAsJsonAsync("api/v1/visitor/session", request, ChatJson.Wire.Options, bound.Token);
                if (isMet(answer))
                    return answer;
            }
            catch (HttpRequestException)
            {
                // Closed unread.
            }
        }
    }
}
