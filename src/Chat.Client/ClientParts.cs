using Chat.Contracts;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Client;

/// <summary>What both clients are made of, joined: one model, one connection, and those who carry things between the two.</summary>
internal sealed class ClientParts : IAsyncDisposable
{
    private const int OlderPage = 50;

    private static readonly TimeSpan FinishWithin = TimeSpan.FromSeconds(5);
    private static readonly string Sdk = $"chat-dotnet/{typeof(ClientParts).Assembly.GetName().Version?.ToString(3)}";

    private readonly ClientOptions _options;
    private readonly OutboxPump _pump;
    private readonly TypingSender _typing;
    private readonly SemaphoreSlim _starting = new(1);
    private bool _isLoaded;

    // Written before a connection is online, read when it is.
    private HashSet<ConversationId> _greeted = [];

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
        };
        Syncer = new Syncer(model, options.TimeProvider, logger) { Link = () => Loop.Link };
        Marks = new MarkSender(model, options.TimeProvider, logger) { Link = () => Loop.Link };
        _pump = new OutboxPump(model, options.TimeProvider, logger) { Link = () => Loop.Link };
        _typing = new TypingSender(options.TimeProvider);
        model.HoleFound = Syncer.Want;
        model.MarksMoved = Marks.Touch;
        model.Outbox.Filled = _pump.Wake;
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

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        Loop.Start();
    }

    public async Task StopAsync()
    {
        await Loop.StopAsync();
        await Model.FlushAsync();
    }

    /// <summary>Ends the session and leaves nothing.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        await Loop.StopAsync();
        try
        {
            await Tokens.EndAsync(cancellationToken);
        }
        catch (Exception e) when (e is ChatException or OperationCanceledException)
        {
            // The token dies of age; what matters is what others could read on this device.
        }
        Me.Set(null);
        await Model.WipeAsync(CancellationToken.None);
    }

    /// <summary>Takes a change that a timeline shows; its key.</summary>
    public async Task<string> AddAsync(OutboxItem change, CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        return (await Model.Outbox.AddAsync(change, cancellationToken)).ToString();
    }

    /// <summary>Takes a change and waits for what comes of it.</summary>
    public async Task<ChangeResult> ChangeAsync(OutboxItem change, CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        return await Model.Outbox.ChangeAsync(change, cancellationToken);
    }

    /// <summary>Reads the storage, once.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken);
        try
        {
            if (_isLoaded)
                return;
            await Model.LoadAsync(cancellationToken);
            _isLoaded = true;
        }
        finally
        {
            _starting.Release();
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
            // Also when there is no time left to wait for it.
            await Loop.SuspendAsync(bound.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await Model.FlushAsync();
    }

    public void Typing(ConversationId id, string? preview) => _ = _typing.SendAsync(Loop.Link, Model.Resolve(id), preview);

    public async Task LoadOlderAsync(ConversationId id, CancellationToken cancellationToken)
    {
        if (Model.Look(id, held => held is { Log.HasOlder: true, LoadingOlder: false } ? (int?)held.Log.First : null) is not { } first)
            return;
        Model.Update(id, held => held.LoadingOlder = true);
        try
        {
            var query = new HistoryQuery(Model.Resolve(id), Before: first, Limit: OlderPage);
            Model.ApplyOlder(id, await CallAsync<HistoryResult>(nameof(IChatHub.History), query, cancellationToken));
        }
        finally
        {
            Model.Update(id, held => held.LoadingOlder = false);
        }
    }

    /// <summary>A call that is not worth keeping when there is no connection.</summary>
    public Task<T> CallAsync<T>(string method, object request, CancellationToken cancellationToken) =>
        Loop.Link is { } link
            ? link.CallAsync<T>(method, request, cancellationToken)
            : throw new ChatException(ChatException.Network, "There is no connection.");

    /// <summary>A REST call with the token.</summary>
    public async Task<T> RestAsync<T>(HttpMethod method, string path, object? body, CancellationToken cancellationToken) =>
        await Rest.CallAsync<T>(method, path, body, await Tokens.GetAsync(cancellationToken), TimeSpan.FromSeconds(15), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Loop.DisposeAsync();
        await Model.DisposeAsync();
        Rest.Dispose();
        Tokens.Dispose();
        _starting.Dispose();
    }

    private async Task GreetAsync(ILink link, CancellationToken cancellationToken)
    {
        var cursors = Model.Cursors().Take(Limits.Cursors);
        var hello = new Hello(ProtocolVersion.Current, Model.DeviceId, Sdk, _options.Locale, [.. cursors]);
        HelloResult answer;
        try
        {
            answer = await link.CallAsync<HelloResult>(nameof(IChatHub.Hello), hello, cancellationToken);
        }
        catch (ChatException e) when (e.Code == ErrorCode.Unauthenticated.Code)
        {
            Tokens.Forget();
            throw new ChatException(ChatException.Network, e);
        }
        Model.SetMe(answer.You);
        Me.Set(answer.You);
        Syncer.Apply(answer.Conversations);
        var given = answer.Conversations.Select(page => page.Conversation.Id);
        _greeted = [.. given, .. hello.Cursors!.Select(cursor => cursor.ConversationId)];
        if (AlsoGreet is { } also)
            await also(link, cancellationToken);
    }

    private void OnArrived()
    {
        // There was no room for these in the Hello, or they are held since.
        Syncer.WantNow([.. Model.Cursors().Select(cursor => cursor.ConversationId).Where(id => !_greeted.Contains(id))]);
        AlsoArrived?.Invoke();
        Marks.Everywhere();
        _pump.Wake();
    }

    private void OnPush(object push)
    {
        switch (push)
        {
            case ChatEvent e:
                Model.Apply(e);
                break;
            case Skip skip:
                Model.Apply(EventOf(skip));
                break;
            case ConversationPage page:
                Syncer.Apply([page]);
                break;
            case CursorMoved moved:
                Model.Apply(moved);
                break;
            case Ephemeral notice:
                Model.Moments.Apply(notice);
                break;
            case Resync { ConversationId: { } id }:
                Syncer.WantNow([id]);
                break;
            case Resync:
                // Everything may be missing, also conversations that this client has never heard of: a Hello brings it.
                Loop.Renew();
                break;
        }
        AlsoPush?.Invoke(push);
    }

    private static ChatEvent EventOf(Skip skip) =>
        new()
        {
            ConversationId = skip.ConversationId,
            Epoch = skip.Epoch,
            Seq = skip.Seq,
            Type = EventType.Skip,
        };
}
