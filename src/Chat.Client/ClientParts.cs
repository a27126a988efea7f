using Chat.Contracts;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Client;

/// <summary>What both clients are made of, joined: one model, one connection, and those who carry things between the two.</summary>
internal sealed class ClientParts : IAsyncDisposable
{
    private static readonly TimeSpan FinishWithin = TimeSpan.FromSeconds(5);

    // An app that is started where the network swallows everything shows what it has.
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(15);

    private readonly ClientOptions _options;
    private readonly OutboxPump _pump;
    private readonly TypingSender _typing;
    private readonly Incoming _incoming;
    private readonly OlderPages _older;
    private readonly Greeting _greeting;
    private readonly Lock _gate = new();

    // Guarded by the gate.
    private Task? _loading;
    private Task? _disposal;

    public ClientParts(ClientOptions options, ChatModel model, RestCalls rest, ITokens tokens, ILinkFactory links)
    {
        var logger = (options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger("Chat.Client");
        (_options, Model, Rest, Tokens) = (options, model, rest, tokens);
        Loop = new ConnectionLoop(links, options.TimeProvider, logger)
        {
            Greet = GreetAsync,
            Arrived = OnArrived,
            Lost = model.Moments.Forget,
            OnPush = OnPush,
            Stopped = End,
        };
        Syncer = new Syncer(model, options.TimeProvider, logger) { Link = () => Loop.Link };
        Marks = new MarkSender(model, options.TimeProvider, logger) { Link = () => Loop.Link };
        _pump = new OutboxPump(model, options.TimeProvider, logger) { Link = () => Loop.Link };
        _typing = new TypingSender(options.TimeProvider);
        model.HoleFound = Syncer.Want;
        model.MarksMoved = Marks.Touch;
        model.Outbox.Filled = _pump.Wake;
        _incoming = new Incoming(model, Syncer, Loop.Renew);
        Syncer.LeftOut = _incoming.Lose;
        _greeting = new Greeting(model, Syncer, tokens, Me, options.Locale);
        _older = new OlderPages(model, (query, cancellation) => CallAsync<HistoryResult>(nameof(IChatHub.History), query, cancellation));
    }

    public ChatModel Model { get; }

    public RestCalls Rest { get; }

    public ITokens Tokens { get; }

    public ConnectionLoop Loop { get; }

    public Syncer Syncer { get; }

    public MarkSender Marks { get; }

    public Store<Me?> Me { get; } = new(null);

    /// <summary>What else is to be said on a fresh connection.</summary>
    public Func<ILink, CancellationToken, Task>? AlsoGreet { get; init; }

    /// <summary>What else is to be done when it is online.</summary>
    public Action? AlsoArrived { get; init; }

    /// <summary>Takes pushes that are not for everybody.</summary>
    public Action<object>? AlsoPush { get; init; }

    /// <summary>Who else waits for something hears why it will not come.</summary>
    public Action<ChatException>? AlsoEnd { get; init; }

    /// <summary>Whether a conversation that is not held may be written in; then it is held from now on.</summary>
    public Func<ConversationId, bool>? AlsoKnows { get; init; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        Task attempt;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposal is not null, this);
            attempt = Loop.StartAsync(Begin);
        }
        try
        {
            await attempt.WaitAsync(StartWithin, _options.TimeProvider, cancellationToken);
        }
        catch (TimeoutException)
        {
            // It goes on trying.
        }
    }

    public async Task StopAsync()
    {
        await Loop.StopAsync();
        Pause();
        await Model.FlushAsync();
    }

    /// <summary>Ends the session and leaves nothing.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(CancellationToken.None);
        await Loop.StopAsync();
        var unheard = await Tokens.EndAsync(WipeAsync, cancellationToken);
        // Only now: of what is wiped nothing may be left, and of a logout that the server has heard nothing is kept.
        if (unheard.Count > 0)
            await Model.Account.SetFarewellsAsync(unheard, heard: []);
    }

    /// <summary>Takes a change that a timeline shows; its key.</summary>
    /// <exception cref="ArgumentException">It is about a conversation that is not known here.</exception>
    public async Task<string> AddAsync(OutboxItem change, CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        Require(change);
        return (await Model.Outbox.Intake.AddAsync(change, cancellationToken)).ToString();
    }

    /// <summary>Takes an opening and, if there is one, what is said with it: both or neither.</summary>
    public async Task OpenAsync(OutboxItem opening, OutboxItem? message, CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        await Model.Outbox.Intake.AddAsync(opening, cancellationToken, then: message);
    }

    /// <summary>Takes a change and waits for what comes of it.</summary>
    public async Task<ChangeResult> ChangeAsync(OutboxItem change, CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        Require(change);
        return await Model.Outbox.Intake.ChangeAsync(change, cancellationToken);
    }

    /// <summary>Waits for what comes of an item that a timeline shows.</summary>
    public async Task<ChangeResult> ResultAsync(ConversationId conversation, string key, CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        return await Model.Outbox.ResultAsync(conversation, key, cancellationToken);
    }

    /// <summary>Reads the storage, once; what failed is tried again by whoever asks next.</summary>
    /// <exception cref="ObjectDisposedException">It is closed.</exception>
    public Task LoadAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposal is not null, this);
            if (_loading is null or { IsFaulted: true } or { IsCanceled: true })
                _loading = Model.LoadAsync();
            return _loading.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Lets what is under way come to its end, then ends the connection.</summary>
    public async Task SuspendAsync(CancellationToken cancellationToken)
    {
        Marks.IsInForeground = false;
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(FinishWithin);
        try
        {
            await foreach (var _ in Model.Conversations.WatchAsync(bound.Token))
            {
                if (Loop.Link is null || Model.Outbox.Waiting().Count == 0)
                    break;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // What is left stays in the outbox.
        }
        finally
        {
            // Also when there is no time left to wait for it; but the app may be back by now.
            if (!Marks.IsInForeground)
                await Loop.SuspendAsync(bound.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await Model.FlushAsync();
    }

    /// <summary>Connects at once. Where a connection has lived on, asks over it for what was missed: a Hello does that on a fresh one.</summary>
    public void Resume()
    {
        Loop.Resume();
        if (Loop.Link is not null)
            Syncer.WantNow([.. Model.Cursors().Select(cursor => cursor.ConversationId)]);
    }

    public void Typing(ConversationId id, string? preview) => _ = _typing.SendAsync(Loop.Link, Model.Resolve(id), preview);

    public Task LoadOlderAsync(ConversationId id, CancellationToken cancellationToken) => _older.LoadAsync(id, cancellationToken);

    /// <summary>What follows the read marks, and then all that comes.</summary>
    public IAsyncEnumerable<ChatEvent> UnreadAsync(CancellationToken cancellationToken) =>
        new UnreadEvents(Model, LoadOlderAsync, _options.TimeProvider).ReadAsync(cancellationToken);

    /// <summary>A call that is not worth keeping when there is no connection.</summary>
    public Task<T> CallAsync<T>(string method, object request, CancellationToken cancellationToken) =>
        Loop.Link is { } link
            ? link.CallAsync<T>(method, request, cancellationToken)
            : throw new ChatException(ChatException.Network, "There is no connection.");

    /// <summary>A REST call with the token.</summary>
    public Task<T> RestAsync<T>(HttpMethod method, string path, object? body, CancellationToken cancellationToken) =>
        Tokens.UseAsync(token => Rest.CallAsync<T>(method, path, body, token, AnswerWithin, cancellationToken), cancellationToken);

    /// <summary>Once, however often it is asked for.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
            return new ValueTask(_disposal ??= DisposePartsAsync());
    }

    /// <summary>Fails when the client has ended for good, with the reason.</summary>
    public void ThrowIfEnded()
    {
        if (Model.Look(default, _ => Model.Ending) is { } ending)
            throw new ChatException(ending.Code, ending);
    }

    private async Task DisposePartsAsync()
    {
        await Loop.DisposeAsync();
        Pause();
        await (_loading ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Model.DisposeAsync();
        Me.End();
        Rest.Dispose();
        Tokens.Dispose();
    }

    private Task WipeAsync()
    {
        Me.Set(null);
        Pause();
        return Model.WipeAsync();
    }

    private void Require(OutboxItem change)
    {
        var id = change.ConversationId;
        if (change.Kind == ChangeKind.OpenConversation || Model.Look(id, held => held is not null) || AlsoKnows?.Invoke(id) == true)
            return;
        throw new ArgumentException($"There is no conversation {id} here: it was not opened, or is not the caller's.", nameof(change));
    }

    private void Begin()
    {
        Model.SetEnding(null);
        Model.Feed.Resume();
    }

    /// <summary>It has ended for good.</summary>
    private void End(ChatException reason)
    {
        Model.SetEnding(reason);
        Model.Feed.End(reason);
        AlsoEnd?.Invoke(reason);
    }

    /// <summary>Nobody waits for anything from here on, and nothing is lost of what is to be sent.</summary>
    private void Pause()
    {
        var reason = new ChatException(ChatException.Network, "The client was stopped.");
        Model.Feed.End(null);
        Model.Outbox.Release(reason);
        AlsoEnd?.Invoke(reason);
    }

    private async Task GreetAsync(ILink link, CancellationToken cancellationToken)
    {
        await _greeting.SayAsync(link, cancellationToken);
        if (AlsoGreet is { } also)
            await also(link, cancellationToken);
    }

    private void OnArrived()
    {
        Syncer.WantNow(_greeting.Missed());
        AlsoArrived?.Invoke();
        Model.Feed.Touch(Model.Cursors().Select(cursor => cursor.ConversationId));
        Marks.Everywhere();
        _pump.Wake();
    }

    private void OnPush(object push)
    {
        _incoming.Take(push);
        AlsoPush?.Invoke(push);
    }
}
