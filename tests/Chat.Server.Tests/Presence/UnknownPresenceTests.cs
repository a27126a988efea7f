using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Delivery;
using Chat.Server.Operators;
using Chat.Server.Presence;
using Chat.Server.Tests.Delivery;

namespace Chat.Server.Tests.Presence;

/// <summary>While the bus is away nobody knows who is on the other nodes: then nobody is said to be gone.</summary>
public sealed class UnknownPresenceTests() : PresenceTrackerTest(isAlone: false)
{
    [Fact]
    public async Task Of_an_operator_whose_last_socket_here_went()
    {
        var (pia, page) = (await Scene.HireAsync("Pia"), await Scene.OpenAsync(Vera));
        var olga = Scene.Connect(await Scene.HireAsync("Olga"));
        var socket = Scene.Connect(pia);
        Tracker.Arrived(socket.Client, []);
        await olga.ReadUntilAsync((target, push) => PresenceScene.IsOf((target, push), pia));

        await LeaveAsync(socket);
        await Scene.Get<OperatorSweep>().SweepAsync(CancellationToken.None);
        await Scene.Get<OperatorSweep>().SweepAsync(CancellationToken.None);

        Assert.DoesNotContain(await HeardAsync(olga, page), push => PresenceScene.IsOf(push, pia));
        var colleagues = await Scene.New<OperatorStates>().ListAsync(olga.Client.Caller, CancellationToken.None);
        Assert.True(colleagues.Operators.Single(colleague => colleague.Id == pia.Id).Online);
    }

    [Fact]
    public async Task Of_a_visitor_whose_last_socket_here_went()
    {
        var page = await Scene.OpenAsync(Vera);
        var olga = await Scene.WatchAsync(await Scene.HireAsync("Olga"));
        var visitor = Scene.Connect(Vera, page);
        Tracker.Arrived(visitor.Client, [page]);
        await olga.ReadUntilAsync((target, push) => PresenceScene.IsVisitor(target, push, page, online: true));

        await LeaveAsync(visitor);
        await Scene.Get<VisitorSweep>().SweepAsync(CancellationToken.None);
        await Scene.Get<VisitorSweep>().SweepAsync(CancellationToken.None);

        Assert.DoesNotContain(
            await HeardAsync(olga, page),
            push => PresenceScene.IsVisitor(push.Target, push.Argument, page, online: false)
        );
    }

    /// <summary>Ends when the node has given his lease up.</summary>
    private async Task LeaveAsync(RecordingConnection who)
    {
        Scene.Get<Connections>().Remove(who.Client);
        Scene.Time.Advance(TimeSpan.FromSeconds(2));
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while ((await Scene.Get<IPresence>().OnlineAsync([who.Client.Caller.Id], timeout.Token)).Count > 0)
        {
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>What was said before the answer to what is asked now.</summary>
    private Task<IReadOnlyList<(string Target, JsonElement Argument)>> HeardAsync(RecordingConnection olga, ConversationPage page)
    {
        Tracker.Tell(olga.Client, page.Conversation);
        return olga.ReadUntilAsync((target, push) => target == Push.Ephemeral && push.GetProperty("type").ValueEquals("presence"));
    }
}
