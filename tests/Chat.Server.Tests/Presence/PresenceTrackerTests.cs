using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Delivery;
using Chat.Server.Presence;
using Chat.Server.Tests.Delivery;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Server.Tests.Presence;

/// <summary>Whose coming and leaving is news, and to whom.</summary>
public sealed class PresenceTrackerTests : IAsyncLifetime
{
    private static readonly VisitorId Vera = new(Guid.CreateVersion7());

    private PresenceScene _scene = null!;
    private PresenceTracker _tracker = null!;

    public async ValueTask InitializeAsync()
    {
        _scene = await PresenceScene.StartAsync();
        _tracker = _scene.Get<PresenceTracker>();
        await _tracker.StartAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _tracker.StopAsync(CancellationToken.None);
        await _scene.DisposeAsync();
    }

    [Fact]
    public async Task A_visitor_who_says_Hello_again_and_again_is_news_once_a_minute()
    {
        var page = await _scene.OpenAsync(Vera);
        var olga = await _scene.WatchAsync(await _scene.HireAsync("Olga"));
        var visitor = _scene.Connect(Vera, page);

        _tracker.Arrived(visitor.Client, [page]);
        _tracker.Arrived(visitor.Client, [page]);
        Assert.Equal(1, await CountAsync(olga, page, online: true));

        _scene.Time.Advance(TimeSpan.FromMinutes(1));
        _tracker.Arrived(visitor.Client, [page]);
        _tracker.Arrived(visitor.Client, [page]);
        Assert.Equal(1, await CountAsync(olga, page, online: true));
    }

    [Fact]
    public async Task A_visitor_who_left_and_comes_again_is_news()
    {
        var page = await _scene.OpenAsync(Vera);
        var olga = await _scene.WatchAsync(await _scene.HireAsync("Olga"));
        var visitor = _scene.Connect(Vera, page);
        _tracker.Arrived(visitor.Client, [page]);
        Assert.Equal(1, await CountAsync(olga, page, online: true));

        _scene.Get<Connections>().Remove(visitor.Client);
        _scene.Time.Advance(TimeSpan.FromSeconds(2));
        await olga.ReadUntilAsync((target, push) => PresenceScene.IsVisitor(target, push, page, online: false));
        _tracker.Arrived(_scene.Connect(Vera, page).Client, [page]);

        Assert.Equal(1, await CountAsync(olga, page, online: true));
    }

    [Fact]
    public async Task A_visitor_with_hundreds_of_conversations_is_one_envelope_to_the_other_nodes_and_overflows_nobody()
    {
        // She reads nothing until all has been said.
        var olga = await _scene.WatchAsync(await _scene.HireAsync("Olga"), pauseAfterBytes: 16);
        var pages = new List<ConversationPage>();
        for (var i = 0; i < 4 * OutboundQueue.MaxFrames; i++)
            pages.Add(await _scene.OpenAsync(Vera));
        var envelopes = await ListenAsync();

        var visitor = _scene.Connect(Vera, pages);
        _tracker.Arrived(visitor.Client, pages);
        _tracker.Tell(visitor.Client, pages[0].Conversation);
        await visitor.ReadUntilAsync((target, push) => PresenceScene.IsVisitor(target, push, pages[0], online: true));
        var heard = await olga.ReadUntilAsync((target, push) => PresenceScene.IsVisitor(target, push, pages[^1], online: true));

        Assert.Single(envelopes);
        Assert.Equal(
            pages.Select(p => p.Conversation.Id.Value),
            heard.Select(push => push.Argument.GetProperty("conversationId").GetGuid())
        );
    }

    /// <summary>How often that was heard, before what comes after all that was said before.</summary>
    private async Task<int> CountAsync(RecordingConnection olga, ConversationPage page, bool online)
    {
        var next = new VisitorId(Guid.CreateVersion7());
        var after = await _scene.OpenAsync(next);
        _tracker.Arrived(_scene.Connect(next, after).Client, [after]);
        var heard = await olga.ReadUntilAsync((target, push) => PresenceScene.IsVisitor(target, push, after, online: true));
        return heard.Count(push => PresenceScene.IsVisitor(push.Target, push.Argument, page, online));
    }

    /// <summary>What another node hears.</summary>
    private async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ListenAsync()
    {
        var heard = new List<ReadOnlyMemory<byte>>();
        var other = new InProcessBus(_scene.Get<InProcessNetwork>(), NullLogger<InProcessBus>.Instance);
        other.Attach(heard.Add, static _ => { });
        await other.StartAsync(CancellationToken.None);
        await _scene.Get<IEventBus>().StartAsync(CancellationToken.None);
        return heard;
    }
}
