using Chat.Contracts;
using Xunit;

namespace Chat.Client.Tests.Bots;

/// <summary>What a bot sends, and how it learns what came of that.</summary>
public sealed class AnswerTests : IAsyncDisposable
{
    private readonly Desk _desk = new();

    public ValueTask DisposeAsync() => _desk.DisposeAsync();

    [Fact]
    public async Task Under_a_key_of_the_callers_one_message_is_sent_the_first()
    {
        var sent = new List<SendMessage>();
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _desk.Change = async request =>
        {
            sent.Add((SendMessage)request);
            await goOn.Task;
            return _desk.Store(request);
        };
        await _desk.StartAsync();
        var key = MessageKey.For(_desk.Client.Me.Value!, Pages.Message(40));

        var first = await _desk.Client.SendAsync(Pages.Id, "Soon.", key: key);
        var whileItWaits = await _desk.Client.SendAsync(Pages.Id, "Soon.", key: key);
        goOn.SetResult();
        var result = await _desk.Client.ResultAsync(Pages.Id, first);
        var whenItIsThere = await _desk.Client.SendAsync(Pages.Id, "Soon.", key: key);
        var other = await _desk.Client.SendAsync(Pages.Id, "Another one.");
        await _desk.Client.ResultAsync(Pages.Id, other);

        Assert.Equal(ResultStatus.Ok, result.Status);
        Assert.Equal([key.ToString(), key.ToString(), key.ToString()], [first, whileItWaits, whenItIsThere]);
        Assert.Equal(["Soon.", "Another one."], sent.Select(each => each.Body));
        Assert.Equal(key, sent[0].ClientId);
    }

    [Fact]
    public async Task What_was_sent_so_long_ago_that_the_log_begins_behind_it_has_its_result()
    {
        await _desk.StartAsync();
        var key = Guid.NewGuid();
        var stored = Taken(key, Desk.Bot, "Soon.") with { Seq = 1 };
        _desk.Change = _ => Task.FromResult(new SendResult(ResultStatus.Duplicate, stored));

        var item = await _desk.Client.SendAsync(Pages.Id, "Soon.", key: key);
        Assert.Equal(
            (ResultStatus.Duplicate, 1),
            await _desk.Client.ResultAsync(Pages.Id, item) is var r ? (r.Status, r.Event!.Seq) : default
        );

        // Also for whoever asks later.
        Assert.Equal(1, (await _desk.Client.ResultAsync(Pages.Id, item)).Event!.Seq);
    }

    [Fact]
    public async Task What_was_refused_under_a_key_is_sent_once_more_when_it_is_sent_under_it_again()
    {
        await _desk.StartAsync();
        var key = Guid.NewGuid();
        _desk.Change = _ => throw new ChatException(ErrorCode.Closed.Code);
        var item = await _desk.Client.SendAsync(Pages.Id, "Soon.", key: key);
        await Assert.ThrowsAsync<ChatException>(() => _desk.Client.ResultAsync(Pages.Id, item));

        _desk.Change = request => Task.FromResult(_desk.Store(request));
        await _desk.Client.SendAsync(Pages.Id, "Soon.", key: key);

        Assert.Equal(ResultStatus.Ok, (await _desk.Client.ResultAsync(Pages.Id, item)).Status);
    }

    [Fact]
    public async Task One_key_in_two_conversations_is_two_changes()
    {
        var other = new ConversationId(Guid.CreateVersion7());
        _desk.Rows = new WatchResult([Pages.Row(other) with { InboxId = Desk.Shop }], HasMore: false);
        await _desk.StartAsync();
        await _desk.Client.WatchAsync();
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _desk.Change = async request =>
        {
            await goOn.Task;
            return ((SendMessage)request).ConversationId == Pages.Id
                ? _desk.Store(request)
                : throw new ChatException(ErrorCode.Closed.Code);
        };
        var key = Guid.NewGuid();

        var first = _desk.Client.ResultAsync(Pages.Id, await _desk.Client.SendAsync(Pages.Id, "Soon.", key: key));
        var second = _desk.Client.ResultAsync(other, await _desk.Client.SendAsync(other, "Later.", key: key));
        goOn.SetResult();

        Assert.Equal(ResultStatus.Ok, (await first).Status);
        Assert.Equal("closed", (await Assert.ThrowsAsync<ChatException>(() => second)).Code);
    }

    [Fact]
    public async Task What_differs_from_what_waits_under_its_key_is_refused_at_once()
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _desk.Change = async request =>
        {
            await goOn.Task;
            return _desk.Store(request);
        };
        await _desk.StartAsync();
        var key = Guid.NewGuid();
        var first = await _desk.Client.SendAsync(Pages.Id, "Soon.", key: key);

        var text = await Assert.ThrowsAsync<ChatException>(() => _desk.Client.SendAsync(Pages.Id, "Later.", key: key));
        var note = await Assert.ThrowsAsync<ChatException>(() => _desk.Client.NoteAsync(Pages.Id, "Soon.", key: key));

        Assert.Equal(("conflict", "conflict"), (text.Code, note.Code));
        goOn.SetResult();
        Assert.Equal("Soon.", (await _desk.Client.ResultAsync(Pages.Id, first)).Event!.Data!.Body);
    }

    [Theory]
    [InlineData(ActorKind.Visitor, "Soon.", false)]
    [InlineData(ActorKind.Visitor, "Soon.", true)]
    [InlineData(ActorKind.Operator, "Later.", false)]
    [InlineData(ActorKind.Operator, "Soon.", true)]
    public async Task What_others_or_another_text_have_taken_the_key_of_is_sent_and_refused_and_does_not_count_as_made(
        ActorKind kind,
        string stored,
        bool isNote
    )
    {
        var link = await _desk.StartAsync();
        var key = Guid.NewGuid();
        var taken = kind == ActorKind.Visitor ? new Actor(kind, Guid.CreateVersion7(), null) : Desk.Bot;
        var asked = 0;
        _desk.Change = _ =>
        {
            asked++;
            throw new ChatException(ErrorCode.Conflict.Code);
        };

        link.Push(Taken(key, taken, stored));
        var item = await WriteAsync(key, isNote);

        Assert.Equal("conflict", (await Assert.ThrowsAsync<ChatException>(() => _desk.Client.ResultAsync(Pages.Id, item))).Code);
        Assert.Equal(1, asked);
        Assert.Equal(
            (ItemState.Failed, "conflict", "Soon."),
            _desk.Client.Conversations.Value[Pages.Id].Items[^1] is var last ? (last.State, last.Error, last.Body) : default
        );
        // Once more is known, and answered the same.
        Assert.Equal(item, await WriteAsync(key, isNote));
        Assert.Equal("conflict", (await Assert.ThrowsAsync<ChatException>(() => _desk.Client.ResultAsync(Pages.Id, item))).Code);
    }

    [Fact]
    public async Task What_others_write_under_its_key_while_it_is_on_its_way_is_not_its_answer()
    {
        var link = await _desk.StartAsync();
        var key = Guid.NewGuid();
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _desk.Change = async _ =>
        {
            await goOn.Task;
            throw new ChatException(ErrorCode.Conflict.Code);
        };
        var item = await WriteAsync(key, isNote: true);
        var result = _desk.Client.ResultAsync(Pages.Id, item);

        link.Push(Taken(key, new Actor(ActorKind.Visitor, Guid.CreateVersion7(), null), "Soon."));
        goOn.SetResult();

        Assert.Equal("conflict", (await Assert.ThrowsAsync<ChatException>(() => result)).Code);
        Assert.Equal("Soon.", _desk.Client.Discard(Pages.Id, item));
        await Assert.ThrowsAsync<ArgumentException>(() => _desk.Client.ResultAsync(Pages.Id, item));
    }

    [Fact]
    public async Task What_the_server_has_masked_is_shown_once_while_its_answer_is_to_come()
    {
        var link = await _desk.StartAsync();
        var key = Guid.NewGuid();
        var masked = Taken(key, Desk.Bot, "It is •••• 4242.");
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _desk.Change = async _ =>
        {
            await goOn.Task;
            return new SendResult(ResultStatus.Duplicate, masked);
        };
        var item = await _desk.Client.SendAsync(Pages.Id, "It is 4242 4242 4242 4242.", key: key);

        link.Push(masked);
        Assert.Equal(masked.Data!.Body, Assert.Single(_desk.Client.Conversations.Value[Pages.Id].Items, e => e.Key == item).Body);
        var result = _desk.Client.ResultAsync(Pages.Id, item);
        goOn.SetResult();

        Assert.Equal((ResultStatus.Duplicate, 41), await result is var r ? (r.Status, r.Event!.Seq) : default);
        Assert.Equal(masked.Data!.Body, Assert.Single(_desk.Client.Conversations.Value[Pages.Id].Items, e => e.Key == item).Body);
    }

    [Fact]
    public async Task What_was_read_and_left_stays_left_and_is_told_once_the_answer_before_it_is_there()
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _desk.Change = async request =>
        {
            await goOn.Task;
            return _desk.Store(request);
        };
        var link = await _desk.StartAsync();

        await _desk.Client.SendAsync(Pages.Id, "Soon.");
        _desk.Client.Read(Pages.Id, 40);
        _desk.Client.Leave(Pages.Id);
        goOn.SetResult();

        Assert.Equal(new MarkSeq(Pages.Id, 40), await link.NextOfAsync("Read"));
        Assert.DoesNotContain(Pages.Id, _desk.Client.Conversations.Value.Keys);
    }

    [Fact]
    public async Task What_was_read_and_left_and_is_followed_again_is_read()
    {
        _desk.Change = _ => throw new ChatException(ErrorCode.TooLarge.Code);
        await _desk.StartAsync();
        var key = await _desk.Client.SendAsync(Pages.Id, "Much");
        await Assert.ThrowsAsync<ChatException>(() => _desk.Client.ResultAsync(Pages.Id, key));

        _desk.Client.Read(Pages.Id, 39);
        _desk.Client.Leave(Pages.Id);
        await _desk.Client.FollowAsync(Pages.Id, TestContext.Current.CancellationToken);

        Assert.Equal(39, _desk.Client.Conversations.Value[Pages.Id].Cursors.Own.ReadSeq);
    }

    [Fact]
    public async Task Whoever_waits_for_a_result_is_told_that_it_is_held_and_why()
    {
        await _desk.StartAsync();
        _desk.Change = _ => Task.FromResult(new SendResult(ResultStatus.StaleView, Missing: [Pages.Message(41)]));

        var key = await _desk.Client.SendAsync(Pages.Id, "To your question", expectedSeq: 40);
        var held = await _desk.Client.ResultAsync(Pages.Id, key);

        Assert.Equal((ResultStatus.StaleView, 41), (held.Status, Assert.Single(held.Missing!).Seq));
        Assert.Equal(ItemState.Held, _desk.Client.Conversations.Value[Pages.Id].Items[^1].State);
        // Who asks later is told the same, and after the release what comes of that.
        Assert.Equal(ResultStatus.StaleView, (await _desk.Client.ResultAsync(Pages.Id, key)).Status);
        _desk.Change = request => Task.FromResult(_desk.Store(request));
        _desk.Client.Release(Pages.Id, key);
        Assert.Equal(41, (await _desk.Client.ResultAsync(Pages.Id, key)).Event!.Seq);
    }

    [Fact]
    public async Task Whoever_waits_for_the_result_of_what_is_refused_hears_why()
    {
        await _desk.StartAsync();
        _desk.Change = _ => throw new ChatException(ErrorCode.Closed.Code);

        var key = await _desk.Client.SendAsync(Pages.Id, "Too late");

        Assert.Equal("closed", (await Assert.ThrowsAsync<ChatException>(() => _desk.Client.ResultAsync(Pages.Id, key))).Code);
        Assert.Equal("closed", (await Assert.ThrowsAsync<ChatException>(() => _desk.Client.ResultAsync(Pages.Id, key))).Code);
    }

    [Fact]
    public async Task A_conversation_or_key_that_is_not_known_here_is_an_error_of_the_caller()
    {
        var unknown = new ConversationId(Guid.CreateVersion7());
        await _desk.StartAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => _desk.Client.SendAsync(unknown, "Hello?"));
        await Assert.ThrowsAsync<ArgumentException>(() => _desk.Client.ClaimAsync(unknown));
        await Assert.ThrowsAsync<ArgumentException>(() => _desk.Client.EditAsync(unknown, 1, "Hello!"));
        await Assert.ThrowsAsync<ArgumentException>(() => _desk.Client.ResultAsync(Pages.Id, "seq:40"));
        await Assert.ThrowsAsync<ArgumentException>(async () => await _desk.Client.SendAsync(Pages.Id, "Hello?", key: Guid.Empty));

        Assert.DoesNotContain(unknown, _desk.Client.Conversations.Value.Keys);
    }

    [Fact]
    public async Task Opening_what_the_operator_may_not_see_fails_and_leaves_nothing()
    {
        var unknown = new ConversationId(Guid.CreateVersion7());
        await _desk.StartAsync();

        var refusal = await Assert.ThrowsAsync<ChatException>(() => _desk.Client.FollowAsync(unknown));

        Assert.Equal("not_found", refusal.Code);
        Assert.Equal([Pages.Id], _desk.Client.Conversations.Value.Keys);
    }

    [Fact]
    public async Task A_claim_that_a_colleague_was_quicker_with_is_no_failure()
    {
        await _desk.StartAsync();
        Assert.True(await _desk.Client.TryClaimAsync(Pages.Id));

        _desk.Change = _ => throw new ChatException(ErrorCode.Conflict.Code);
        Assert.False(await _desk.Client.TryClaimAsync(Pages.Id));
    }

    [Fact]
    public async Task A_claim_of_what_a_colleague_has_closed_meanwhile_is_no_failure()
    {
        await _desk.StartAsync();

        Assert.False(await _desk.Client.TryClaimAsync(new ConversationId(Guid.CreateVersion7())));
    }

    private static ChatEvent Taken(Guid key, Actor by, string body) =>
        Pages.Message(41) with
        {
            ClientId = key,
            Actor = by,
            Data = new EventData { Body = body },
        };

    private Task<string> WriteAsync(Guid key, bool isNote) =>
        isNote ? _desk.Client.NoteAsync(Pages.Id, "Soon.", key: key) : _desk.Client.SendAsync(Pages.Id, "Soon.", key: key);
}
