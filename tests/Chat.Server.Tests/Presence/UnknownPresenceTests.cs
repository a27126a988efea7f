using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Delivery;
using Chat.Server.Operators;
using Chat.Server.Presence;
using Chat.Server.Tests.Delivery;

namespace Chat.Server.Tests.Presence;

/// <summary>While the bus is away nobody knows who is on the other nodes: then nobody is said to be gone.</summary>
public sealed class UnknownPresenceTests : IAsyncLifetime
{
    private static readonly VisitorId Vera = new(Guid.CreateVersion7());

    private PresenceScene _scene = null!;
    private PresenceTracker _tracker = null!;

    public async ValueTask InitializeAsync()
    {
        _scene = await PresenceScene.StartAsync(isAlone: false);
        _tracker = _scene.Get<PresenceTracker>();
        await _tracker.StartAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _tracker.StopAsync(CancellationToken.None);
        await _scene.DisposeAsync();
    }

    [Fact]
    public async Task Of_an_operator_whose_last_socket_here_went()
    {
        var (pia, page) = (await _scene.HireAsync("Pia"), await _scene.OpenAsync(Vera));
        var olga = _scene.Connect(await _scene.HireAsync("Olga"));
        var socket = _scene.Connect(pia);
        _tracker.Arrived(socket.Client, []);
        await olga.ReadUntilAsync((target, push) => PresenceScene.IsOf((target, push), pia));

        await LeaveAsync(socket);
        await _scene.Get<OperatorSweep>().SweepAsync(CancellationToken.None);
        await _scene.Get<OperatorSweep>().SweepAsync(CancellationToken.None);

        Assert.DoesNotContain(await HeardAsync(olga, page), push => PresenceScene.IsOf(push, pia));
        var colleagues = await _scene.New<OperatorStates>().ListAsync(olga.Client.Caller, CancellationToken.None);
        Assert.True(colleagues.Operators.Single(colleague => colleague.Id == pia.Id).Online);
    }

    [Fact]
    public async Task Of_a_visitor_whose_last_socket_here_went()
    {
        var page = await _scene.OpenAsync(Vera);
        var olga = await _scene.WatchAsync(await _scene.HireAsync("Olga"));
        var visitor = _scene.Connect(Vera, page);
        _tracker.Arrived(visitor.Client, [page]);
        await olga.ReadUntilAsync((target, push) => PresenceScene.IsVisitor(target, push, page, online: true));

        await LeaveAsync(visitor);
        await _scene.Get<VisitorSweep>().SweepAsync(CancellationToken.None);
        await _scene.Get<VisitorSweep>().SweepAsync(CancellationToken.None);

        Assert.DoesNotContain(
            await HeardAsync(olga, page),
            push => PresenceScene.IsVisitor(push.Target, push.Argument, page, online: false)
        );
    }

    /// <summary>Ends when the node has given his lease up.</summary>
    private async Task LeaveAsync(RecordingConnection who)
    {
        _scene.Get<Connections>().Remove(who.Client);
        _scene.Time.Advance(TimeSpan.FromSeconds(2));
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while ((await _scene.Get<IPresence>().OnlineAsync([who.Client.Caller.Id], timeout.Token)).Count > 0)
        {
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>What was said before the answer to what is asked now.</summary>
    private Task<IReadOnlyList<(string Target, JsonElement Argument)>> HeardAsync(RecordingConnection olga, ConversationPage page)
    {
        _tracker.Tell(olga.Client, page.Conversation);
        return olga.ReadUntilAsync((target, push) => target == Push.Ephemeral && push.GetProperty("type").ValueEquals("presence"));
    }
}
