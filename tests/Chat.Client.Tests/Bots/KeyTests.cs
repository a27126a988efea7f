using Chat.Contracts;
using Xunit;

namespace Chat.Client.Tests.Bots;

/// <summary>What a bot sends under keys of its own.</summary>
public sealed class KeyTests : IAsyncDisposable
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
        var stored = Pages.Taken(key, Desk.Bot, "Soon.") with { Seq = 1 };
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

        link.Push(Pages.Taken(key, taken, stored));
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

        link.Push(Pages.Taken(key, new Actor(ActorKind.Visitor, Guid.CreateVersion7(), null), "Soon."));
        goOn.SetResult();

        Assert.Equal("conflict", (await Assert.ThrowsAsync<ChatException>(() => result)).Code);
        Assert.Equal("Soon.", _desk.Client.Discard(Pages.Id, item));
        await Assert.ThrowsAsync<ArgumentException>(() => _desk.Client.ResultAsync(Pages.Id, item));
    }

    private Task<string> WriteAsync(Guid key, bool isNote) =>
        isNote ? _desk.Client.NoteAsync(Pages.Id, "Soon.", key: key) : _desk.Client.SendAsync(Pages.Id, "Soon.", key: key);
}
