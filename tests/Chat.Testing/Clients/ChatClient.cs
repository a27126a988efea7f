using System.Collections.Concurrent;
using System.Diagnostics;
using Chat.Contracts;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Testing.Clients;

/// <summary>
/// A stock SignalR client with the client rules of PROTOCOL.md around it: reconnects for ever, says Hello with its cursors, syncs holes, and repeats a
/// change under the same clientId until it is acknowledged or refused.
/// </summary>
public sealed class ChatClient : IAsyncDisposable
{
    private static readonly TimeSpan InvocationTimeout = TimeSpan.FromSeconds(10);

    // One generous limit: it only ends tests that have failed.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan HolePatience = TimeSpan.FromMilliseconds(200);

    private readonly string _path;
    private readonly Func<Uri> _pickNode;
    private readonly Func<Task<string>> _token;
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<ConversationId, ClientLog> _logs = [];
    private readonly ConcurrentQueue<(string Name, object Push)> _pushes = new();
    private readonly List<(Func<bool> Condition, TaskCompletionSource Met)> _waiters = [];
    private readonly Task _loop;
    private volatile TaskCompletionSource<HubConnection> _connected = New();

    private ChatClient(string path, Func<Uri> pickNode, Func<Task<string>> token)
    {
        (_path, _pickNode, _token) = (path, pickNode, token);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Acknowledged changes: clientId and what the acknowledgement said.</summary>
    public ConcurrentDictionary<Guid, ChatEvent> Acknowledged { get; } = new();

    public int Reconnects { get; private set; } = -1;

    /// <summary>Why the last connect failed, for failures of tests.</summary>
    public Exception? ConnectError { get; private set; }

    /// <summary>Cursors, ephemerals, rows, goAways and resyncs, in order of arrival.</summary>
    public IReadOnlyList<(string Name, object Push)> Pushes => [.. _pushes];

    /// <param name="pickNode">Asked before each connect: a balancer's work.</param>
    /// <param name="token">Asked before each connect.</param>
    public static ChatClient Visitor(Func<Uri> pickNode, Func<Task<string>> token) => new("hubs/visitor", pickNode, token);

    public static ChatClient Operator(Func<Uri> pickNode, Func<Task<string>> token) => new("hubs/operator", pickNode, token);

    public ClientLog Log(ConversationId id)
    {
        lock (_gate)
        {
            if (!_logs.TryGetValue(id, out var log))
                _logs.Add(id, log = new ClientLog(id));
            return log;
        }
    }

    /// <summary>A look at a log while nothing changes it.</summary>
    public T Look<T>(ConversationId id, Func<ClientLog, T> look)
    {
        var log = Log(id);
        lock (_gate)
            return look(log);
    }

    /// <summary>One call on the current connection; no repeats.</summary>
    public async Task<T> CallAsync<T>(string method, object request)
    {
        var connection = await _connected.Task.WaitAsync(InvocationTimeout);
        return await connection.InvokeAsync<T>(method, request, _ended.Token).WaitAsync(InvocationTimeout);
    }

    public async Task CallAsync(string method, object request)
    {
        var connection = await _connected.Task.WaitAsync(InvocationTimeout);
        await connection.InvokeAsync(method, request, _ended.Token).WaitAsync(InvocationTimeout);
    }

    public async Task<ConversationId> OpenConversationAsync(string? topic = null)
    {
        var request = new OpenConversation(Guid.NewGuid(), topic);
        var opened = await RepeatAsync(() => CallAsync<OpenResult>("OpenConversation", request));
        Apply(opened.Page);
        return opened.Page.Conversation.Id;
    }

    /// <summary>Operators: follows a conversation from now on, over reconnects too.</summary>
    public async Task OpenAsync(ConversationId id) =>
        Apply(await RepeatAsync(() => CallAsync<ConversationPage>("Open", new OpenQuery(id))));

    public Task<SendResult> SendAsync(ConversationId id, string body, SendKind kind = SendKind.Message, Guid? clientId = null) =>
        ChangeAsync("Send", new SendMessage(id, clientId ?? Guid.NewGuid(), body, kind));

    /// <summary>A change, repeated until it is acknowledged; a refusal that repeating cannot mend is thrown.</summary>
    public async Task<SendResult> ChangeAsync(string method, object request)
    {
        var result = await RepeatAsync(() => CallAsync<SendResult>(method, request));
        if (result.Event is { } e)
        {
            if (e.ClientId is { } clientId)
                Acknowledged[clientId] = e;
            Apply(e);
        }
        return result;
    }

    /// <summary>Ends when the condition holds; asked after everything that arrives.</summary>
    public async Task UntilAsync(Func<bool> condition, string what, TimeSpan? timeout = null)
    {
        var met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (condition())
                return;
            _waiters.Add((condition, met));
        }
        try
        {
            await met.Task.WaitAsync(timeout ?? TimeSpan.FromSeconds(30));
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"Not in time: {what}; connection: {ConnectError?.Message}", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _loop;
        _ended.Dispose();
    }

    /// <summary>Asks the server for everything that this client may lack.</summary>
    public async Task SyncAsync()
    {
        Cursor[] cursors;
        lock (_gate)
            cursors = [.. _logs.Values.Select(log => log.Cursor)];
        for (var more = true; more; )
        {
            more = false;
            foreach (var page in (await CallAsync<SyncResult>("Sync", new Sync(cursors))).Conversations)
            {
                Apply(page);
                more |=
                    page is { HasMore: true, Reset: false }
                    && page.Events.Count > 0
                    && Look(page.Conversation.Id, log => log.Seq < page.Seq);
            }
            lock (_gate)
                cursors = [.. _logs.Values.Select(log => log.Cursor)];
        }
    }

    private static TaskCompletionSource<HubConnection> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

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
        var token = await _token();
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var connection = Build(token);
        connection.Closed += _ =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        Register(connection, closed);
        await connection.StartAsync(_ended.Token);
        Cursor[] cursors;
        lock (_gate)
            cursors = [.. _logs.Values.Select(log => log.Cursor)];
        var hello = new Hello(ProtocolVersion.Current, Guid.NewGuid(), "tests", Cursors: cursors);
        var answer = await connection.InvokeAsync<HelloResult>("Hello", hello, _ended.Token).WaitAsync(InvocationTimeout);
        foreach (var page in answer.Conversations)
            Apply(page);
        Reconnects++;
        _connected.TrySetResult(connection);
        if (answer.Conversations.Any(page => page is { HasMore: true }))
            await SyncAsync();
        await closed.Task.WaitAsync(_ended.Token);
        _connected = New();
    }

    private HubConnection Build(string token) =>
        new HubConnectionBuilder()
            .WithUrl(
                new Uri(_pickNode(), _path),
                options =>
                {
                    options.SkipNegotiation = true;
                    options.Transports = HttpTransportType.WebSockets;
                    options.AccessTokenProvider = () => Task.FromResult<string?>(token);
                }
            )
            .AddJsonProtocol(json => json.PayloadSerializerOptions = new(ChatJson.Wire.Options))
            .Build();

    private void Register(HubConnection connection, TaskCompletionSource closed)
    {
        connection.On<ChatEvent>(Push.Event, Apply);
        connection.On<Skip>(
            Push.Skip,
            skip =>
                Apply(
                    new ChatEvent
                    {
                        ConversationId = skip.ConversationId,
                        Epoch = skip.Epoch,
                        Seq = skip.Seq,
                        Type = EventType.Skip,
                    }
                )
        );
        connection.On<CursorMoved>(Push.Cursor, push => Note(Push.Cursor, push));
        connection.On<Ephemeral>(Push.Ephemeral, push => Note(Push.Ephemeral, push));
        connection.On<InboxChange>(Push.Inbox, push => Note(Push.Inbox, push));
        connection.On<Resync>(
            Push.Resync,
            push =>
            {
                Note(Push.Resync, push);
                _ = QuietlyAsync(SyncAsync);
            }
        );
        connection.On<GoAway>(
            Push.GoAway,
            push =>
            {
                Note(Push.GoAway, push);
                closed.TrySetResult();
            }
        );
    }

    private void Apply(ChatEvent e)
    {
        bool whole;
        var log = Log(e.ConversationId);
        lock (_gate)
        {
            whole = log.Apply(e);
            Wake();
        }
        if (!whole)
            _ = QuietlyAsync(() => FillHoleAsync(log));
    }

    private void Apply(ConversationPage page)
    {
        var log = Log(page.Conversation.Id);
        lock (_gate)
        {
            log.Apply(page);
            Wake();
        }
    }

    private void Note(string name, object push)
    {
        _pushes.Enqueue((name, push));
        lock (_gate)
            Wake();
    }

    private void Wake() => _waiters.RemoveAll(waiter => waiter.Condition() && waiter.Met.TrySetResult());

    private async Task FillHoleAsync(ClientLog log)
    {
        await PauseAsync(HolePatience);
        if (Look(log.Id, l => l.HasHole))
            await SyncAsync();
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
            catch (HubException e) when (ErrorCode.Find(e.Message) is { Retryable: false })
            {
                throw;
            }
            catch (Exception e) when (!_ended.IsCancellationRequested)
            {
                if (Stopwatch.GetElapsedTime(started) > Patience)
                    throw new TimeoutException(
                        $"Not acknowledged in {Patience.TotalSeconds} s; last: {e.Message}; connection: {ConnectError}",
                        e
                    );
                await PauseAsync(TimeSpan.FromMilliseconds(Random.Shared.Next(50, 250)));
            }
        }
    }

    private static async Task QuietlyAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception)
        {
            // The next Hello brings what this would have brought.
        }
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        await Task.Delay(pause, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
