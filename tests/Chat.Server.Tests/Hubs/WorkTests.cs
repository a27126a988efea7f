using System.Text.Json;
using Chat.Contracts;

namespace Chat.Server.Tests.Hubs;

/// <summary>How operators share the work: lists, claims, transfers, snoozes.</summary>
[Collection(HubTests.Name)]
public sealed class WorkTests(HubScene scene)
{
    [Fact]
    public async Task A_watched_list_shows_each_step_of_a_conversation()
    {
        await using var visitor = await scene.VisitorSocketAsync();
        await using var olga = await scene.StaffSocketAsync(scene.Seed.Olga);
        await using var watcher = await scene.StaffSocketAsync(scene.Seed.Crews[0].Supervisor);
        Assert.Null((await watcher.CallAsync("Watch", new Watch([scene.Seed.Shop.Id]))).Error);

        var id = await visitor.OpenConversationAsync();
        await UntilRowAsync(watcher, id, row => row.Status == ConversationStatus.Queued, "the new conversation");
        await visitor.WriteAsync(id, "Is anybody there?");
        await UntilRowAsync(watcher, id, row => row is { LastMessage.Text: "Is anybody there?", WaitingSince: not null }, "the message");
        await olga.DoAsync("Claim", new ConversationCommand(id, Guid.NewGuid()));
        await UntilRowAsync(watcher, id, row => row is { Status: ConversationStatus.Open, Assignee.Name: "Olga" }, "the claim");
        await olga.DoAsync("Tag", new TagConversation(id, Guid.NewGuid(), ["vip"]));
        await UntilRowAsync(watcher, id, row => row.Tags is ["vip"], "the tag");
        await olga.WriteAsync(id, "I am");
        await UntilRowAsync(watcher, id, row => row is { LastMessage.Side: Side.Operator, WaitingSince: null }, "the answer");
        await visitor.DoAsync("Close", new ConversationCommand(id, Guid.NewGuid()));
        await UntilRowAsync(watcher, id, row => row.Status == ConversationStatus.Closed, "the end");

        var seqs = Rows(watcher, id).Select(row => row.Seq).ToList();
        Assert.Equal(seqs.Distinct().Order(), seqs);
        Assert.DoesNotContain(
            (await watcher.CallAsync("Watch", new Watch([scene.Seed.Shop.Id]))).Read<WatchResult>().Rows,
            row => row.ConversationId == id
        );
    }

    [Fact]
    public async Task Rows_of_several_inboxes_say_of_which_they_are()
    {
        await using var shopper = await scene.VisitorSocketAsync();
        await using var other = await scene.VisitorSocketAsync(Seed.StrictKey);
        await using var olga = await scene.StaffSocketAsync(scene.Seed.Olga);
        var bag = await shopper.OpenConversationAsync();
        var coat = await other.OpenConversationAsync();

        var answer = await olga.CallAsync("Watch", new Watch([scene.Seed.Shop.Id, scene.Seed.Strict.Id]));

        var inboxes = answer.Read<WatchResult>().Rows.ToDictionary(row => row.ConversationId, row => row.InboxId);
        Assert.Equal((scene.Seed.Shop.Id, scene.Seed.Strict.Id), (inboxes[bag], inboxes[coat]));
    }

    [Fact]
    public async Task Of_two_operators_who_claim_at_once_one_wins()
    {
        await using var visitor = await scene.VisitorSocketAsync();
        await using var one = await scene.StaffSocketAsync(scene.Seed.Crews[0].Operator);
        await using var two = await scene.StaffSocketAsync(scene.Seed.Crews[1].Operator);
        var id = await visitor.OpenConversationAsync();

        var answers = await Task.WhenAll(
            one.CallAsync("Claim", new ConversationCommand(id, Guid.NewGuid())),
            two.CallAsync("Claim", new ConversationCommand(id, Guid.NewGuid()))
        );

        var winner = Assert.Single(answers, a => a.Error is null).Read<SendResult>().Event!;
        Assert.Single(answers, a => a.Error == ErrorCode.Conflict.Code);
        var page = (await one.CallAsync("Open", new OpenQuery(id))).Read<ConversationPage>();
        Assert.Equal((ConversationStatus.Open, winner.Actor!.Id), (page.Conversation.Status, page.Conversation.Assignee?.Id.Value));
    }

    [Fact]
    public async Task A_transfer_tells_the_visitor_who_and_not_what_was_said_about_it()
    {
        await using var visitor = await scene.VisitorSocketAsync();
        await using var olga = await scene.StaffSocketAsync(scene.Seed.Olga);
        var sue = scene.Seed.Crews[2].Supervisor;
        await using var next = await scene.StaffSocketAsync(sue);
        var id = await visitor.OpenConversationAsync();
        await next.CallAsync("Open", new OpenQuery(id));

        var assigned = await olga.DoAsync("Transfer", new TransferConversation(id, Guid.NewGuid(), sue.Id, Text: "Be kind to him"));
        await next.UntilPushedAsync(Push.Event, p => p.GetProperty("type").ValueEquals("note"), "the next operator gets the word");
        var note = next.Pushes(Push.Event).Single(p => p.GetProperty("type").ValueEquals("note"));
        await visitor.UntilPushedAsync(Push.Skip, p => SceneCalls.SeqOf(p) == SceneCalls.SeqOf(note), "the visitor gets a skip");

        Assert.Equal(EventType.Assigned, assigned.Type);
        Assert.Equal("Be kind to him", note.GetProperty("data").GetProperty("body").GetString());
        Assert.DoesNotContain(visitor.Received, frame => frame.Contains("Be kind", StringComparison.Ordinal));
        var alias = OperatorAlias.Of(id, sue.Id);
        Assert.Contains(
            visitor.Received,
            frame => frame.Contains($"\"assignee\":{{\"id\":\"{alias}\",\"name\":\"{sue.Name}\"", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_snoozed_conversation_wakes_when_its_visitor_writes()
    {
        await using var visitor = await scene.VisitorSocketAsync();
        await using var olga = await scene.StaffSocketAsync(scene.Seed.Olga);
        var id = await visitor.OpenConversationAsync();
        await olga.DoAsync("Claim", new ConversationCommand(id, Guid.NewGuid()));
        await SnoozeAsync(olga, id, TimeSpan.FromDays(1));

        var message = await visitor.WriteAsync(id, "One more thing");
        await olga.CallAsync("Open", new OpenQuery(id));
        await visitor.UntilPushedAsync(Push.Event, p => SceneCalls.SeqOf(p) == message.Seq - 1, "the event before it is pushed");

        var woken = visitor.Pushes(Push.Event).Single(p => SceneCalls.SeqOf(p) == message.Seq - 1).GetProperty("data");
        Assert.Equal(("open", "snoozed"), (woken.GetProperty("status").GetString(), woken.GetProperty("previousStatus").GetString()));
    }

    [Fact]
    public async Task A_snoozed_conversation_wakes_when_its_time_has_come()
    {
        await using var visitor = await scene.VisitorSocketAsync();
        await using var olga = await scene.StaffSocketAsync(scene.Seed.Olga);
        var id = await visitor.OpenConversationAsync();
        await olga.CallAsync("Open", new OpenQuery(id));
        await SnoozeAsync(olga, id, TimeSpan.FromSeconds(1));

        await olga.UntilPushedAsync(Push.Event, p => IsStatus(p, "queued"), "it wakes");

        var woken = olga.Pushes(Push.Event).Single(p => IsStatus(p, "queued"));
        Assert.Equal("system", woken.GetProperty("actor").GetProperty("kind").GetString());
    }

    [Fact]
    public async Task An_operator_who_has_not_seen_the_newest_messages_gets_them_first()
    {
        await using var visitor = await scene.VisitorSocketAsync();
        await using var olga = await scene.StaffSocketAsync(scene.Seed.Olga);
        var id = await visitor.OpenConversationAsync();
        var question = await visitor.WriteAsync(id, "Please cancel");
        var change = await visitor.WriteAsync(id, "No, wait");
        var answer = new SendMessage(id, Guid.NewGuid(), "Cancelled", ExpectedSeq: question.Seq);

        var stale = (await olga.CallAsync("Send", answer)).Read<SendResult>();
        var sent = (await olga.CallAsync("Send", answer with { Body = "Waiting", ExpectedSeq = change.Seq })).Read<SendResult>();

        Assert.Equal((ResultStatus.StaleView, change.Seq), (stale.Status, Assert.Single(stale.Missing!).Seq));
        Assert.Equal((ResultStatus.Ok, change.Seq + 1), (sent.Status, sent.Event!.Seq));
    }

    private static Task<ChatEvent> SnoozeAsync(RawSocket socket, ConversationId id, TimeSpan span) =>
        socket.DoAsync("SetStatus", new SetStatus(id, Guid.NewGuid(), ConversationStatus.Snoozed, TimeProvider.System.GetUtcNow() + span));

    private static bool IsStatus(JsonElement push, string status) =>
        push.GetProperty("type").ValueEquals("status") && push.GetProperty("data").GetProperty("status").ValueEquals(status);

    private static IEnumerable<InboxRow> Rows(RawSocket watcher, ConversationId id) =>
        watcher
            .Pushes(Push.Inbox)
            .Select(p => p.Deserialize<InboxChange>(ChatJson.Wire.Options)!.Row)
            .Where(row => row.ConversationId == id);

    private static Task UntilRowAsync(RawSocket watcher, ConversationId id, Func<InboxRow, bool> matches, string what) =>
        watcher.UntilAsync(_ => Rows(watcher, id).Any(matches), $"the list shows {what}");
}
