using System.Text.Json;
using Chat.Contracts;

namespace Chat.Server.Tests.Hubs;

/// <summary>What only staff may know does not reach a visitor, by whichever exit it might.</summary>
[Collection(HubTests.Name)]
public sealed class VisitorViewTests(HubScene scene)
{
    private const string Note = "note-b41d";
    private const string EditedNote = "note-edited-b41d";
    private const string Handover = "handover-b41d";
    private const string Tag = "tag-b41d";
    private const string Face = "Visitor seen by staff";

    [Fact]
    public async Task No_exit_shows_a_visitor_what_is_for_staff_only()
    {
        await using var visitor = await scene.VisitorSocketAsync();
        await using var olga = await scene.StaffSocketAsync(scene.Seed.Olga);
        var open = new OpenConversation(Guid.NewGuid(), "Topic", Page: "https://shop.example/page-b41d");
        var id = (await visitor.CallAsync("OpenConversation", open)).Read<OpenResult>().Page.Conversation.Id;
        await olga.CallAsync("Open", new OpenQuery(id));
        var snoozedUntil = TimeProvider.System.GetUtcNow().AddDays(30);
        var (noteId, question) = await FillAsync(id, visitor, olga, snoozedUntil);
        var last = scene.Database.TypesOf(id).Count;

        Assert.Equal(Enum.GetValues<EventType>().Except([EventType.Skip]), scene.Database.TypesOf(id).Distinct().Order());
        await visitor.UntilAsync(_ => Pushed(visitor).Contains(last), "the last event is pushed");
        await AskEverywhereAsync(visitor, id, open, question, noteId);
        await AskEverywhereAsync(olga, id, null, null, noteId);

        string[] secrets =
        [
            Note,
            EditedNote,
            Handover,
            Tag,
            Face,
            "page-b41d",
            scene.Seed.Team.Name,
            scene.Seed.Team.Id.ToString(),
            scene.Seed.Olga.Id.ToString(),
            snoozedUntil.ToString("yyyy-MM-dd'T'HH:mm", System.Globalization.CultureInfo.InvariantCulture),
        ];
        var (seenByVisitor, seenByOlga) = (string.Join('\n', visitor.Received), string.Join('\n', olga.Received));
        foreach (var secret in secrets)
        {
            Assert.Contains(secret, seenByOlga, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, seenByVisitor, StringComparison.Ordinal);
        }
        // Those who answer are shown by name, and under an id that stands for them here.
        var alias = OperatorAlias.Of(id, scene.Seed.Olga.Id);
        Assert.Contains($"\"assignee\":{{\"id\":\"{alias}\",\"name\":\"Olga\"", seenByVisitor, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_staff_event_is_a_seq_and_nothing_else()
    {
        await using var visitor = await scene.VisitorSocketAsync();
        await using var olga = await scene.StaffSocketAsync(scene.Seed.Olga);
        var id = (await visitor.CallAsync("OpenConversation", new OpenConversation(Guid.NewGuid())))
            .Read<OpenResult>()
            .Page.Conversation.Id;

        await olga.CallAsync("Note", new WriteNote(id, Guid.NewGuid(), Note));
        await visitor.UntilAsync(_ => visitor.Pushes(Push.Skip).Count == 1, "the skip is pushed");
        var pushed = visitor.Pushes(Push.Skip)[0];
        var page = (await visitor.CallAsync("History", new HistoryQuery(id))).Result.GetProperty("events")[1];

        Assert.Equal(["conversationId", "epoch", "seq"], pushed.EnumerateObject().Select(p => p.Name));
        Assert.Equal(["conversationId", "epoch", "seq", "type"], page.EnumerateObject().Select(p => p.Name));
        Assert.Equal((2, "skip"), (page.GetProperty("seq").GetInt32(), page.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task A_visitor_who_guesses_a_notes_seq_or_clientId_learns_nothing()
    {
        await using var visitor = await scene.VisitorSocketAsync();
        await using var olga = await scene.StaffSocketAsync(scene.Seed.Olga);
        var id = (await visitor.CallAsync("OpenConversation", new OpenConversation(Guid.NewGuid())))
            .Read<OpenResult>()
            .Page.Conversation.Id;
        var noteId = Guid.NewGuid();
        var note = (await olga.CallAsync("Note", new WriteNote(id, noteId, Note))).Read<SendResult>().Event!;
        var before = scene.Database.Count();

        Assert.Equal("not_found", (await visitor.CallAsync("Edit", new EditMessage(id, Guid.NewGuid(), note.Seq, "Mine"))).Error);
        Assert.Equal("not_found", (await visitor.CallAsync("Delete", new DeleteMessage(id, Guid.NewGuid(), note.Seq))).Error);
        Assert.Equal("invalid", (await visitor.CallAsync("Send", new SendMessage(id, Guid.NewGuid(), "Re", ReplyTo: note.Seq))).Error);
        Assert.Equal("conflict", (await visitor.CallAsync("Send", new SendMessage(id, noteId, Note))).Error);
        Assert.Equal("invalid", (await visitor.CallAsync("Send", new SendMessage(id, Guid.NewGuid(), "Now", ExpectedSeq: 1))).Error);

        Assert.Equal(before, scene.Database.Count());
        Assert.DoesNotContain(Note, string.Join('\n', visitor.Received), StringComparison.Ordinal);
    }

    private async Task<(Guid NoteId, SendMessage Question)> FillAsync(
        ConversationId id,
        RawSocket visitor,
        RawSocket olga,
        DateTimeOffset snoozedUntil
    )
    {
        var question = new SendMessage(id, Guid.NewGuid(), "Question");
        var noteId = Guid.NewGuid();
        await DoAsync(visitor, "Send", question);
        await DoAsync(olga, "Claim", new ConversationCommand(id, Guid.NewGuid()));
        var note = await DoAsync(olga, "Note", new WriteNote(id, noteId, Note));
        await DoAsync(olga, "Edit", new EditMessage(id, Guid.NewGuid(), note!.Seq, EditedNote));
        var gone = await DoAsync(olga, "Note", new WriteNote(id, Guid.NewGuid(), Note));
        await DoAsync(olga, "Delete", new DeleteMessage(id, Guid.NewGuid(), gone!.Seq));
        await DoAsync(olga, "Tag", new TagConversation(id, Guid.NewGuid(), [Tag]));
        await DoAsync(olga, "SetStatus", new SetStatus(id, Guid.NewGuid(), ConversationStatus.Snoozed, snoozedUntil));
        var answer = await DoAsync(olga, "Send", new SendMessage(id, Guid.NewGuid(), "Answer", ReplyTo: 2));
        await DoAsync(olga, "Edit", new EditMessage(id, Guid.NewGuid(), answer!.Seq, "Better answer"));
        await DoAsync(visitor, "Rate", new RateConversation(id, Guid.NewGuid(), 4, "Fine"));
        AddEvent(id, EventType.System, Audience.Public, """{"code":"outside_hours"}""");
        AddEvent(
            id,
            EventType.Visitor,
            Audience.Staff,
            $$$"""{"code":"blocked","visitor":{"id":"{{{Guid.NewGuid()}}}","name":"{{{Face}}}","identified":true}}"""
        );
        await DoAsync(olga, "Transfer", new TransferConversation(id, Guid.NewGuid(), TeamId: scene.Seed.Team.Id, Text: Handover));
        return (noteId, question);
    }

    private static async Task<ChatEvent?> DoAsync(RawSocket socket, string method, object request) =>
        (await socket.CallAsync(method, request)).Read<SendResult>().Event;

    // What is stored must come out, whatever wrote it.
    private void AddEvent(ConversationId id, EventType type, Audience audience, string data) =>
        scene.Database.Execute(
            """
            INSERT INTO event (conversation_id, seq, type, audience, at, actor_kind, data)
            SELECT id, last_seq + 1, @type, @audience, last_at, 0, @data FROM conversation WHERE id = @id;
            UPDATE conversation SET last_seq = last_seq + 1 WHERE id = @id
            """,
            new
            {
                id = id.ToString(),
                type,
                audience,
                data,
            }
        );

    private static async Task AskEverywhereAsync(
        RawSocket socket,
        ConversationId id,
        OpenConversation? open,
        SendMessage? sent,
        Guid noteId
    )
    {
        Assert.Null((await socket.CallAsync("Hello", new Hello(1, Guid.NewGuid(), Cursors: [new(id, 0, 0)]))).Error);
        var epoch = (await socket.CallAsync("Sync", new Sync([new(id, 0, 0)]))).Read<SyncResult>().Conversations[0].Epoch;
        var page = (await socket.CallAsync("Sync", new Sync([new(id, epoch, 1)]))).Read<SyncResult>().Conversations[0];
        Assert.Equal(Enumerable.Range(2, page.Seq - 1), page.Events.Select(e => e.Seq));
        Assert.Null((await socket.CallAsync("Sync", new Sync([new(id, epoch + 1, 1)]))).Error);
        Assert.Null((await socket.CallAsync("History", new HistoryQuery(id, After: 0))).Error);
        Assert.Null((await socket.CallAsync("History", new HistoryQuery(id, Before: page.Seq + 1, Limit: 200))).Error);
        if (open is not null)
            Assert.Equal(ResultStatus.Duplicate, (await socket.CallAsync("OpenConversation", open)).Read<OpenResult>().Status);
        if (sent is not null)
            Assert.Equal(ResultStatus.Duplicate, (await socket.CallAsync("Send", sent)).Read<SendResult>().Status);
        Assert.Equal(
            open is null ? null : "conflict",
            (await socket.CallAsync("Send", new SendMessage(id, noteId, Note, open is null ? SendKind.Note : SendKind.Message))).Error
        );
    }

    private static IEnumerable<int> Pushed(RawSocket socket) =>
        socket.Pushes(Push.Event).Concat(socket.Pushes(Push.Skip)).Select((JsonElement e) => e.GetProperty("seq").GetInt32());
}
