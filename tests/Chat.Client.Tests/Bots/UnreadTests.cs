using Chat.Contracts;
using Xunit;

namespace Chat.Client.Tests.Bots;

/// <summary>What a bot is given to answer: nothing that it has read, everything else, each once.</summary>
public sealed class UnreadTests : IAsyncDisposable
{
    private static readonly OperatorId Bot = new(Guid.CreateVersion7());

    private readonly ChatModel _model = new(Side.Operator, new MemoryStorage(), TimeProvider.System);
    private readonly Queue<Func<HistoryResult>> _history = [];

    public UnreadTests() => _model.Account.SetMe(new Me(ActorKind.Operator, Bot.Value, "Bot", OperatorRole.Operator, []));

    public ValueTask DisposeAsync() => _model.DisposeAsync();

    [Fact]
    public async Task What_was_read_before_is_not_given_again_and_what_comes_is_given_once()
    {
        _model.Apply(Page(after: 0, read: 38));
        await using var reader = Read();

        Assert.Equal([39, 40], await NextAsync(reader, 2));
        _model.Apply(Page(after: 0, read: 38));
        _model.Apply(Pages.Message(41));
        Assert.Equal([41], await NextAsync(reader, 1));
    }

    [Fact]
    public async Task What_another_machine_has_read_meanwhile_is_not_given()
    {
        _model.Apply(Page(after: 0, read: 0));
        _model.Apply(new CursorMoved(Pages.Id, Side.Operator, Bot, 40, 40));
        await using var reader = Read();
        _model.Apply(Pages.Message(41));

        Assert.Equal([41], await NextAsync(reader, 1));
    }

    [Fact]
    public async Task What_the_first_page_had_no_room_for_is_fetched_and_given_first()
    {
        _model.Apply(Page(after: 35, read: 20));
        _history.Enqueue(() => Older(from: 31, to: 35));
        _history.Enqueue(() => Older(from: 16, to: 30));
        await using var reader = Read();

        Assert.Equal(Enumerable.Range(21, 20), await NextAsync(reader, 20));
        Assert.Empty(_history);
    }

    [Fact]
    public async Task Without_a_connection_it_is_fetched_over_the_next_one()
    {
        _model.Apply(Page(after: 35, read: 34));
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _history.Enqueue(() =>
        {
            asked.SetResult();
            throw new ChatException(ChatException.Network);
        });
        await using var reader = Read();
        var next = NextAsync(reader, 6);
        await asked.Task;

        _history.Enqueue(() => Older(from: 31, to: 35));
        _model.Feed.Touch([Pages.Id]);

        Assert.Equal([35, 36, 37, 38, 39, 40], await next);
    }

    [Theory]
    [InlineData("rate_limited")]
    [InlineData("unavailable")]
    public async Task What_a_busy_server_refuses_is_asked_for_again(string refusal)
    {
        _model.Apply(Page(after: 35, read: 34));
        _history.Enqueue(() => throw new ChatException(refusal, detail: null, retryAfter: TimeSpan.Zero));
        _history.Enqueue(() => throw new ChatException(refusal));
        _history.Enqueue(() => Older(from: 31, to: 35));
        await using var reader = Read();

        Assert.Equal([35, 36, 37, 38, 39, 40], await NextAsync(reader, 6));
    }

    [Fact]
    public async Task What_is_refused_for_good_is_left_and_others_are_given()
    {
        _model.Apply(Page(after: 35, read: 34));
        _history.Enqueue(() => throw new ChatException("not_found"));
        await using var reader = Read();
        var next = NextAsync(reader, 1);
        var other = new ConversationId(Guid.CreateVersion7());
        var page = Pages.After(39, many: 1);

        _model.Apply(
            page with
            {
                Conversation = page.Conversation with { Id = other },
                Events = [.. page.Events.Select(e => e with { ConversationId = other })],
                Cursors = [new SideCursor(Side.Operator, Bot, 39, 39)],
            }
        );

        Assert.Equal([40], await next);
        Assert.Empty(_history);
    }

    [Fact]
    public async Task What_somebody_else_fetches_is_given_when_it_is_there()
    {
        _model.Apply(Page(after: 35, read: 34));
        var page = new TaskCompletionSource<HistoryResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = new Queue<Task<HistoryResult>>([page.Task]);
        var older = new OlderPages(_model, (_, _) => asked.Dequeue());
        var turnedAway = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var somebody = older.LoadAsync(Pages.Id, CancellationToken.None);
        var stream = new UnreadEvents(_model, LoadAsync, TimeProvider.System);
        await using var reader = stream.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();
        var next = NextAsync(reader, 6);
        await turnedAway.Task;

        page.SetResult(Older(from: 31, to: 35));

        Assert.Equal([35, 36, 37, 38, 39, 40], await next);
        await somebody;

        async Task LoadAsync(ConversationId id, CancellationToken cancellationToken)
        {
            await older.LoadAsync(id, cancellationToken);
            turnedAway.TrySetResult();
        }
    }

    [Fact]
    public async Task What_somebody_else_could_not_fetch_is_fetched_then()
    {
        _model.Apply(Page(after: 35, read: 34));
        var page = new TaskCompletionSource<HistoryResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = new Queue<Task<HistoryResult>>([page.Task, Task.FromResult(Older(from: 31, to: 35))]);
        var older = new OlderPages(_model, (_, _) => asked.Dequeue());
        var turnedAway = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var somebody = older.LoadAsync(Pages.Id, CancellationToken.None);
        var stream = new UnreadEvents(_model, LoadAsync, TimeProvider.System);
        await using var reader = stream.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();
        var next = NextAsync(reader, 6);
        await turnedAway.Task;

        page.SetCanceled(TestContext.Current.CancellationToken);

        Assert.Equal([35, 36, 37, 38, 39, 40], await next);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => somebody);

        async Task LoadAsync(ConversationId id, CancellationToken cancellationToken)
        {
            await older.LoadAsync(id, cancellationToken);
            turnedAway.TrySetResult();
        }
    }

    [Fact]
    public async Task Of_a_log_that_was_restored_it_gives_what_follows_the_read_mark_there()
    {
        _model.Apply(Page(after: 0, read: 39));
        await using var reader = Read();
        Assert.Equal([40], await NextAsync(reader, 1));

        _model.Apply(Page(after: 0, read: 37) with { Epoch = 2, Reset = true, Events = Pages.After(0, 40, epoch: 2).Events });

        Assert.Equal([38, 39, 40], await NextAsync(reader, 3));
    }

    [Fact]
    public async Task It_ends_with_the_client_and_says_why_also_to_whoever_begins_later()
    {
        await using var reader = Read();
        var next = reader.MoveNextAsync().AsTask();

        _model.Feed.End(new ChatException("revoked"));

        Assert.Equal("revoked", (await Assert.ThrowsAsync<ChatException>(() => next)).Code);
        await using var later = Read();
        Assert.Equal("revoked", (await Assert.ThrowsAsync<ChatException>(() => later.MoveNextAsync().AsTask())).Code);
        _model.Feed.Resume();
        _model.Apply(Page(after: 0, read: 39));
        await using var again = Read();
        Assert.Equal([40], await NextAsync(again, 1));
    }

    private static ConversationPage Page(int after, int read) =>
        Pages.After(after, many: 40) with
        {
            Cursors = [new SideCursor(Side.Operator, Bot, read, read)],
        };

    private static HistoryResult Older(int from, int to) =>
        new(1, [.. Enumerable.Range(from, to - from + 1).Select(seq => Pages.Message(seq))], HasMore: from > 1);

    private static async Task<List<int>> NextAsync(IAsyncEnumerator<ChatEvent> reader, int many)
    {
        var seqs = new List<int>();
        while (seqs.Count < many && await reader.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)))
            seqs.Add(reader.Current.Seq);
        return seqs;
    }

    private IAsyncEnumerator<ChatEvent> Read()
    {
        var older = new OlderPages(_model, (_, _) => Task.FromResult(_history.Dequeue()()));
        return new UnreadEvents(_model, older.LoadAsync, TimeProvider.System)
            .ReadAsync(TestContext.Current.CancellationToken)
            .GetAsyncEnumerator();
    }
}
