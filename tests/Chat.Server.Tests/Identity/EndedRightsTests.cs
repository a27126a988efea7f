using System.Net;
using Chat.Contracts;
using Chat.Testing.Nodes;
using Chat.Testing.Services;

namespace Chat.Server.Tests.Identity;

/// <summary>
/// What ends a right ends its sockets, its waiting requests and its access tokens on every node: at once where the bus says so, and without it by the
/// reading of the database every 15 s. The table is <see cref="RightsScene.ArrangeAsync"/>.
/// </summary>
public sealed class EndedRightsTests
{
    // Without the bus: a period of the upkeep, and what a busy machine adds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task What_ends_a_right_ends_it_on_every_node_as_soon_as_the_bus_has_said_so() => await EndAllAsync(isBusUp: true);

    [Fact]
    public async Task What_ends_a_right_ends_it_on_every_node_while_the_bus_is_away() => await EndAllAsync(isBusUp: false);

    private static async Task EndAllAsync(bool isBusUp)
    {
        await using var redis = await RedisService.StartOwnAsync();
        await using var scene = await RightsScene.StartAsync(redis.Configuration);
        await using var bystander = await scene.BystanderAsync();
        var rights = await scene.ArrangeAsync();
        try
        {
            if (!isBusUp)
            {
                await redis.KillAsync();
                await Task.WhenAll(scene.Nodes.Select(node => node.UntilMetricAsync("bus_up", up => up == 0)));
            }
            foreach (var right in rights)
                await right.End();

            await Task.WhenAll(rights.Select(right => right.AssertEndedAsync(scene, Patience)));
            Assert.Contains(
                "refresh token came back",
                await scene.Nodes[0].WaitForLineAsync("refresh token came back"),
                StringComparison.Ordinal
            );

            // Nobody else has lost anything, until the key of all tokens is taken away.
            await bystander.AssertHoldsAsync(scene);
            await scene.RemoveSigningKeysAsync();
            await bystander.AssertEndedAsync(scene, Patience);
        }
        finally
        {
            foreach (var right in rights)
                await right.DisposeAsync();
        }
    }
}

/// <summary>Somebody's right: a socket on each node, a request that waits on the other one, and what will end it.</summary>
internal sealed record Right(string Name, string Hub, string Token, DisconnectReason Reason, Func<Task> End) : IAsyncDisposable
{
    private readonly List<Hubs.RawSocket> _sockets = [];
    private Task<HttpResponseMessage>? _waiting;

    public string? Origin { get; init; }

    /// <summary>What the token may not do any more afterwards; null: it is good for other things.</summary>
    public string? RefusedPath { get; init; } = "me";

    public async Task<Right> ConnectAsync(RightsScene scene, ConversationId? followed)
    {
        foreach (var node in scene.Nodes)
        {
            var socket = await Hubs.RawSocket.ConnectAsync(node.BaseAddress, $"hubs/{Hub}", Token, Origin);
            _sockets.Add(socket);
            await socket.ShakeHandsAsync();
            socket.StayAwake();
            Assert.Null((await socket.CallAsync("Hello", new Hello(ProtocolVersion.Current, Guid.NewGuid()))).Error);
        }
        if (followed is { } id)
            _waiting = scene.GetAsync(1, $"conversations/{id}/events?after=1000&waitMs={Limits.WaitMs}", Token, Origin);
        return this;
    }

    public async Task AssertHoldsAsync(RightsScene scene)
    {
        foreach (var socket in _sockets)
            Assert.Null((await socket.CallAsync("Hello", new Hello(ProtocolVersion.Current, Guid.NewGuid()))).Error);
        using var answer = await scene.GetAsync(1, "me", Token, Origin);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    public async Task AssertEndedAsync(RightsScene scene, TimeSpan patience)
    {
        foreach (var socket in _sockets)
        {
            try
            {
                await socket.ClosedAsync(patience);
            }
            catch (TimeoutException)
            {
                Assert.Fail($"{Name}: a socket lives on");
            }
            var reasons = socket.Pushes(Push.GoAway).Select(push => push.GetProperty("reason").GetString());
            Assert.Equal($"{Name}: {Reason.Code}", $"{Name}: {string.Join(' ', reasons)}");
        }
        if (_waiting is not null)
        {
            using var waited = await _waiting;
            Assert.True(waited.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound, Name);
        }
        if (RefusedPath is not { } path)
            return;
        using var answer = await scene.GetAsync(1, path, Token, Origin);
        Assert.True(answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, $"{Name}: {answer.StatusCode}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var socket in _sockets)
            await socket.DisposeAsync();
    }
}
