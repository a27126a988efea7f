using Chat.Contracts;

namespace Chat.Server.Tests.Hubs;

/// <summary>Of too many sockets of one user the oldest goes, and a signed-out device's all.</summary>
[Collection(HubTests.Name)]
public sealed class ConnectionLimitTests(HubScene scene)
{
    [Fact]
    public async Task The_oldest_of_too_many_sockets_of_one_visitor_is_replaced()
    {
        var session = await scene.NewVisitorAsync();
        var sockets = new List<RawSocket>();
        for (var i = 0; i <= Limits.VisitorConnections + 1; i++)
            sockets.Add(await scene.SocketAsync("visitor", session.Token));

        foreach (var oldest in sockets.Take(2))
        {
            var close = await oldest.ClosedAsync();
            Assert.Equal("replaced", Assert.Single(oldest.Pushes(Push.GoAway)).GetProperty("reason").GetString());
            Assert.False(close is { } message && message.TryGetProperty("allowReconnect", out var allow) && allow.GetBoolean());
        }
        foreach (var socket in sockets.Skip(2))
        {
            Assert.Null((await socket.CallAsync("Sync", new Sync([]))).Error);
            Assert.Empty(socket.Pushes(Push.GoAway));
        }
        foreach (var socket in sockets)
            await socket.DisposeAsync();
        await scene.Bystanders.ChatAsync();
    }

    [Fact]
    public async Task Logging_out_closes_the_devices_sockets_and_no_others()
    {
        var session = await scene.NewVisitorAsync();
        await using var first = await scene.SocketAsync("visitor", session.Token);
        await using var second = await scene.SocketAsync("visitor", session.Token);
        await using var other = await scene.VisitorSocketAsync();

        using var answer = await scene.PostAsync("visitor/logout", new VisitorLogout(session.RefreshToken));

        Assert.Equal(204, (int)answer.StatusCode);
        foreach (var socket in (RawSocket[])[first, second])
        {
            await socket.ClosedAsync();
            Assert.Equal("revoked", Assert.Single(socket.Pushes(Push.GoAway)).GetProperty("reason").GetString());
        }
        Assert.Null((await other.CallAsync("Sync", new Sync([]))).Error);
    }
}
