using System.Text.Json;
using Chat.Contracts;

namespace Chat.Conformance.Mutants.Client;

/// <summary>
/// The visitor's contract without a socket: a call is a request, and a long-poll for each of the newest conversations stands for the pushes. What no poll brings
/// (cursors, other conversations) is read now and then. After a while it ends, so that a socket is tried again.
/// </summary>
internal sealed class RestLink(Rest rest, Func<Task<string>> token, Signal changed, IListener listener) : ILink, IDisposable
{
    // Of the waits that the server allows a user; the others are for the other devices.
    private const int Polls = 3;

    private static readonly TimeSpan ReadAllEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SocketIsTriedAfter = TimeSpan.FromMinutes(5);

    private readonly CancellationTokenSource _over = new();
    private readonly TaskCompletionSource<string?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<ConversationId> _polled = [];

    public string Transport => "rest";

    public Task<string?> Ended => _ended.Task;

    public async Task<T> CallAsync<T>(string method, object request)
    {
        if (request is Hello hello)
            return (T)(object)await GreetAsync(hello);
        if (request is not HistoryQuery q)
            return await RequestAsync<T>(HttpMethod.Post, PathOf(method, request), request);
        var bound = q.Before is { } before ? $"before={before}" : $"after={q.After ?? 0}";
        return await RequestAsync<T>(HttpMethod.Get, $"conversations/{q.ConversationId}/events?{bound}&limit={q.Limit ?? 50}");
    }

    public void Close(string? reason = null)
    {
        if (_ended.TrySetResult(reason))
            _over.Cancel();
    }

    public void Dispose() => Close();

    private static string PathOf(string method, object request) =>
        request switch
        {
            OpenConversation => "conversations",
            Sync => "sync",
            SendMessage r => $"conversations/{r.ConversationId}/events",
            EditMessage r => $"conversations/{r.ConversationId}/edits",
            DeleteMessage r => $"conversations/{r.ConversationId}/deletions",
            ConversationCommand r => $"conversations/{r.ConversationId}/close",
            TypingNotice r => $"conversations/{r.ConversationId}/typing",
            MarkSeq r => $"conversations/{r.ConversationId}/{(method == "Read" ? "read" : "delivered")}",
            _ => throw new ArgumentException($"{method} has no route.", nameof(method)),
        };

    /// <summary>What Hello answers, put together from three calls.</summary>
    private async Task<HelloResult> GreetAsync(Hello hello)
    {
        var me = await RequestAsync<Me>(HttpMethod.Get, "me");
        var pages = await ReadAllAsync(hello.Cursors ?? []);
        _ = UntilOverAsync(ReadNowAndThenAsync);
        _ = UntilOverAsync(PollNewestAsync);
        return new HelloResult(Clock.Now, me, ClientLimits.Current, pages);
    }

    /// <summary>What came after these cursors, and the newest of all other conversations.</summary>
    private async Task<List<ConversationPage>> ReadAllAsync(IReadOnlyList<Cursor> cursors)
    {
        var all = cursors.ToDictionary(cursor => cursor.ConversationId);
        string? next = null;
        do
        {
            var from = next is null ? "" : $"&cursor={Uri.EscapeDataString(next)}";
            var list = await RequestAsync<ConversationList>(HttpMethod.Get, $"conversations?limit={Limits.ListPage}{from}");
            foreach (var row in list.Rows)
                all.TryAdd(row.Row.ConversationId, new Cursor(row.Row.ConversationId, 0, 0));
            next = list.Next;
        } while (next is not null);
        var pages = new List<ConversationPage>();
        foreach (var chunk in all.Values.Chunk(Limits.Cursors))
            pages.AddRange((await RequestAsync<SyncResult>(HttpMethod.Post, "sync", new Sync(chunk))).Conversations);
        return pages;
    }

    private async Task ReadNowAndThenAsync()
    {
        var end = Clock.Now + SocketIsTriedAfter;
        while (Clock.Now < end)
        {
            await Task.Delay(ReadAllEvery, _over.Token);
            if (Mutant.Has(Defect.RestNeverReads))
                continue;
            try
            {
                foreach (var page in await ReadAllAsync(listener.Cursors()))
                    listener.Hear(page);
            }
            catch (Refusal e) when (e.IsRetryable)
            {
                // Next time.
            }
        }
        Close();
    }

    private async Task PollNewestAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            var next = changed.Next;
            foreach (var cursor in Newest().ToList())
            {
                if (_polled.Add(cursor.ConversationId))
                    _ = UntilOverAsync(() => PollAsync(cursor.ConversationId));
            }
            await next.WaitAsync(_over.Token);
        }
    }

    private async Task PollAsync(ConversationId id)
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(15));
        while (Newest().FirstOrDefault(cursor => cursor.ConversationId == id) is { } cursor)
        {
            try
            {
                await PollOnceAsync(cursor);
                backoff.Reset();
            }
            catch (Refusal e) when (e.IsRetryable)
            {
                await Task.Delay(e.RetryAfter ?? backoff.Next(), _over.Token);
            }
            catch (Refusal)
            {
                // Not the visitor's any more: this link asks for it no longer.
                return;
            }
        }
        _polled.Remove(id);
    }

    private async Task PollOnceAsync(Cursor held)
    {
        var query = $"after={held.Seq}&epoch={held.Epoch}&waitMs={Limits.WaitMs}";
        var within = TimeSpan.FromMilliseconds(Limits.WaitMs) + Rest.AnswerWithin;
        var answer = await RequestAsync<HistoryResult>(HttpMethod.Get, $"conversations/{held.ConversationId}/events?{query}", null, within);
        if (answer.Epoch == held.Epoch)
        {
            foreach (var e in answer.Events)
                listener.Hear(e);
        }
        else if (answer.Epoch < held.Epoch)
            // This node has not heard of the log that is held.
            await Task.Delay(TimeSpan.FromSeconds(1), _over.Token);
        else
            listener.Hear(await RequestAsync<ConversationPage>(HttpMethod.Get, $"conversations/{held.ConversationId}?{PageQuery(held)}"));
    }

    private static string PageQuery(Cursor held) => $"epoch={held.Epoch}&seq={held.Seq}";

    private IEnumerable<Cursor> Newest() => listener.Cursors().Where(cursor => cursor.Epoch > 0).Take(Polls);

    private async Task UntilOverAsync(Func<Task> follow)
    {
        try
        {
            await follow();
        }
        catch (Exception e) when (e is Refusal or NoAnswer or OperationCanceledException or JsonException)
        {
            // The next link tells what is wrong, if anything is.
            Close();
        }
    }

    private async Task<T> RequestAsync<T>(HttpMethod method, string path, object? body = null, TimeSpan? within = null)
    {
        try
        {
            return await rest.CallAsync<T>(method, path, body, await token(), within, _over.Token);
        }
        catch (Refusal e) when (e.Code == ErrorCode.Unauthenticated.Code)
        {
            // The token is over, and not the call wrong.
            Close(DisconnectReason.Expired.Code);
            throw new NoAnswer(e);
        }
        catch (NoAnswer)
        {
            Close();
            throw;
        }
    }
}
