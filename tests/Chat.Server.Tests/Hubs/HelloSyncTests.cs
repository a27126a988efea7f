using Chat.Contracts;

namespace Chat.Server.Tests.Hubs;

/// <summary>How a client gets and keeps its copy: pages from cursors, resets, pushes to its other devices.</summary>
[Collection(HubTests.Name)]
public sealed class HelloSyncTests(HubScene scene)
{
    [Fact]
    public async Task A_cursor_ahead_of_the_log_or_of_another_epoch_resets()
    {
        await using var visitor = await scene.VisitorSocketAsync();
        var id = await visitor.OpenConversationAsync();
        var message = await visitor.WriteAsync(id, "Hello");

        var same = await PageAsync(visitor, new Cursor(id, message.Epoch, message.Seq));
        var ahead = await PageAsync(visitor, new Cursor(id, message.Epoch, message.Seq + 1));
        var other = await PageAsync(visitor, new Cursor(id, message.Epoch + 1, message.Seq));

        Assert.Equal((false, 0), (same.Reset, same.Events.Count));
        foreach (var page in (ConversationPage[])[ahead, other])
        {
            Assert.True(page.Reset);
            Assert.Equal([1, 2], page.Events.Select(e => e.Seq));
            Assert.Equal(message.Epoch, page.Epoch);
        }
    }

    [Fact]
    public async Task A_long_log_comes_in_pages_from_a_cursor()
    {
        await using var visitor = await scene.VisitorSocketAsync();
        var id = await visitor.OpenConversationAsync();
        var epoch = (await visitor.WriteAsync(id, "Hello")).Epoch;
        scene.Database.AddMessages(id, upTo: 250);

        var seqs = new List<int>();
        ConversationPage page;
        do
        {
            page = await PageAsync(visitor, new Cursor(id, epoch, seqs.LastOrDefault(1)));
            Assert.InRange(page.Events.Count, 1, Limits.SyncPage);
            seqs.AddRange(page.Events.Select(e => e.Seq));
        } while (page.HasMore);

        Assert.Equal(Enumerable.Range(2, 249), seqs);
        Assert.Equal(250, page.Seq);
        Assert.False(page.Reset);
    }

    [Fact]
    public async Task A_backlog_of_long_texts_comes_in_answers_that_a_narrow_way_carries_in_time()
    {
        await using var visitor = await scene.VisitorSocketAsync();
        var ids = new[] { await visitor.OpenConversationAsync(), await visitor.OpenConversationAsync() };
        var epoch = (await visitor.WriteAsync(ids[0], "Hello")).Epoch;
        foreach (var id in ids)
            scene.Database.AddMessages(id, upTo: 30, new string('x', Limits.BodyLength / 2));

        var seqs = ids.ToDictionary(id => id, _ => new List<int> { 1 });
        for (var more = true; more; )
        {
            var asked = ids.Select(id => new Cursor(id, epoch, seqs[id][^1])).ToArray();
            var answer = await visitor.CallAsync("Sync", new Sync(asked));
            var pages = answer.Read<SyncResult>().Conversations;
            foreach (var page in pages)
                seqs[page.Conversation.Id].AddRange(page.Events.Select(e => e.Seq));
            more = pages.Any(page => page.HasMore);
            Assert.InRange(pages.Sum(page => page.Events.Sum(e => e.Data?.Body?.Length ?? 0)), 0, 45_000);
        }

        Assert.All(ids, id => Assert.Equal(Enumerable.Range(1, 30), seqs[id]));
    }

    [Fact]
    public async Task A_fresh_client_with_many_long_conversations_gets_the_newest_of_each_in_an_answer_of_bounded_size()
    {
        const int conversations = 10;
        var session = await scene.NewVisitorAsync();
        await using var first = await scene.SocketAsync("visitor", session.Token);
        var ids = new List<ConversationId>();
        for (var i = 0; i < conversations; i++)
        {
            ids.Add(await first.OpenConversationAsync());
            scene.Database.AddMessages(ids[^1], upTo: 100, new string('x', 1000));
        }

        await using var second = await scene.ConnectAsync("visitor", session.Token);
        await second.ShakeHandsAsync();
        var hello = await second.CallAsync("Hello", new Hello(ProtocolVersion.Current, Guid.NewGuid()));
        var pages = hello.Read<HelloResult>().Conversations;

        Assert.Equal(ids.ToHashSet(), pages.Select(page => page.Conversation.Id).ToHashSet());
        Assert.All(
            pages,
            page => Assert.Equal(Enumerable.Range(101 - page.Events.Count, page.Events.Count), page.Events.Select(e => e.Seq))
        );
        Assert.All(pages, page => Assert.True(page is { HasMore: true, Seq: 100, Events.Count: > 2 }));
        Assert.InRange(pages.Sum(page => page.Events.Sum(e => e.Data?.Body?.Length ?? 0)), 32_000, 90_000);
    }

    [Fact]
    public async Task A_fresh_client_gets_the_newest_events_and_the_older_ones_from_History()
    {
        await using var visitor = await scene.VisitorSocketAsync();
        var id = await visitor.OpenConversationAsync();
        scene.Database.AddMessages(id, upTo: 250);

        var page = await PageAsync(visitor, new Cursor(id, 0, 0));
        var older = (await visitor.CallAsync("History", new HistoryQuery(id, Before: 151, Limit: 200))).Read<HistoryResult>();
        var newer = (await visitor.CallAsync("History", new HistoryQuery(id, After: 200))).Read<HistoryResult>();

        Assert.Equal(Enumerable.Range(151, 100), page.Events.Select(e => e.Seq));
        Assert.True(page.HasMore);
        Assert.Equal(Enumerable.Range(1, 150), older.Events.Select(e => e.Seq));
        Assert.False(older.HasMore);
        Assert.Equal(Enumerable.Range(201, 50), newer.Events.Select(e => e.Seq));
        Assert.False(newer.HasMore);
    }

    [Fact]
    public async Task Hello_brings_a_visitors_conversations_to_a_new_device()
    {
        var session = await scene.NewVisitorAsync();
        await using var first = await scene.SocketAsync("visitor", session.Token);
        var id = await first.OpenConversationAsync();

        await using var second = await scene.ConnectAsync("visitor", session.Token);
        await second.ShakeHandsAsync();
        var hello = (await second.CallAsync("Hello", new Hello(ProtocolVersion.Current, Guid.NewGuid()))).Read<HelloResult>();

        Assert.Equal(id, Assert.Single(hello.Conversations).Conversation.Id);
        Assert.Equal(session.VisitorId.Value, hello.You.Id);
        Assert.Equal([scene.Seed.Shop.Id], hello.You.Inboxes);
    }

    [Fact]
    public async Task The_sending_connection_gets_no_echo_and_the_other_device_gets_the_push()
    {
        var session = await scene.NewVisitorAsync();
        await using var phone = await scene.SocketAsync("visitor", session.Token);
        var id = await phone.OpenConversationAsync();
        await using var laptop = await scene.SocketAsync("visitor", session.Token);
        await using var olga = await scene.StaffSocketAsync(scene.Seed.Olga);

        var sent = await phone.WriteAsync(id, "From the phone");
        await laptop.UntilPushedAsync(sent);
        var answer = await olga.WriteAsync(id, "To both");
        await phone.UntilPushedAsync(answer);
        await laptop.UntilPushedAsync(answer);

        Assert.Equal([answer.Seq], phone.Pushes(Push.Event).Select(SceneCalls.SeqOf));
        Assert.Equal([sent.Seq, answer.Seq], laptop.Pushes(Push.Event).Select(SceneCalls.SeqOf));
    }

    [Fact]
    public async Task What_one_device_opens_the_visitors_others_are_told_of_and_nobody_else()
    {
        var session = await scene.NewVisitorAsync();
        await using var phone = await scene.SocketAsync("visitor", session.Token);
        await using var laptop = await scene.SocketAsync("visitor", session.Token);
        await using var silent = await scene.ConnectAsync("visitor", session.Token);
        await silent.ShakeHandsAsync();
        await using var stranger = await scene.VisitorSocketAsync();

        var id = await phone.OpenConversationAsync();
        await laptop.UntilPushedAsync(Push.Resync, push => SceneCalls.IsOf(push, id), "the conversation of the other device");
        var page = await PageAsync(laptop, new Cursor(id, 0, 0));
        var sent = await phone.WriteAsync(id, "From the phone");
        await laptop.UntilPushedAsync(sent);

        Assert.Equal([1], page.Events.Select(e => e.Seq));
        Assert.Equal("opened", Assert.Single(laptop.Pushes(Push.Resync)).GetProperty("reason").GetString());
        await silent.CallAsync("Hello", new Hello(ProtocolVersion.Current, Guid.NewGuid()));
        Assert.All((RawSocket[])[phone, silent, stranger], other => Assert.Empty(other.Pushes(Push.Resync)));
    }

    private static async Task<ConversationPage> PageAsync(RawSocket socket, Cursor cursor) =>
        Assert.Single((await socket.CallAsync("Sync", new Sync([cursor]))).Read<SyncResult>().Conversations);
}
