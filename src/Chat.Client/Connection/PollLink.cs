using Chat.Contracts;

namespace Chat.Client;

/// <summary>The visitor's contract over REST: calls are requests, and events come as answers that wait for them.</summary>
internal sealed class PollLink : ILink
{
    // Of the waits that the server allows a user; the others are for his other devices.
    private const int ConversationsPolled = 3;

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(Limits.WaitMs);

    // Marks, the conversations that are not polled, and those that another device has opened, are not so urgent.
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(15);

    // Then a WebSocket is tried again.
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    private readonly RestCalls _rest;
    private readonly ITokens _tokens;
    private readonly ChatModel _model;
    private readonly TimeProvider _time;
    private readonly Action<object> _onPush;
    private readonly CancellationTokenSource _over = new();
    private readonly TaskCompletionSource<LinkEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _polls = Task.CompletedTask;

    public PollLink(RestCalls rest, ITokens tokens, ChatModel model, TimeProvider time, Action<object> onPush) =>
        (_rest, _tokens, _model, _time, _onPush) = (rest, tokens, model, time, onPush);

    public ConnectionTransport Transport => ConnectionTransport.Poll;

    public Task<LinkEnd> Ended => _ended.Task;

    public async Task<T> CallAsync<T>(string method, object request, CancellationToken cancellationToken)
    {
        if (request is Hello hello)
            return (T)(object)await GreetAsync(hello, cancellationToken);
        var (verb, path) = request is MarkSeq mark ? RestRoutes.OfMark(method, mark) : RestRoutes.Of(request, _model.Account.DeviceId);
        var body = verb == HttpMethod.Get ? null : request;
        return await RequestAsync<T>(verb, path, body, AnswerWithin, cancellationToken);
    }

    public void Close(string? reason = null)
    {
        if (_ended.TrySetResult(new LinkEnd(reason)))
            _over.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        Close();
        await _polls.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _over.Dispose();
    }

    private async Task<HelloResult> GreetAsync(Hello hello, CancellationToken cancellationToken)
    {
        var me = await RequestAsync<Me>(HttpMethod.Get, "me", null, AnswerWithin, cancellationToken);
        var pages = await ReadAsync(hello.Cursors ?? [], cancellationToken);
        _polls = Task.WhenAll(UntilOverAsync(FollowNewestAsync), UntilOverAsync(ReadAllAsync));
        return new HelloResult(_time.GetUtcNow() + _rest.Skew, me, ClientLimits.Current, pages);
    }

    /// <summary>What came after the cursors, and all other conversations of the visitor.</summary>
    private async Task<IReadOnlyList<ConversationPage>> ReadAsync(IReadOnlyList<Cursor> cursors, CancellationToken cancellationToken)
    {
        var list = await RequestAsync<ConversationList>(HttpMethod.Get, "conversations", null, AnswerWithin, cancellationToken);
        var known = cursors.Select(cursor => cursor.ConversationId).ToHashSet();
        var others = list.Rows.Select(row => row.Row.ConversationId).Where(id => !known.Contains(id)).Select(id => new Cursor(id, 0, 0));
        var pages = new List<ConversationPage>();
        foreach (var chunk in cursors.Concat(others).Chunk(Limits.Cursors))
            pages.AddRange(await SyncAsync(chunk, cancellationToken));
        return pages;
    }

    private async Task<IReadOnlyList<ConversationPage>> SyncAsync(Cursor[] cursors, CancellationToken cancellationToken)
    {
        var answer = await RequestAsync<SyncResult>(HttpMethod.Post, "sync", new Sync(cursors), AnswerWithin, cancellationToken);
        return answer.Conversations;
    }

    private async Task UntilOverAsync(Func<Task> follow)
    {
        try
        {
            await Task.Run(follow, _over.Token);
        }
        catch (Exception e)
        {
            // The next connection tells what is wrong, if anything is.
            Close((e as ChatException)?.Code == ErrorCode.Unauthenticated.Code ? DisconnectReason.Expired.Code : null);
        }
    }

    private async Task ReadAllAsync()
    {
        for (var left = Life; left > TimeSpan.Zero; left -= Between)
        {
            await Task.Delay(Between, _time, _over.Token);
            try
            {
                foreach (var page in await ReadAsync(_model.Cursors(), _over.Token))
                    _onPush(page);
            }
            catch (ChatException e) when (IsPassing(e))
            {
                // Next time.
            }
        }
        Close();
    }

    private async Task FollowNewestAsync()
    {
        var followers = new Dictionary<ConversationId, Task>();
        try
        {
            await foreach (var _ in _model.Conversations.WatchAsync(_over.Token))
            {
                foreach (var (id, _, _) in Newest())
                {
                    if (followers.GetValueOrDefault(id) is not { IsCompleted: false })
                        followers[id] = UntilOverAsync(() => FollowAsync(id));
                }
            }
        }
        finally
        {
            await Task.WhenAll(followers.Values);
        }
    }

    /// <summary>Asks for what comes next, and again right after each answer, as long as the conversation is one of the newest.</summary>
    private async Task FollowAsync(ConversationId id)
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(15));
        while (Newest().FirstOrDefault(cursor => cursor.ConversationId == id) is { } cursor)
        {
            try
            {
                await PollAsync(cursor);
                backoff.Reset();
            }
            catch (ChatException e) when (IsPassing(e))
            {
                await Task.Delay(e.RetryAfter ?? backoff.Next(), _time, _over.Token);
            }
            catch (ChatException e) when (!e.Retryable && e.Code != ErrorCode.Unauthenticated.Code)
            {
                // His no more: while this connection lasts it is not asked for again.
                await Task.Delay(Timeout.InfiniteTimeSpan, _time, _over.Token);
            }
        }
    }

    private async Task PollAsync(Cursor cursor)
    {
        var path = RestRoutes.Poll(cursor, Limits.WaitMs);
        var answer = await RequestAsync<HistoryResult>(HttpMethod.Get, path, null, Wait + AnswerWithin, _over.Token);
        if (answer.Epoch < cursor.Epoch)
            throw new ChatException(ErrorCode.Unavailable.Code, "The node has not heard of the log that is held.");
        IEnumerable<object> news = answer.Epoch == cursor.Epoch ? answer.Events : await SyncAsync([cursor], _over.Token);
        foreach (var push in news)
            _onPush(push);
    }

    private static bool IsPassing(ChatException e) => e.Retryable && e.Code != ChatException.Network;

    private IEnumerable<Cursor> Newest() => _model.Cursors().Where(cursor => cursor.Epoch > 0).Take(ConversationsPolled);

    private async Task<T> RequestAsync<T>(
        HttpMethod method,
        string path,
        object? body,
        TimeSpan within,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var token = await _tokens.GetAsync(cancellationToken);
            return await _rest.CallAsync<T>(method, path, body, token, within, cancellationToken);
        }
        catch (ChatException e) when (e.Code == ErrorCode.StaleView.Code && typeof(T) == typeof(SendResult))
        {
            return (T)(object)new SendResult(ResultStatus.StaleView, Missing: e.Data["missing"] as IReadOnlyList<ChatEvent>);
        }
        catch (ChatException e) when (e.Code == ChatException.Network)
        {
            Close();
            throw;
        }
    }
}
