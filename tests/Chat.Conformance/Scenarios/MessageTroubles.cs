using Chat.Conformance.Drivers;
using Chat.Conformance.Network;
using Chat.Contracts;

namespace Chat.Conformance.Scenarios;

/// <summary>What becomes of messages: edits, deletions, receipts, and what is about them for a moment.</summary>
internal static class MessageTroubles
{
    private const string Card = "4111 1111 1111 1111";

    public static async Task ChangeAsync(Stage stage)
    {
        var peer = stage.Service.Peer;
        await stage.TalkAsync(4);
        var log = await stage.SettleAsync();
        var own = log.Items.Where(item => stage.Talk.Promised.Contains(item.Body)).ToList();
        await stage.EditAsync(own[0], "edited once");
        await stage.EditAsync(own[0] with { Body = "edited once" }, "edited twice");
        await stage.RemoveAsync(own[1]);
        await stage.UntilAsync();

        var seqs = await stage.TalkBackAsync(log.Conversation, 2);
        await peer.ChangeAsync("Edit", new EditMessage(log.Conversation, Guid.NewGuid(), seqs[0], "answer, edited"));
        await peer.ChangeAsync("Delete", new DeleteMessage(log.Conversation, Guid.NewGuid(), seqs[1]));
        await stage.SettleAsync();
        await stage.ReadAsync();

        // Of three that are unread one goes before it is read.
        seqs = await stage.TalkBackAsync(log.Conversation, 3);
        await stage.SettleAsync();
        await peer.ChangeAsync("Delete", new DeleteMessage(log.Conversation, Guid.NewGuid(), seqs[1]));
        await peer.ChangeAsync("Edit", new EditMessage(log.Conversation, Guid.NewGuid(), seqs[2], "answer, edited too"));
        var unread = (await stage.SettleAsync()).Unread;
        Stage.Expect(unread == 2, $"{unread} are unread and not 2: a deleted message counts no more");
    }

    /// <summary>A page gives a message as it stands now, and behind it its edits in their order, of which the last have not come yet.</summary>
    public static async Task ChangeLateAsync(Stage stage)
    {
        var peer = stage.Service.Peer;
        await stage.TalkAsync(1);
        var id = (await stage.SettleAsync()).Conversation;
        stage.Proxy.Weather.BlackHole = true;
        stage.Proxy.CutAll();
        var target = (await stage.TalkBackAsync(id, 1))[0];
        await peer.ChangeAsync("Edit", new EditMessage(id, Guid.NewGuid(), target, "answer, the older text"));
        await stage.TalkBackAsync(id, 130);
        await peer.ChangeAsync("Edit", new EditMessage(id, Guid.NewGuid(), target, "answer, the newer text"));
        // The first page comes with the Hello; what follows it must be asked for.
        stage.Proxy.Rules.OnCall = call => call.Method == "Sync" ? "unavailable" : null;
        stage.Proxy.Weather.BlackHole = false;
        stage.Proxy.CutAll();
        var log = await stage.UntilAsync(seq: target + 1);
        var body = log.At(target)?.Body;
        Stage.Expect(body == "answer, the newer text", $"an older edit wins: '{body}' is shown");
        await stage.SettleAsync();
    }

    public static async Task MarkAsync(Stage stage)
    {
        var traffic = stage.Proxy.Traffic;
        await stage.TalkAsync(2);
        var log = await stage.SettleAsync();
        var last = (await stage.TalkBackAsync(log.Conversation, 1))[0];
        var unread = (await stage.SettleAsync()).Unread;
        Stage.Expect(unread == 3, $"{unread} are unread and not 3");
        await stage.Service.Facts.UntilVisitorIsAtAsync(log.Conversation, last, 0);

        // Nobody sees it: nothing is read.
        await stage.Device.DoAsync("visible", new { on = false });
        await stage.Device.DoAsync("read", new { conversation = stage.Talk.Id });
        last = (await stage.TalkBackAsync(log.Conversation, 1))[0];
        await stage.UntilAsync(seq: last);
        await stage.Service.Facts.UntilVisitorIsAtAsync(log.Conversation, last, 0);
        Stage.Expect(traffic.Calls("Read").Count == 0, "a hidden chat reads");

        // Shown again, it asks for what was missed, whoever missed it.
        var dropped = await DropAsync(stage, 1);
        await stage.Device.DoAsync("visible", new { on = true });
        await stage.UntilAsync(seq: dropped);
        await stage.Device.DoAsync("read", new { conversation = stage.Talk.Id });
        await stage.Service.Facts.UntilVisitorIsAtAsync(log.Conversation, dropped, dropped);
        unread = (await stage.LogAsync()).Unread;
        Stage.Expect(unread == 0, $"{unread} are unread although all was read");
        // Many at once are worth few calls.
        last = (await stage.TalkBackAsync(log.Conversation, 10))[^1];
        await stage.Service.Facts.UntilVisitorIsAtAsync(log.Conversation, last, 0);
        for (var i = 1; i < traffic.Calls("Delivered").Count; i++)
        {
            // Half of what is demanded: a network may bring two closer together.
            var pause = traffic.Calls("Delivered")[i].At - traffic.Calls("Delivered")[i - 1].At;
            Stage.Expect(pause > TimeSpan.FromSeconds(0.5), $"Delivered is said twice within {pause.TotalSeconds:0.00} s");
        }

        // What nobody has answered is said again on the next connection.
        var said = traffic.Calls("Read").Count;
        stage.Proxy.Rules.Swallow("Read");
        await stage.Device.DoAsync("read", new { conversation = stage.Talk.Id });
        await traffic.UntilAsync(() => traffic.Calls("Read").Count > said, "a call of Read");
        stage.Proxy.Rules.Clear();
        stage.Proxy.CutAll();
        await stage.Service.Facts.UntilVisitorIsAtAsync(log.Conversation, last, last);
    }

    /// <summary>Over REST nobody tells of cursors: they come with what is asked for now and then.</summary>
    public static async Task ReceiveOverRestAsync(Stage stage, int messages)
    {
        await stage.TalkAsync(messages);
        var log = await stage.SettleAsync();
        var body = await stage.SendAsync();
        var seq = (await stage.SettleAsync()).Find(body)!.Seq!.Value;
        await stage.Service.Peer.SayAsync("Read", new MarkSeq(log.Conversation, seq));
        await stage.UntilShownAsync(shown => shown.Find(body)?.State == "read", "a message as read");
    }

    public static async Task ReceiveAsync(Stage stage)
    {
        var peer = stage.Service.Peer;
        var bodies = new List<string>();
        for (var i = 0; i < 3; i++)
            bodies.Add(await stage.SendAsync());
        var log = await stage.SettleAsync();
        var seqs = bodies.Select(body => log.Find(body)!.Seq!.Value).ToList();
        await UntilStatesAsync(stage, bodies, "sent", "sent", "sent");
        await peer.SayAsync("Delivered", new MarkSeq(log.Conversation, seqs[1]));
        await UntilStatesAsync(stage, bodies, "delivered", "delivered", "sent");
        await peer.SayAsync("Read", new MarkSeq(log.Conversation, seqs[0]));
        await UntilStatesAsync(stage, bodies, "read", "delivered", "sent");
        await stage.Device.RestartAsync();
        await stage.UntilAsync();
        await UntilStatesAsync(stage, bodies, "read", "delivered", "sent");
        await peer.SayAsync("Read", new MarkSeq(log.Conversation, seqs[2]));
        await UntilStatesAsync(stage, bodies, "read", "read", "read");

        // A cursor never goes back, whatever comes late.
        var late = new
        {
            conversationId = log.Conversation,
            side = "operator",
            deliveredSeq = 1,
            readSeq = 1,
        };
        await stage.Proxy.PushAsync("cursor", late);
        var shown = await stage.UntilAsync(seq: (await stage.TalkBackAsync(log.Conversation, 1))[0]);
        Stage.Expect(bodies.TrueForAll(body => shown.Find(body)?.State == "read"), "a cursor that came late took back what was read");
    }

    /// <summary>What is shown is what is stored, and that is not what was typed.</summary>
    public static async Task MaskAsync(Stage stage)
    {
        await stage.TalkAsync(1);
        await stage.Device.DoAsync("send", new { conversation = stage.Talk.Id, body = $"my card is {Card}" });
        var log = await stage.SettleAsync();
        var stored = (await stage.Service.ReadAsync()).Events(log.Conversation);
        Stage.Expect(!stored.Any(e => e.Body?.Contains(Card, StringComparison.Ordinal) == true), "the service has not masked the card");
        var own = log.Items.Last(item => stage.Talk.Promised.Contains(item.Body));
        await stage.EditAsync(own, $"no, it is {Card}");
        stage.Talk.Change(own.Seq!.Value, before: null, after: Talk.Masked);
    }

    public static async Task TypeAsync(Stage stage)
    {
        var (peer, traffic) = (stage.Service.Peer, stage.Proxy.Traffic);
        var id = (await stage.SettleAsync()).Conversation;
        for (var i = 0; i < 5; i++)
            await stage.Device.DoAsync("type", new { conversation = stage.Talk.Id });
        await peer.UntilAsync(() => peer.Pushes.Any(push => IsTypingIn(push, id)), "a visitor who types", Patience.ToShow);
        await traffic.UntilAsync(() => traffic.Calls("Typing").Count > 0, "Typing");
        for (var i = 1; i < traffic.Calls("Typing").Count; i++)
        {
            var pause = traffic.Calls("Typing")[i].At - traffic.Calls("Typing")[i - 1].At;
            Stage.Expect(pause > TimeSpan.FromSeconds(2), $"Typing is said twice within {pause.TotalSeconds:0.00} s");
        }
        await peer.SayAsync("Typing", new TypingNotice(id));
        await stage.UntilShownAsync(log => log.Typing, "an operator who types");
        await stage.UntilShownAsync(log => !log.Typing, "an operator who types no more");
    }

    public static async Task BePresentAsync(Stage stage)
    {
        var (peer, id) = (stage.Service.Peer, (await stage.SettleAsync()).Conversation);
        await peer.ChangeAsync("Claim", new ConversationCommand(id, Guid.NewGuid()));
        await stage.UntilShownAsync(log => log.Online == true, "an assignee who is there");
        await peer.ChangeAsync("Assign", new AssignConversation(id, Guid.NewGuid(), stage.Service.AbsentId));
        await stage.UntilShownAsync(log => log.Online == false, "an assignee who is not there");
        await peer.ChangeAsync("Assign", new AssignConversation(id, Guid.NewGuid(), stage.Service.PeerId));
        await stage.UntilShownAsync(log => log.Online == true, "an assignee who is there again");
    }

    public static async Task QueueAsync(Stage stage)
    {
        var id = (await stage.SettleAsync()).Conversation;
        await stage.UntilShownAsync(log => log is { Position: >= 1, Status: "queued" }, "a place in the queue");
        await stage.Service.Peer.ChangeAsync("Claim", new ConversationCommand(id, Guid.NewGuid()));
        await stage.UntilShownAsync(log => log is { Position: null, Status: "open" }, "no place in the queue once an operator has it");
    }

    /// <summary>The operator writes this much, and none of it arrives; the seq of the last.</summary>
    public static async Task<int> DropAsync(Stage stage, int messages)
    {
        var dropped = 0;
        var allDropped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stage.Proxy.Rules.OnRecord = record =>
        {
            if (!record.IsEvent)
                return Fate.Pass;
            if (Interlocked.Increment(ref dropped) == messages)
                allDropped.TrySetResult();
            return Fate.Drop;
        };
        var seqs = await stage.TalkBackAsync((await stage.LogAsync()).Conversation, messages);
        await allDropped.Task.WaitAsync(Patience.ToShow);
        stage.Proxy.Rules.OnRecord = null;
        return seqs[^1];
    }

    private static bool IsTypingIn((string Name, object Push) push, ConversationId id) =>
        push.Push is Ephemeral { Type: EphemeralType.Typing } typing && typing.ConversationId == id;

    private static Task<ShownLog> UntilStatesAsync(Stage stage, List<string> bodies, params string[] states) =>
        stage.UntilShownAsync(
            log => bodies.Select(body => log.Find(body)?.State).SequenceEqual(states),
            $"states {string.Join(", ", states)}"
        );
}
