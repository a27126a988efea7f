using System.Collections.Concurrent;
using System.Diagnostics;
using Chat.Contracts;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace Chat.Testing.Clients;

/// <summary>
/// A stock SignalR client with the client rules of PROTOCOL.md around it: reconnects for ever, says Hello with its cursors, syncs holes, and repeats a
/// change under the same clientId until it is acknowledged or refused.
/// </summary>
public sealed class ChatClient : IAsyncDisposable
{
    private static readonly TimeSpan InvocationTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan HolePatience = TimeSpan.FromMilliseconds(200);

    private readonly string _path;
    private readonly Func<Uri> _pickNode;
    private readonly Func<Task<string>> _token;
    private readonly CancellationTokenSource _ended = new();
    private readonly ClientView _view = new();
    private readonly ChangeLedger _ledger = new();
    private readonly Task _loop;
    private volatile TaskCompletionSource<ClientLink> _connected = New();
    private volatile IReadOnlyList<InboxId>? _watched;
    private int _syncing;

    private ChatClient(string path, Func<Uri> pickNode, Func<Task<string>> token)
    {
        (_path, _pickNode, _token) = (path, pickNode, token);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>For the messages of failed tests.</summary>
    public string Name { get; set; } = "client";

    public bool IsOperator => _path.EndsWith("operator", StringComparison.Ordinal);

    /// <summary>How long a change is repeated. One generous limit: it only ends tests that have failed.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(12);

    /// <summary>Acknowledged changes: clientId and what the acknowledgement said.</summary>
    public ConcurrentDictionary<Guid, ChatEvent> Acknowledged => _ledger.Acknowledged;

    /// <summary>Every change made, in the order of making.</summary>
    public IReadOnlyCollection<SentChange> Changes => _ledger.Changes;

    /// <summary>How often calls failed, by code.</summary>
    public ConcurrentDictionary<string, int> Failures { get; } = new(StringComparer.Ordinal);

    /// <summary>How many acknowledgements said that the change was stored before.</summary>
    public int Duplicates => _ledger.Duplicates;

    public int Reconnects { get; private set; } = -1;

    /// <summary>Connections that ended without a word of the server.</summary>
    public int Cuts { get; private set; }

    /// <summary>Who the server took the caller for; null before the first Hello.</summary>
    public Me? Me { get; private set; }

    public bool IsWatching => _watched is not null;

    /// <summary>Why the last connect failed, for failures of tests.</summary>
    public Exception? ConnectError { get; private set; }

    /// <summary>Cursors, ephemerals, operators, goAways and resyncs, in order of arrival.</summary>
    public IReadOnlyList<(string Name, object Push)> Pushes => _view.Pushes;

    public IReadOnlyList<ClientLog> Logs => _view.Logs;

    /// <param name="pickNode">Asked before each connect: a balancer's work.</param>
    /// <param name="token">Asked before each connect.</param>
    public static ChatClient Visitor(Func<Uri> pickNode, Func<Task<string>> token) => new("hubs/visitor", pickNode, token);

    public static ChatClient Operator(Func<Uri> pickNode, Func<Task<string>> token) => new("hubs/operator", pickNode, token);

    public ClientLog Log(ConversationId id) => _view.Log(id);

    /// <summary>A look at a log while nothing changes it.</summary>
    public T Look<T>(ConversationId id, Func<ClientLog, T> look) => _view.Look(id, look);

    /// <summary>A look at an operator's list while nothing changes it.</summary>
    public T LookAtList<T>(Func<ClientList, T> look) => _view.LookAtList(look);

    /// <summary>One call on the current connection; no repeats. An unanswered one ends the connection, since its fate is unknown.</summary>
    public async Task<T> CallAsync<T>(string method, object request)
    {
        var link = await _connected.Task.WaitAsync(InvocationTimeout, _ended.Token);
        try
        {
            return await link.Connection.InvokeAsync<T>(method, request, _ended.Token).WaitAsync(InvocationTimeout);
        }
        catch (TimeoutException)
        {
            link.Close();
            throw;
        }
    }

    /// <summary>As above, for methods without an answer.</summary>
    public Task CallAsync(string method, object request) => CallAsync<object?>(method, request);

    /// <summary>One that harms nobody when it is made twice, repeated until it is answered.</summary>
    public Task SayAsync(string method, object request) => RepeatAsync(() => CallAsync<object?>(method, request));

    /// <summary>Ends the connection, if there is one just now, as a lost network does.</summary>
    public void Drop()
    {
        if (_connected.Task is { IsCompletedSuccessfully: true, Result: var link })
            link.Close();
    }

    /// <summary>Waits until this client holds all that is stored, by what it is sent.</summary>
    public async Task CatchUpAsync(StoredLog log, TimeSpan within)
    {
        var followed = Logs;
        await UntilAsync(
            () => followed.All(l => l.Epoch == log.Epoch && l.Seq >= log.Heads.GetValueOrDefault(l.Id)),
            "all events that are stored",
            within
        );
        if (IsWatching)
            await UntilAsync(() => LookAtList(list => list.Shows(log)), "all rows of the lists", within);
    }

    public async Task<ConversationId> OpenConversationAsync(string? topic = null)
    {
        var request = new OpenConversation(Guid.NewGuid(), topic);
        var opened = await RepeatAsync(() => CallAsync<OpenResult>("OpenConversation", request));
        _view.Apply(opened.Page);
        return opened.Page.Conversation.Id;
    }

    /// <summary>Operators: follows a conversation from now on, over reconnects too.</summary>
    public async Task OpenAsync(ConversationId id) =>
        _view.Apply(await RepeatAsync(() => CallAsync<ConversationPage>("Open", new OpenQuery(id))));

    /// <summary>Operators: follows it no longer.</summary>
    public async Task LeaveAsync(ConversationId id)
    {
        _view.Forget(id);
        await SayAsync("Leave", new ConversationRef(id));
    }

    /// <summary>Operators: follows the lists of all his inboxes from now on, over reconnects too.</summary>
    public async Task WatchAsync()
    {
        await UntilAsync(() => Me is not null, "the first Hello");
        _watched = Me!.Inboxes;
        await RepeatAsync(() => WatchOnceAsync(() => CallAsync<WatchResult>("Watch", new Watch(_watched))));
    }

    public Task<SendResult> SendAsync(ConversationId id, string body, SendKind kind = SendKind.Message, Guid? clientId = null) =>
        ChangeAsync("Send", new SendMessage(id, clientId ?? Guid.NewGuid(), body, kind));

    /// <summary>A change, repeated until it is acknowledged; a refusal that repeating cannot mend is thrown.</summary>
    public async Task<SendResult> ChangeAsync(string method, object request)
    {
        var result = await _ledger.MakeAsync(method, request, () => RepeatAsync(() => CallAsync<SendResult>(method, request)));
        if (result.Event is { } stored)
            Apply(stored);
        return result;
    }

    /// <summary>Ends when the condition holds; asked after everything that arrives.</summary>
    public async Task UntilAsync(Func<bool> condition, string what, TimeSpan? timeout = null)
    {
        try
        {
            await _view.UntilAsync(condition, timeout ?? TimeSpan.FromMinutes(1));
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"Not in time: {Name}: {what}; connection: {ConnectError?.Message}", e);
        }
    }

    public override string ToString() => Name;

    public async ValueTask DisposeAsync()
    {
        if (_ended.IsCancellationRequested)
            return;
        await _ended.CancelAsync();
        await _loop;
    }

    /// <summary>Asks the server for everything that this client may lack.</summary>
    public async Task SyncAsync()
    {
        for (var more = true; more; )
        {
            more = false;
            foreach (var cursors in _view.Cursors.Chunk(Limits.Cursors))
                more |= await SyncAsync(cursors);
        }
    }

    /// <summary>Whether there is more.</summary>
    private async Task<bool> SyncAsync(Cursor[] cursors)
    {
        var more = false;
        foreach (var page in (await CallAsync<SyncResult>("Sync", new Sync(cursors))).Conversations)
        {
            _view.Apply(page);
            more |= page is { HasMore: true, Reset: false, Events.Count: > 0 } && Look(page.Conversation.Id, log => log.Seq < page.Seq);
        }
        return more;
    }

    private static TaskCompletionSource<ClientLink> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RunAsync()
    {
        while (!_ended.IsCancellationRequested)
        {
            try
            {
                await ConnectOnceAsync();
            }
            catch (Exception e) when (!_ended.IsCancellationRequested)
            {
                ConnectError = e;
                // A node that is away: another one, a moment later. A client's backoff is the one wait here that is meant.
                await PauseAsync(TimeSpan.FromMilliseconds(Random.Shared.Next(50, 300)));
            }
            catch (Exception)
            {
                return;
            }
        }
    }

    private async Task ConnectOnceAsync()
    {
        await using var link = ClientLink.Build(new Uri(_pickNode(), _path), await _token());
        link.Connection.On<ChatEvent>(Push.Event, Apply);
        link.Connection.On<Skip>(Push.Skip, skip => Apply(ClientLog.EventOf(skip)));
        link.Connection.On<CursorMoved>(Push.Cursor, push => _view.Note(Push.Cursor, push));
        link.Connection.On<OperatorChange>(Push.Operator, push => _view.Note(Push.Operator, push));
        link.Connection.On<Ephemeral>(Push.Ephemeral, push => _view.Note(Push.Ephemeral, push));
        link.Connection.On<InboxChange>(Push.Inbox, _view.Apply);
        link.Connection.On<Resync>(Push.Resync, OnResync);
        link.Connection.On<GoAway>(Push.GoAway, push => OnGoAway(link, push));
        await link.Connection.StartAsync(_ended.Token);
        // What there is no room for is asked for right after.
        var cursors = _view.Cursors;
        var hello = new Hello(ProtocolVersion.Current, Guid.NewGuid(), "tests", Cursors: [.. cursors.TakeLast(Limits.Cursors)]);
        var answer = await link.Connection.InvokeAsync<HelloResult>("Hello", hello, _ended.Token).WaitAsync(InvocationTimeout);
        Me = answer.You;
        foreach (var page in answer.Conversations)
            _view.Apply(page);
        if (_watched is { } inboxes)
            await WatchOnceAsync(() => link.Connection.InvokeAsync<WatchResult>("Watch", new Watch(inboxes), _ended.Token));
        Reconnects++;
        _connected.TrySetResult(link);
        _view.Changed();
        try
        {
            if (cursors.Length > Limits.Cursors || answer.Conversations.Any(page => page is { HasMore: true }))
                await SyncAsync();
            await link.Closed.WaitAsync(_ended.Token);
            if (!link.IsSentAway)
                Cuts++;
        }
        finally
        {
            _connected = New();
        }
    }

    private void OnResync(Resync push)
    {
        _view.Note(Push.Resync, push);
        _ = SyncUntilDoneAsync(TimeSpan.Zero, () => true);
    }

    private void OnGoAway(ClientLink link, GoAway push)
    {
        _view.Note(Push.GoAway, push);
        link.IsSentAway = true;
        link.Close();
    }

    private void Apply(ChatEvent e)
    {
        if (!_view.Apply(e))
            _ = SyncUntilDoneAsync(HolePatience, () => Look(e.ConversationId, log => log.HasHole));
    }

    private async Task<bool> WatchOnceAsync(Func<Task<WatchResult>> call)
    {
        var asked = LookAtList(list => list.Arrivals);
        _view.Apply(await call().WaitAsync(InvocationTimeout), asked);
        return true;
    }

    /// <summary>A Sync that fails is tried again, as long as it is needed: what the server has sent once it does not send again.</summary>
    private async Task SyncUntilDoneAsync(TimeSpan pause, Func<bool> isNeeded)
    {
        await PauseAsync(pause);
        while (!_ended.IsCancellationRequested && isNeeded())
        {
            if (Interlocked.Exchange(ref _syncing, 1) == 0)
            {
                try
                {
                    await SyncAsync();
                    return;
                }
                catch (Exception)
                {
                    // Away or busy: the next round, or the Hello of the next connection, brings what this would have brought.
                }
                finally
                {
                    Volatile.Write(ref _syncing, 0);
                }
            }
            await PauseAsync(TimeSpan.FromMilliseconds(Random.Shared.Next(100, 400)));
        }
    }

    private async Task<T> RepeatAsync<T>(Func<Task<T>> call)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            _ended.Token.ThrowIfCancellationRequested();
            try
            {
                return await call();
            }
            catch (Exception e) when (!_ended.IsCancellationRequested)
            {
                var code = e is HubException ? Refusals.Code(e) : e.GetType().Name;
                Failures.AddOrUpdate(code, 1, (_, count) => count + 1);
                if (e is HubException && ErrorCode.Find(code) is { Retryable: false })
                    throw;
                if (Stopwatch.GetElapsedTime(started) > Patience)
                    throw new TimeoutException($"{Name}: not acknowledged in {Patience}; last: {e.Message}; connection: {ConnectError}", e);
            }
            await PauseAsync(TimeSpan.FromMilliseconds(Random.Shared.Next(50, 250)));
        }
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        await Task.Delay(pause, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
