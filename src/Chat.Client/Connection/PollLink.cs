using Chat.Contracts;

namespace Chat.Client;

/// <summary>The visitor's contract over REST: calls are requests, and events come as answers that wait for them.</summary>
internal sealed class PollLink : ILink
{
    private const int ConversationsPolled = 3;

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(Limits.WaitMs);

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
        var (verb, path) = request is MarkSeq mark ? RestRoutes.OfMark(method, mark) : RestRoutes.Of(request, _model.DeviceId);
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
        _polls = Task.Run(PollUntilOverAsync, CancellationToken.None);
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
        {
            var sync = await RequestAsync<SyncResult>(HttpMethod.Post, "sync", new Sync(chunk), AnswerWithin, cancellationToken);
            pages.AddRange(sync.Conversations);
        }
        return pages;
    }

    private async Task PollUntilOverAsync()
    {
        var started = _time.GetTimestamp();
        try
        {
            while (!_over.IsCancellationRequested && _time.GetElapsedTime(started) < Life)
            {
                var cursors = _model.Cursors().Where(cursor => cursor.Epoch > 0).ToList();
                var polls = cursors.Take(ConversationsPolled).Select(PollAsync).ToList();
                if (polls.Count == 0)
                    await Task.Delay(Wait / 10, _time, _over.Token);
                await Task.WhenAll(polls);
                // The others, and those that another device has opened, are not so urgent.
                foreach (var page in await ReadAsync(_model.Cursors(), _over.Token))
                    _onPush(page);
            }
            Close();
        }
        catch (Exception e)
        {
            // The next connection tells what is wrong, if anything is.
            Close((e as ChatException)?.Code == ErrorCode.Unauthenticated.Code ? DisconnectReason.Expired.Code : null);
        }
    }

    private async Task PollAsync(Cursor cursor)
    {
        var path = RestRoutes.Poll(cursor, Limits.WaitMs);
        var answer = await RequestAsync<HistoryResult>(HttpMethod.Get, path, null, Wait + AnswerWithin, _over.Token);
        // Of another epoch: what is held is void, and the reading that follows replaces it.
        if (answer.Epoch != cursor.Epoch)
            return;
        foreach (var e in answer.Events)
            _onPush(e);
    }

    private async Task<T> RequestAsync<T>(
        HttpMethod method,
        string path,
        object? body,
        TimeSpan within,
        CancellationToken cancellationToken
    )
    {
        var token = await _tokens.GetAsync(cancellationToken);
        try
        {
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
