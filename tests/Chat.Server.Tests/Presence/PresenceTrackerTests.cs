using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Delivery;
using Chat.Server.Presence;
using Chat.Server.Tests.Delivery;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Server.Tests.Presence;

/// <summary>Whose coming and leaving is news, and to whom.</summary>
public sealed class PresenceTrackerTests() : PresenceTrackerTest(isAlone: true)
{
    [Fact]
    public async Task A_visitor_who_says_Hello_again_and_again_is_news_once_a_minute()
    {
        var page = await Scene.OpenAsync(Vera);
        var olga = await Scene.WatchAsync(await Scene.HireAsync("Olga"));
        var visitor = Scene.Connect(Vera, page);

        Tracker.Arrived(visitor.Client, [page]);
        Tracker.Arrived(visitor.Client, [page]);
        Assert.Equal(1, await CountAsync(olga, page, online: true));

        Scene.Time.Advance(TimeSpan.FromMinutes(1));
        Tracker.Arrived(visitor.Client, [page]);
        Tracker.Arrived(visitor.Client, [page]);
        Assert.Equal(1, await CountAsync(olga, page, online: true));
    }

    [Fact]
    public async Task A_visitor_who_left_and_comes_again_is_news()
    {
        var page = await Scene.OpenAsync(Vera);
        var olga = await Scene.WatchAsync(await Scene.HireAsync("Olga"));
        var visitor = Scene.Connect(Vera, page);
        Tracker.Arrived(visitor.Client, [page]);
        Assert.Equal(1, await CountAsync(olga, page, online: true));

        Scene.Get<Connections>().Remove(visitor.Client);
        Scene.Time.Advance(TimeSpan.FromSeconds(2));
        await olga.ReadUntilAsync((target, push) => PresenceScene.IsVisitor(target, push, page, online: false));
        Tracker.Arrived(Scene.Connect(Vera, page).Client, [page]);

        Assert.Equal(1, await CountAsync(olga, page, online: true));
    }

    [Fact]
    public async Task Who_was_identified_and_comes_with_another_socket_is_not_said_to_be_gone()
    {
        var last = new VisitorId(Guid.CreateVersion7());
        var page = await Scene.OpenAsync(Vera);
        var foreign = await Scene.OpenAsync(last);
        var olga = await Scene.WatchAsync(await Scene.HireAsync("Olga"));
        var token = Scene.TokenOf(Vera);
        var before = Scene.Connect(Vera, token.Family, [page]);
        Tracker.Arrived(before.Client, [page]);
        Assert.Equal(1, await CountAsync(olga, page, online: true));

        var identified = await Scene.IdentifyAsync(token);
        Scene.Get<Connections>().Remove(before.Client);
        Tracker.Arrived(Scene.Connect(identified, page).Client, [page]);
        await CountAsync(olga, page, online: true);
        // A stranger leaves after them.
        var stranger = Scene.Connect(last, foreign);
        Tracker.Arrived(stranger.Client, [foreign]);
        Scene.Get<Connections>().Remove(stranger.Client);
        Scene.Time.Advance(TimeSpan.FromSeconds(2));

        var heard = await olga.ReadUntilAsync((target, push) => PresenceScene.IsVisitor(target, push, foreign, online: false));
        Assert.DoesNotContain(heard, push => PresenceScene.IsVisitor(push.Target, push.Argument, page, online: false));
    }

    [Fact]
    public async Task A_visitor_with_hundreds_of_conversations_is_one_envelope_to_the_other_nodes_and_overflows_nobody()
    {
        // She reads nothing until all has been said.
        var olga = await Scene.WatchAsync(await Scene.HireAsync("Olga"), pauseAfterBytes: 16);
        var pages = new List<ConversationPage>();
        for (var i = 0; i < 4 * OutboundQueue.MaxFrames; i++)
            pages.Add(await Scene.OpenAsync(Vera));
        var envelopes = await ListenAsync();

        var visitor = Scene.Connect(Vera, pages);
        Tracker.Arrived(visitor.Client, pages);
        Tracker.Tell(visitor.Client, pages[0].Conversation);
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
        var after = await Scene.OpenAsync(next);
        Tracker.Arrived(Scene.Connect(next, after).Client, [after]);
        var heard = await olga.ReadUntilAsync((target, push) => PresenceScene.IsVisitor(target, push, after, online: true));
        return heard.Count(push => PresenceScene.IsVisitor(push.Target, push.Argument, page, online));
    }

    /// <summary>What another node hears.</summary>
    private async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ListenAsync()
    {
        var heard = new List<ReadOnlyMemory<byte>>();
        var other = new InProcessBus(Scene.Get<InProcessNetwork>(), NullLogger<InProcessBus>.Instance);
        other.Attach(heard.Add, static _ => { });
        await other.StartAsync(CancellationToken.None);
        await Scene.Get<IEventBus>().StartAsync(CancellationToken.None);
        return heard;
    }
}
