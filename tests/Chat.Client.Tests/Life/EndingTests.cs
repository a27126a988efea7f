using Chat.Contracts;
using Xunit;

namespace Chat.Client.Tests.Life;

/// <summary>A client that has ended for good, was stopped, or was disposed of: nobody waits in silence.</summary>
public sealed class EndingTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Desk _desk = new();

    public ValueTask DisposeAsync() => _desk.DisposeAsync();

    [Fact]
    public async Task Who_reads_or_waits_hears_the_reason()
    {
        var link = await _desk.StartAsync();
        var (claim, _) = await BeginAsync(link, () => _desk.Client.ClaimAsync(Pages.Id));
        await using var events = _desk.Client.EventsAsync(CancellationToken.None).GetAsyncEnumerator();
        var next = events.MoveNextAsync().AsTask();

        Revoke(link);

        Assert.Equal("revoked", (await Assert.ThrowsAsync<ChatException>(() => next)).Code);
        Assert.Equal("revoked", (await Assert.ThrowsAsync<ChatException>(() => claim)).Code);
        Assert.Equal("revoked", (await Assert.ThrowsAsync<ChatException>(() => _desk.Client.ClaimAsync(Pages.Id))).Code);
        Assert.Equal("revoked", (await Assert.ThrowsAsync<ChatException>(() => _desk.Client.WatchAsync())).Code);
        Assert.Equal("revoked", (await Assert.ThrowsAsync<ChatException>(() => _desk.Client.FollowAsync(Pages.Id))).Code);
    }

    [Fact]
    public async Task What_is_not_sent_is_shown_as_such_and_goes_when_the_client_is_started_again()
    {
        var link = await _desk.StartAsync();
        var (sending, request) = await BeginAsync(link, () => _desk.Client.SendAsync(Pages.Id, "On its way"));
        var key = await sending;
        Assert.Equal(ItemState.Sending, Last().State);

        Revoke(link);
        await _desk.Client.Connection.UntilAsync(state => state.Status == ConnectionStatus.Stopped);
        await _desk.Client.Conversations.UntilAsync(all => all[Pages.Id].Items[^1].State == ItemState.Failed);
        var written = await _desk.Client.SendAsync(Pages.Id, "Written afterwards");

        Assert.Equal((ItemState.Failed, "revoked"), (Last().State, Last().Error));
        Assert.Equal("Written afterwards", _desk.Client.Discard(Pages.Id, written));
        Assert.Equal((key, "revoked"), (Last().Key, Last().Error));
        _desk.Change = request => Task.FromResult(_desk.Store(request));
        await _desk.Client.StartAsync();
        Assert.Equal(((SendMessage)request).ClientId, (await _desk.Client.ResultAsync(Pages.Id, key)).Event!.ClientId);
    }

    [Fact]
    public async Task Whoever_stops_it_ends_the_waiting_and_loses_nothing()
    {
        var link = await _desk.StartAsync();
        var (claim, _) = await BeginAsync(link, () => _desk.Client.ClaimAsync(Pages.Id));
        await using var events = _desk.Client.UnreadAsync().GetAsyncEnumerator();
        while (events.Current is not { Seq: Pages.Head })
            Assert.True(await events.MoveNextAsync());
        var next = events.MoveNextAsync().AsTask();

        await _desk.Client.StopAsync();

        Assert.False(await next);
        Assert.Equal(ChatException.Network, (await Assert.ThrowsAsync<ChatException>(() => claim)).Code);
        var again = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
        _desk.Change = request =>
        {
            again.TrySetResult(request);
            return Task.FromResult(_desk.Store(request));
        };
        await _desk.Client.StartAsync();
        Assert.IsType<ConversationCommand>(await again.Task);
    }

    [Fact]
    public async Task It_may_be_disposed_of_twice_and_ends_whatever_watches_it()
    {
        var link = await _desk.StartAsync();
        var watching = Task.WhenAll(
            ReadAsync(_desk.Client.Connection.WatchAsync()),
            ReadAsync(_desk.Client.Conversations.WatchAsync()),
            ReadAsync(_desk.Client.Rows.WatchAsync()),
            ReadAsync(_desk.Client.Me.WatchAsync()),
            ReadAsync(_desk.Client.HasMoreRows.WatchAsync()),
            ReadAsync(_desk.Client.EventsAsync()),
            ReadAsync(_desk.Client.UnreadAsync())
        );

        await _desk.Client.DisposeAsync();
        await _desk.Client.DisposeAsync();

        await watching;
        await ReadAsync(_desk.Client.Rows.WatchAsync());
        Assert.True(link.Ended.IsCompleted);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _desk.Client.StartAsync());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _desk.Client.SendAsync(Pages.Id, "Too late"));
    }

    [Fact]
    public async Task Streams_that_begin_after_it_was_stopped_or_disposed_of_end_and_those_after_the_next_start_go_on()
    {
        await _desk.StartAsync();
        await _desk.Client.StopAsync();
        await ReadAsync(_desk.Client.EventsAsync()).WaitAsync(Patience, TestContext.Current.CancellationToken);
        await ReadAsync(_desk.Client.UnreadAsync()).WaitAsync(Patience, TestContext.Current.CancellationToken);

        await _desk.Client.StartAsync();
        await _desk.Client.FollowAsync(Pages.Id, TestContext.Current.CancellationToken);
        await using (var events = _desk.Client.UnreadAsync().GetAsyncEnumerator())
            Assert.True(await events.MoveNextAsync().AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken));

        await _desk.Client.DisposeAsync();
        await ReadAsync(_desk.Client.EventsAsync()).WaitAsync(Patience, TestContext.Current.CancellationToken);
        await ReadAsync(_desk.Client.UnreadAsync()).WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Starts_that_its_disposal_overtakes_end_and_connect_no_more()
    {
        var storage = new SlowStorage();
        var asked = 0;
        var options = new ChatClientOptions
        {
            Url = new Uri("http://chat.example"),
            Inbox = "demo",
            Storage = storage,
            HttpHandler = () =>
                new StubHandler(_ =>
                {
                    asked++;
                    throw new HttpRequestException("There is no network.");
                }),
        };
        var client = new ChatClient(options);
        Task[] starts = [client.StartAsync(), client.StartAsync()];
        var disposal = client.DisposeAsync().AsTask();
        storage.Answers.SetResult();

        await disposal;

        foreach (var start in starts)
            await Assert.ThrowsAsync<ObjectDisposedException>(() => start.WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.Equal(0, asked);
    }

    private static async Task ReadAsync<T>(IAsyncEnumerable<T> stream)
    {
        await foreach (var _ in stream) { }
    }

    private TimelineItem Last() => _desk.Client.Conversations.Value[Pages.Id].Items[^1];

    /// <summary>Makes a change that gets no answer, as long as its connection lasts.</summary>
    private async Task<(Task<T> Call, object Request)> BeginAsync<T>(RecordingLink link, Func<Task<T>> change)
    {
        var asked = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
        _desk.Change = async request =>
        {
            asked.TrySetResult(request);
            await link.Ended;
            throw new ChatException(ChatException.Network);
        };
        var call = change();
        return (call, await asked.Task);
    }

    private static void Revoke(RecordingLink link)
    {
        link.Push(new GoAway("revoked"));
        link.Close();
    }

    private sealed class SlowStorage : IChatStorage
    {
        private readonly MemoryStorage _memory = new();

        public TaskCompletionSource Answers { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<IReadOnlyDictionary<string, byte[]>> LoadAsync(CancellationToken cancellationToken)
        {
            await Answers.Task;
            return await _memory.LoadAsync(cancellationToken);
        }

        public Task WriteAsync(IReadOnlyList<StorageChange> changes, bool durable, CancellationToken cancellationToken) =>
            _memory.WriteAsync(changes, durable, cancellationToken);

        public Task WipeAsync(CancellationToken cancellationToken) => _memory.WipeAsync(cancellationToken);

        public ValueTask DisposeAsync() => _memory.DisposeAsync();
    }
}
