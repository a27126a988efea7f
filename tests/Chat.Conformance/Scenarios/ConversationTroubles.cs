using Chat.Conformance.Drivers;
using Chat.Contracts;
using Chat.Testing.Clients;

namespace Chat.Conformance.Scenarios;

/// <summary>Conversations: opened, many, long, closed.</summary>
internal static class ConversationTroubles
{
    /// <summary>Of a visitor's conversations, that come with a Hello.</summary>
    private const int Newest = 50;

    /// <summary>An answer that is lost leaves open whether there is a conversation: it must be asked for under the same clientId.</summary>
    public static async Task OpenDuringCutsAsync(Stage stage)
    {
        stage.Proxy.Rules.LoseAnswers("OpenConversation", 2);
        await stage.UntilAsync(await stage.OpenAsync());
        for (var i = 0; i < 3; i++)
        {
            var opening = stage.OpenAsync();
            stage.Proxy.CutAll();
            var talk = await opening;
            await stage.SendAsync(talk);
            stage.Proxy.CutAll();
        }
        foreach (var talk in stage.Talks)
            await stage.SettleAsync(talk);
        var visitor = await stage.Service.Facts.VisitorOfAsync((await stage.LogAsync()).Conversation);
        var stored = (await stage.Service.Facts.ConversationsOfAsync(visitor)).Count;
        Stage.Expect(stored == stage.Talks.Count, $"{stage.Talks.Count} conversations were opened, {stored} are stored");
        var shown = (await stage.Device.ListAsync()).Conversations.Count;
        Stage.Expect(shown == stored, $"{stored} conversations are stored, {shown} are shown");
    }

    public static async Task TalkInTwoAsync(Stage stage)
    {
        var second = await stage.OpenAsync();
        await stage.UntilAsync(second);
        await Task.WhenAll(stage.TalkAsync(3), stage.TalkAsync(2, second));
        var (one, two) = (await stage.SettleAsync(), await stage.SettleAsync(second));
        await ExpectUnreadAsync(stage, (one.Conversation, 3), (two.Conversation, 2));
        await stage.ReadAsync(second);
        await ExpectUnreadAsync(stage, (one.Conversation, 3), (two.Conversation, 0));
    }

    public static async Task CloseAsync(Stage stage)
    {
        await stage.TalkAsync(2);
        var id = (await stage.SettleAsync()).Conversation;
        await stage.Service.Peer.ChangeAsync("SetStatus", new SetStatus(id, Guid.NewGuid(), ConversationStatus.Closed));
        await stage.UntilShownAsync(log => log.Status == "closed", "status closed, set by an operator");
        await stage.SendAsync();
        await stage.UntilShownAsync(log => log.Status == "queued", "status queued after a message to a closed conversation");
        await stage.UntilAsync();
        await stage.Device.DoAsync("close", new { conversation = stage.Talk.Id });
        await stage.UntilShownAsync(log => log.Status == "closed", "status closed, set by the visitor");
        await stage.SendAsync();
        await stage.UntilShownAsync(log => log.Status == "queued", "status queued after one more message");
    }

    /// <summary>350 events while one device is away, and all of them for one that is new.</summary>
    public static async Task LoadHistoryAsync(Stage stage)
    {
        var peer = stage.Service.Peer;
        await stage.TalkAsync(2);
        var id = (await stage.SettleAsync()).Conversation;
        stage.Proxy.Weather.BlackHole = true;
        stage.Proxy.CutAll();
        var target = (await stage.TalkBackAsync(id, 1))[0];
        await peer.ChangeAsync("Edit", new EditMessage(id, Guid.NewGuid(), target, "answer, the older text"));
        await stage.TalkBackAsync(id, 350);
        await peer.ChangeAsync("Edit", new EditMessage(id, Guid.NewGuid(), target, "answer, the newer text"));
        await stage.SettleAsync();
        await stage.Device.LoadAllAsync(stage.Talk.Id);
        var second = await stage.AddDeviceAsync(stage.Subject);
        await second.UntilAsync(id.ToString());
        await second.LoadAllAsync(id.ToString());
        stage.IsWhole = true;
    }

    /// <summary>More than a Hello has room for.</summary>
    public static async Task HoldManyAsync(Stage stage)
    {
        const int many = 210;
        for (var i = 0; i < many; i++)
            await stage.Device.DoAsync("open", new { body = stage.NextBody() });
        // No faster than `changesPerSecond` allows.
        await stage.Device.UntilListAsync(list => list.Conversations.Count == many + 1, $"{many + 1} conversations", Patience.ToSettle * 4);
        var held = (await stage.LogAsync()).Conversation;
        var ids = (await stage.Device.ListAsync()).Conversations.Select(one => one.Conversation).Where(id => id != held).ToList();
        stage.Proxy.Weather.BlackHole = true;
        stage.Proxy.CutAll();
        foreach (var id in (ConversationId[])[ids[0], ids[many / 2], ids[^1]])
            await stage.TalkBackAsync(id, 1);
        stage.Proxy.Calm();
        stage.Proxy.CutAll();
        await stage.Device.UntilListAsync(
            list => list.Conversations.Count(conversation => conversation.Unread == 1) == 3 && list.Unread == 3,
            "news in three of them after an absence"
        );
        await stage.TalkBackAsync(ids[1], 1);
        await stage.Device.UntilListAsync(list => list.Unread == 4, "news in a fourth");
        // What holds no cursors over a restart knows the newest again, and those are all that it was promised.
        await stage.Device.RestartAsync();
        await stage.Device.UntilListAsync(list => list.Conversations.Count >= Newest, $"the {Newest} newest conversations after a restart");
        // The first one is none of them.
        stage.IsOver = true;
    }

    private static Task<ShownList> ExpectUnreadAsync(Stage stage, params (ConversationId Id, int Unread)[] expected) =>
        stage.Device.UntilListAsync(
            list =>
                expected.All(one => list.Conversations.Single(c => c.Conversation == one.Id).Unread == one.Unread)
                && list.Unread == expected.Sum(one => one.Unread),
            $"unread {string.Join(" and ", expected.Select(one => one.Unread))}"
        );
}
