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
}
