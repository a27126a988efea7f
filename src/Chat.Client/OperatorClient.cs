using Chat.Contracts;

namespace Chat.Client;

/// <summary>
/// The operator's side, for bots and tools. Changes are stored and sent like a visitor's messages; those with a result fail when they are refused. Thread-safe.
/// </summary>
public sealed class OperatorClient : IAsyncDisposable
{
    private readonly ClientParts _parts;
    private readonly OperatorTokens _tokens;
    private readonly Following _following;

    /// <summary>Makes a client that does nothing yet.</summary>
    /// <param name="options">What it needs. The storage is the client's from now on.</param>
    public OperatorClient(OperatorClientOptions options)
        : this(options, tokens => new SocketLinks(options, "/hubs/operator", tokens)) { }

    internal OperatorClient(OperatorClientOptions options, Func<ITokens, ILinkFactory> links)
    {
        ArgumentNullException.ThrowIfNull(options);
        var model = new ChatModel(Side.Operator, options.Storage ?? new MemoryStorage(), options.TimeProvider);
        var rest = new RestCalls(options);
        _tokens = new OperatorTokens(options, rest);
        _parts = new ClientParts(options, model, rest, _tokens, links(_tokens))
        {
            AlsoGreet = (link, cancellation) => _following!.GreetAsync(link, cancellation),
            AlsoArrived = () => _following!.Arrive(),
            AlsoPush = push => _following!.Take(push),
        };
        _following = new Following(_parts);
    }

    /// <summary>What the connection is doing.</summary>
    public Store<ConnectionState> Connection => _parts.Loop.State;

    /// <summary>Who the server takes the caller for, after the first Hello.</summary>
    public Store<Me?> Me => _parts.Me;

    /// <summary>Conversations that are followed, by id.</summary>
    public Store<IReadOnlyDictionary<ConversationId, ConversationState>> Conversations => _parts.Model.Conversations;

    /// <summary>The watched inboxes' conversations that are not closed, by id.</summary>
    public Store<IReadOnlyDictionary<ConversationId, InboxRow>> Rows => _following.Rows;

    /// <summary>Loads what is stored and begins to connect, signing in with the credentials of the options.</summary>
    /// <param name="cancellationToken">Cancels the loading.</param>
    public Task StartAsync(CancellationToken cancellationToken = default) => _parts.StartAsync(cancellationToken);

    /// <summary>Ends the connection; <see cref="StartAsync"/> goes on.</summary>
    public Task StopAsync() => _parts.StopAsync();

    /// <summary>Signs in, and connects when that has succeeded. With <c>MustChangePassword</c> sign in again with a new password.</summary>
    /// <param name="signIn">Password or token.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ChatException">The server does not know him.</exception>
    public async Task<OperatorSession> SignInAsync(SignIn signIn, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(signIn);
        var session = await _tokens.SignInAsync(signIn, cancellationToken);
        if (!session.MustChangePassword)
            await StartAsync(cancellationToken);
        return session;
    }

    /// <summary>Ends the session and leaves nothing readable in the storage.</summary>
    /// <param name="cancellationToken">Gives up telling the server.</param>
    public async Task SignOutAsync(CancellationToken cancellationToken = default)
    {
        await _parts.EndAsync(cancellationToken);
        _following.Forget();
    }

    /// <summary>The device has a network again, or another one: no pause is waited for.</summary>
    public void NetworkChanged() => _parts.Loop.Reconnect();

    /// <summary>Follows the lists of these inboxes, from now on and over reconnects; replaces what was watched before.</summary>
    /// <param name="inboxes">Those of <see cref="Me"/>, or some of them.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task WatchAsync(IReadOnlyList<InboxId> inboxes, CancellationToken cancellationToken = default) =>
        _following.WatchAsync(inboxes, cancellationToken);

    /// <summary>Follows a conversation, from now on and over reconnects.</summary>
    /// <param name="conversation">Which.</param>
    public void Open(ConversationId conversation) => _following.Open(conversation);

    /// <summary>Follows it no longer.</summary>
    /// <param name="conversation">Which.</param>
    public void Leave(ConversationId conversation) => _following.Leave(conversation);

    /// <summary>Sends a message to the visitor. Refusals show on its item; a stale one is held.</summary>
    /// <param name="conversation">Where.</param>
    /// <param name="body">1 to 8,000 UTF-16 units.</param>
    /// <param name="replyTo">Seq of the message answered.</param>
    /// <param name="expectedSeq">The last seq that was seen: when others wrote after it, the message is held.</param>
    /// <param name="cancellationToken">Cancels before it is stored.</param>
    public Task<string> SendAsync(
        ConversationId conversation,
        string body,
        int? replyTo = null,
        int? expectedSeq = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(body);
        var item = OutboxItem.New(conversation, ChangeKind.Send) with { Body = body, ReplyTo = replyTo, ExpectedSeq = expectedSeq };
        return _parts.AddAsync(item, cancellationToken);
    }

    /// <summary>Writes a note, which only staff see.</summary>
    /// <param name="conversation">Where.</param>
    /// <param name="body">1 to 8,000 UTF-16 units.</param>
    /// <param name="replyTo">Seq of the message or note answered.</param>
    /// <param name="cancellationToken">Cancels before it is stored.</param>
    public Task<string> NoteAsync(
        ConversationId conversation,
        string body,
        int? replyTo = null,
        CancellationToken cancellationToken = default
    ) => _parts.AddAsync(OutboxItem.New(conversation, ChangeKind.Note) with { Body = body, ReplyTo = replyTo }, cancellationToken);

    /// <summary>Gives an own message or note a new text.</summary>
    /// <param name="conversation">Where.</param>
    /// <param name="seq">The message.</param>
    /// <param name="body">The new text.</param>
    /// <param name="cancellationToken">Cancels before it is stored.</param>
    public Task EditAsync(ConversationId conversation, int seq, string body, CancellationToken cancellationToken = default) =>
        _parts.AddAsync(OutboxItem.New(conversation, ChangeKind.Edit) with { Seq = seq, Body = body }, cancellationToken);

    /// <summary>Erases an own message or note; a supervisor anyone's.</summary>
    /// <param name="conversation">Where.</param>
    /// <param name="seq">The message.</param>
    /// <param name="cancellationToken">Cancels before it is stored.</param>
    public Task RemoveAsync(ConversationId conversation, int seq, CancellationToken cancellationToken = default) =>
        _parts.AddAsync(OutboxItem.New(conversation, ChangeKind.Delete) with { Seq = seq }, cancellationToken);

    /// <summary>Sends a held item although others wrote: what is held of the conversation now counts as seen.</summary>
    /// <param name="conversation">Where.</param>
    /// <param name="key">The item.</param>
    public void Release(ConversationId conversation, string key) =>
        _parts.Model.Outbox.Retry(conversation, key, _parts.Model.Look(conversation, held => held?.Log.Seq));

    /// <summary>Tries a failed item, or a failed change of an item, once more.</summary>
    /// <param name="conversation">Where.</param>
    /// <param name="key">The item.</param>
    public void Retry(ConversationId conversation, string key) => _parts.Model.Outbox.Retry(conversation, key);

    /// <summary>Takes a failed or held item out and returns its text; of a failed change only the change.</summary>
    /// <param name="conversation">Where.</param>
    /// <param name="key">The item.</param>
    public string? Discard(ConversationId conversation, string key) => _parts.Model.Outbox.Discard(conversation, key);

    /// <summary>Takes a conversation that no operator has; of two at once one wins and the other fails with <c>conflict</c>.</summary>
    /// <param name="conversation">Which.</param>
    /// <param name="cancellationToken">Ends the waiting; the change goes on.</param>
    public Task<ChangeResult> ClaimAsync(ConversationId conversation, CancellationToken cancellationToken = default) =>
        _parts.ChangeAsync(OutboxItem.New(conversation, ChangeKind.Claim), cancellationToken);

    /// <summary>Gives it to an operator, a team or the queue.</summary>
    /// <param name="conversation">Which.</param>
    /// <param name="to">Whom.</param>
    /// <param name="expectedSeq">Fails with <c>conflict</c> when assignment or status changed after it.</param>
    /// <param name="cancellationToken">Ends the waiting; the change goes on.</param>
    public Task<ChangeResult> AssignAsync(
        ConversationId conversation,
        AssignTo to,
        int? expectedSeq = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(to);
        var item = OutboxItem.New(conversation, ChangeKind.Assign) with
        {
            OperatorId = to.OperatorId,
            TeamId = to.TeamId,
            ExpectedSeq = expectedSeq,
        };
        return _parts.ChangeAsync(item, cancellationToken);
    }

    /// <summary>Gives it on with a note.</summary>
    /// <param name="conversation">Which.</param>
    /// <param name="to">Whom.</param>
    /// <param name="text">The note.</param>
    /// <param name="expectedSeq">Fails with <c>conflict</c> when assignment or status changed after it.</param>
    /// <param name="cancellationToken">Ends the waiting; the change goes on.</param>
    public Task<ChangeResult> TransferAsync(
        ConversationId conversation,
        AssignTo to,
        string? text = null,
        int? expectedSeq = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(to);
        var item = OutboxItem.New(conversation, ChangeKind.Transfer) with
        {
            OperatorId = to.OperatorId,
            TeamId = to.TeamId,
            Body = text,
            ExpectedSeq = expectedSeq,
        };
        return _parts.ChangeAsync(item, cancellationToken);
    }

    /// <summary>Opens, snoozes, closes or requeues it.</summary>
    /// <param name="conversation">Which.</param>
    /// <param name="status">The new status.</param>
    /// <param name="snoozeUntil">With snoozed: when it comes back.</param>
    /// <param name="expectedSeq">Fails with <c>conflict</c> when assignment or status changed after it.</param>
    /// <param name="cancellationToken">Ends the waiting; the change goes on.</param>
    public Task<ChangeResult> SetStatusAsync(
        ConversationId conversation,
        ConversationStatus status,
        DateTimeOffset? snoozeUntil = null,
        int? expectedSeq = null,
        CancellationToken cancellationToken = default
    )
    {
        var item = OutboxItem.New(conversation, ChangeKind.SetStatus) with
        {
            Status = status,
            SnoozeUntil = snoozeUntil,
            ExpectedSeq = expectedSeq,
        };
        return _parts.ChangeAsync(item, cancellationToken);
    }

    /// <summary>Adds and removes tags.</summary>
    /// <param name="conversation">Which.</param>
    /// <param name="add">To add.</param>
    /// <param name="remove">To remove.</param>
    /// <param name="cancellationToken">Ends the waiting; the change goes on.</param>
    public Task<ChangeResult> TagAsync(
        ConversationId conversation,
        IReadOnlyList<string>? add = null,
        IReadOnlyList<string>? remove = null,
        CancellationToken cancellationToken = default
    ) => _parts.ChangeAsync(OutboxItem.New(conversation, ChangeKind.Tag) with { Add = add, Remove = remove }, cancellationToken);

    /// <summary>Everything that is held has been seen.</summary>
    /// <param name="conversation">Where.</param>
    public void Read(ConversationId conversation) => _parts.Marks.Read(conversation);

    /// <summary>The operator types. Goes out every 3 s at most.</summary>
    /// <param name="conversation">Where.</param>
    public void Typing(ConversationId conversation) => _parts.Typing(conversation, preview: null);

    /// <summary>Tells colleagues that one looks at it; holds for 45 s.</summary>
    /// <param name="conversation">Which.</param>
    public void Viewing(ConversationId conversation) => _following.Say(nameof(IOperatorHub.Viewing), conversation);

    /// <summary>Fetches a page of what came before the first event held.</summary>
    /// <param name="conversation">Where.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task LoadOlderAsync(ConversationId conversation, CancellationToken cancellationToken = default) =>
        _parts.LoadOlderAsync(conversation, cancellationToken);

    /// <summary>Says whether one takes conversations.</summary>
    /// <param name="availability">Online, away or offline.</param>
    /// <param name="capacity">How many open conversations, 1 to 100; absent leaves it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task SetAvailabilityAsync(Availability availability, int? capacity = null, CancellationToken cancellationToken = default) =>
        _parts.RestAsync<object?>(HttpMethod.Put, "me/availability", new SetAvailability(availability, capacity), cancellationToken);

    /// <summary>Every event as it is taken into a followed log, from now on, in order and once. Reading stops at 10,000 unread ones.</summary>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public IAsyncEnumerable<ChatEvent> EventsAsync(CancellationToken cancellationToken = default) =>
        _parts.Model.Feed.ReadAsync(cancellationToken);

    /// <summary>Ends the connection and closes the storage.</summary>
    public ValueTask DisposeAsync() => _parts.DisposeAsync();
}
