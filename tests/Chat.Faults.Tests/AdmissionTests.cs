using System.Net;
using System.Net.WebSockets;
using Chat.Contracts;
using Chat.Testing.Clients;
using Chat.Testing.Nodes;
using Chat.Testing.Services;

namespace Chat.Faults.Tests;

/// <summary>Who is let in, who is asked to come again, and who is sent away: one node as a process, and the sockets themselves.</summary>
public sealed class AdmissionTests
{
    [Fact]
    public async Task A_full_node_refuses_a_socket_with_503_and_lets_it_in_when_one_has_gone()
    {
        await using var cluster = await StartAsync(("Admission__MaxConnections", "1"));
        using var first = await ConnectAsync(cluster);

        var refused = await UpgradeAsync(cluster);
        first.Abort();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.Status);
        Assert.Equal("5", refused.RetryAfter);
        Assert.Equal(HttpStatusCode.SwitchingProtocols, await UntilLetInAsync(cluster));
    }

    [Fact]
    public async Task A_storm_of_connects_is_let_in_at_its_rate()
    {
        await using var cluster = await StartAsync(("Admission__ConnectsPerSecond", "1"), ("Admission__ConnectBurst", "3"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => UpgradeAsync(cluster)));

        Assert.InRange(answers.Count(answer => answer.Status == HttpStatusCode.SwitchingProtocols), 3, 6);
        Assert.All(
            answers.Where(answer => answer.Status != HttpStatusCode.SwitchingProtocols),
            answer => Assert.Equal((HttpStatusCode.ServiceUnavailable, "1"), (answer.Status, answer.RetryAfter))
        );
        var refused = answers.Count(answer => answer.Status != HttpStatusCode.SwitchingProtocols);
        await cluster.Nodes[0].UntilMetricAsync("chat_connects_refused", sum => (int)sum == refused);
    }

    [Fact]
    public async Task An_old_socket_is_sent_elsewhere_and_comes_back()
    {
        await using var cluster = await StartAsync(("Admission__MaxAge", "00:00:02"), ("Drain__CloseAfter", "00:00:01"));
        var session = await cluster.NewVisitorAsync();
        await using var client = ChatClient.Visitor(() => cluster.Nodes[0].BaseAddress, () => Task.FromResult(session.Token));

        await client.UntilAsync(() => client.Reconnects >= 1, "a second connection");

        Assert.Contains(client.Pushes, push => push.Push is GoAway away && away.Reason == DisconnectReason.Rebalance.Code);
        Assert.Equal(0, client.Cuts);
    }

    [Fact]
    public async Task A_draining_node_is_not_ready_refuses_sockets_and_still_takes_messages()
    {
        await using var cluster = await StartAsync(("Drain__Propagation", "00:00:30"));
        var session = await cluster.NewVisitorAsync();
        await using var client = ChatClient.Visitor(() => cluster.Nodes[0].BaseAddress, () => Task.FromResult(session.Token));
        var id = await client.OpenConversationAsync();

        cluster.Nodes[0].Terminate();
        await cluster.Nodes[0].UntilMetricAsync("chat_draining", draining => (int)draining == 1);
        using var http = new HttpClient();
        using var ready = await http.GetAsync(new Uri(cluster.Nodes[0].ManagementAddress, "readyz"));
        using var alive = await http.GetAsync(new Uri(cluster.Nodes[0].ManagementAddress, "livez"));
        var refused = await UpgradeAsync(cluster, session);
        var sent = await client.SendAsync(id, "while the node drains");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "1"), (refused.Status, refused.RetryAfter));
        Assert.Equal(ResultStatus.Ok, sent.Status);
        Assert.Equal(0, client.Cuts);
    }

    [Fact]
    public async Task A_second_signal_stops_a_draining_node_at_once()
    {
        await using var cluster = await StartAsync(("Drain__Propagation", "00:05:00"));
        using var socket = await ConnectAsync(cluster);

        cluster.Nodes[0].Terminate();
        await cluster.Nodes[0].WaitForLineAsync("Draining 1 sockets");
        cluster.Nodes[0].Terminate();

        Assert.Equal(0, await cluster.Nodes[0].WaitForExitAsync(TimeSpan.FromMinutes(1)));
    }

    private static async Task<ChatCluster> StartAsync(params (string Name, string Value)[] settings)
    {
        var postgres = await PostgresService.SharedAsync();
        var environment = settings.ToDictionary(s => s.Name, s => (string?)s.Value, StringComparer.Ordinal);
        return await ChatCluster.StartAsync(await postgres.CreateDatabaseAsync(), redis: null, nodes: 1, environment);
    }

    private static Uri Hub(ChatCluster cluster, VisitorSession session) =>
        new UriBuilder(new Uri(cluster.Nodes[0].BaseAddress, "hubs/visitor"))
        {
            Scheme = "ws",
            Query = $"access_token={session.Token}",
        }.Uri;

    private static async Task<ClientWebSocket> ConnectAsync(ChatCluster cluster)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(Hub(cluster, await cluster.NewVisitorAsync()), CancellationToken.None);
        return socket;
    }

    /// <summary>Only the handshake: a socket that is let in stays open until the node ends.</summary>
    private static async Task<(HttpStatusCode Status, string? RetryAfter)> UpgradeAsync(ChatCluster cluster, VisitorSession? session = null)
    {
        using var http = new HttpClient();
        session ??= await cluster.NewVisitorAsync();
        var address = new UriBuilder(Hub(cluster, session)) { Scheme = "http" }.Uri;
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add("Connection", "Upgrade");
        request.Headers.Add("Upgrade", "websocket");
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return (answer.StatusCode, answer.Headers.RetryAfter?.ToString());
    }

    private static async Task<HttpStatusCode> UntilLetInAsync(ChatCluster cluster)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        using var bound = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            var (status, _) = await UpgradeAsync(cluster);
            if (status == HttpStatusCode.SwitchingProtocols)
                return status;
            await pause.WaitForNextTickAsync(bound.Token);
        }
    }
}
