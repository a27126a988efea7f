using Chat.Contracts;

namespace Chat.Client;

/// <summary>
/// The operator's side, for bots and tools. Changes are stored and sent like a visitor's messages; those with a result fail when they are refused. Thread-safe.
/// Tests of an app derive from it and override what the app uses.
/// </summary>
public class OperatorClient : ChatClientBase
{
    // Absent in a fake.
    private readonly OperatorTokens _tokens = null!;
    private readonly Following _following = null!;

    /// <summary>For fakes alone: what is not overridden does not work.</summary>
    protected OperatorClient() { }

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
        Parts = new ClientParts(options, model, rest, _tokens, links(_tokens))
        {
            AlsoGreet = (link, cancellation) => _following!.GreetAsync(link, cancellation),
            AlsoArrived = () => _following!.Arrive(),
            AlsoPush = push => _following!.Take(push),
            AlsoEnd = reason => _following!.End(reason),
            AlsoKnows = id => _following!.Knows(id),
        };
        _following = new Following(Parts, options.RowsPerInbox, options.TimeProvider);
    }

    /// <summary>Who the server takes the caller for, after the first Hello.</summary>
    public virtual Store<Me?> Me => Parts.Me;

    /// <summary>The watched inboxes' conversations that are not closed, by id; as entries, whose visitors have waited longest come first.</summary>
    public virtual Store<IReadOnlyDictionary<ConversationId, InboxRow>> Rows => _following.List.Rows;

    /// <summary>Whether a watched inbox has more than <see cref="Rows"/>: <see cref="ListAsync"/> gives them.</summary>
    public virtual Store<bool> HasMoreRows => _following.List.HasMore;

    /// <summary>
    /// Loads what is stored, signs in with the credentials of the options and connects. Returns when that has succeeded; without a network, after 5 s at the latest, it
    /// returns and goes on trying.
    /// </summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="ChatException">It can never succeed: <c>unauthenticated</c>, <c>must_change_password</c> and other final refusals.</exception>
    public virtual Task StartAsync(CancellationToken cancellationToken = default) => Parts.StartAsync(cancellationToken);

    /// <summary>Signs in, and connects when that has succeeded. With <c>MustChangePassword</c> sign in again with a new password.</summary>
    /// <param name="signIn">Password or token.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ChatException">The server does not know them.</exception>
    public virtual async Task<OperatorSession> SignInAsync(SignIn signIn, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(signIn);
        var session = await _tokens.SignInAsync(signIn, cancellationToken);
        if (session.MustChangePassword)
            return session;
        var known = Me.Value?.Id;
        if (known is null)
            // Somebody else may be connecting.
            Parts.Loop.Reconnect();
        else if (known != session.Operator.Id.Value)
            // What another account reads and waits for ends as theirs.
            await StopAsync();
        await StartAsync(cancellationToken);
        return session;
    }

    /// <summary>Ends the session and leaves nothing readable in the storage.</summary>
    /// <param name="cancellationToken">Gives up telling the server.</param>
    public virtual async Task SignOutAsync(CancellationToken cancellationToken = default)
    {
        await Parts.EndAsync(cancellationToken);
        _following.Forget();
    }

    /// <summary>Follows the lists of inboxes, from now on and over reconnects; replaces what was watched before. Waits for a connection.</summary>
    /// <param name="inboxes">Some of <see cref="Me"/>; absent: all of them, as they are on each connection.</param>
    /// <param name="cancellationToken">Ends the waiting; the lists are followed all the same.</param>
    /// <returns>The rows, when <see cref="Rows"/> has them.</returns>
    public virtual Task<IReadOnlyList<InboxRow>> WatchAsync(
        IReadOnlyList<InboxId>? inboxes = null,
        CancellationToken cancellationToken = default
    ) => _following.WatchAsync(inboxes, cancellationToken);

    /// <summary>A page of conversations, without following them. Of what is not closed the first opened come first.</summary>
    /// <param name="query">Which.</param>
    /// <param name="cursor"><c>Next</c> of the page before.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public virtual Task<ConversationList> ListAsync(
        ConversationQuery? query = null,
        string? cursor = null,
        CancellationToken cancellationToken = default
    ) => Parts.RestAsync<ConversationList>(HttpMethod.Get, RestRoutes.List(query ?? new(), cursor), null, cancellationToken);

    /// <summary>Follows a conversation, from now on and over reconnects. One that is followed already, it leaves alone.</summary>
    /// <param name="conversation">Which. One that the operator may not see is dropped again.</param>
    public virtual void Open(ConversationId conversation) => _following.Open(conversation);

    /// <summary>Follows a conversation and returns when it is in <see cref="ChatClientBase.Conversations"/>.</summary>
    /// <param name="conversation">Which.</param>
    /// <param name="cancellationToken">Ends the waiting; the conversation is followed all the same.</param>
    /// <exception cref="ChatException"><c>not_found</c>: there is none that the operator may see.</exception>
    public virtual Task FollowAsync(ConversationId conversation, CancellationToken cancellationToken = default) =>
        _following.FollowAsync(conversation, cancellationToken);

    /// <summary>Follows it no longer.</summary>
    /// <param name="conversation">Which.</param>
    public virtual void Leave(ConversationId conversation) => _following.Leave(conversation);

    /// <summary>Sends a message to the visitor. Refusals show on its item; a stale one is held. <see cref="ChatClientBase.ResultAsync"/> tells what came of it.</summary>
    /// <param name="conversation">One that is followed, or in <see cref="Rows"/>; others are an <see cref="ArgumentException"/>.</param>
    /// <param name="body">1 to 8,000 UTF-16 units.</param>
    /// <param name="replyTo">Seq of the message answered.</param>
    /// <param name="expectedSeq">The last seq that was seen: when others wrote after it, the message is held.</param>
    /// <param name="key">Of the caller, such as <see cref="MessageKey.For"/>: under one key one message is sent, the first.</param>
    /// <param name="cancellationToken">Cancels before it is stored.</param>
    /// <returns>The item's key, when the message is stored on this device.</returns>
    /// <exception cref="ChatException"><c>conflict</c>: something else waits here under the key.</exception>
    public virtual Task<string> SendAsync(
        ConversationId conversation,
        string body,
        int? replyTo = null,
        int? expectedSeq = null,
        Guid? key = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(body);
        var item = OutboxItem.New(conversation, ChangeKind.Send, key) with { Body = body, ReplyTo = replyTo, ExpectedSeq = expectedSeq };
        return Parts.AddAsync(item, cancellationToken);
    }

    /// <summary>Writes a note, which only staff see.</summary>
    /// <param name="conversation">As above.</param>
    /// <param name="body">1 to 8,000 UTF-16 units.</param>
    /// <param name="replyTo">Seq of the message or note answered.</param>
    /// <param name="key">As above.</param>
    /// <param name="cancellationToken">Cancels before it is stored.</param>
    public virtual Task<string> NoteAsync(
        ConversationId conversation,
        string body,
        int? replyTo = null,
        Guid? key = null,
        CancellationToken cancellationToken = default
    ) => Parts.AddAsync(OutboxItem.New(conversation, ChangeKind.Note, key) with { Body = body, ReplyTo = replyTo }, cancellationToken);

    /// <summary>Sends a held item although others wrote: what is held of the conversation now counts as seen.</summary>
    /// <param name="conversation">Where.</param>
    /// <param name="key">The item.</param>
    public virtual void Release(ConversationId conversation, string key) =>
        Parts.Model.Outbox.Retry(conversation, key, Parts.Model.Look(conversation, held => held?.Log.Seq));

    /// <summary>Takes a conversation that no operator has; of two at once one wins and the other fails with <c>conflict</c>.</summary>
    /// <param name="conversation">Which.</param>
    /// <param name="cancellationToken">Ends the waiting; the change goes on.</param>
    public virtual Task<ChangeResult> ClaimAsync(ConversationId conversation, CancellationToken cancellationToken = default) =>
        Parts.ChangeAsync(OutboxItem.New(conversation, ChangeKind.Claim), cancellationToken);

    /// <summary>Takes a conversation, or finds that it is one's own already.</summary>
    /// <param name="conversation">Which.</param>
    /// <param name="cancellationToken">Ends the waiting; the change goes on.</param>
    /// <returns>False: a colleague has it, or it is over, or it is not known here any longer.</returns>
    public virtual async Task<bool> TryClaimAsync(ConversationId conversation, CancellationToken cancellationToken = default)
    {
        try
        {
            await ClaimAsync(conversation, cancellationToken);
            return true;
        }
        catch (ChatException e)
            when (e.Code == ErrorCode.Conflict.Code || e.Code == ErrorCode.Closed.Code || e.Code == ErrorCode.NotFound.Code)
        {
            return false;
        }
        catch (ArgumentException)
        {
            // No longer in a list: it was closed, or given to whom this operator does not see.
            return false;
        }
    }

    /// <summary>Gives it to an operator, a team or the queue.</summary>
    /// <param name="conversation">Which.</param>
    /// <param name="to">Whom.</param>
    /// <param name="expectedSeq">Fails with <c>conflict</c> when assignment or status changed after it.</param>
    /// <param name="cancellationToken">Ends the waiting; the change goes on.</param>
    public virtual Task<ChangeResult> AssignAsync(
        ConversationId conversation,
        AssignTo to,
        int? expectedSeq = null,
        CancellationToken cancellationToken = default
    ) => Parts.ChangeAsync(OutboxItem.Give(ChangeKind.Assign, conversation, to, null, expectedSeq), cancellationToken);

    /// <summary>Gives it on with a note.</summary>
    /// <param name="conversation">Which.</param>
    /// <param name="to">Whom.</param>
    /// <param name="text">The note.</param>
    /// <param name="expectedSeq">Fails with <c>conflict</c> when assignment or status changed after it.</param>
    /// <param name="cancellationToken">Ends the waiting; the change goes on.</param>
    public virtual Task<ChangeResult> TransferAsync(
        ConversationId conversation,
        AssignTo to,
        string? text = null,
        int? expectedSeq = null,
        CancellationToken cancellationToken = default
    ) => Parts.ChangeAsync(OutboxItem.Give(ChangeKind.Transfer, conversation, to, text, expectedSeq), cancellationToken);

    /// <summary>Opens, snoozes, closes or requeues it.</summary>
    /// <param name="conversation">Which.</param>
    /// <param name="status">The new status.</param>
    /// <param name="snoozeUntil">With snoozed: when it comes back.</param>
    /// <param name="expectedSeq">Fails with <c>conflict</c> when assignment or status changed after it.</param>
    /// <param name="cancellationToken">Ends the waiting; the change goes on.</param>
    public virtual Task<ChangeResult> SetStatusAsync(
        ConversationId conversation,
        ConversationStatus status,
        DateTimeOffset? snoozeUntil = null,
        int? expectedSeq = null,
        CancellationToken cancellationToken = default
    ) => Parts.ChangeAsync(OutboxItem.Turn(conversation, status, snoozeUntil, expectedSeq), cancellationToken);

    /// <summary>Adds and removes tags.</summary>
    /// <param name="conversation">Which.</param>
    /// <param name="add">To add.</param>
    /// <param name="remove">To remove.</param>
    /// <param name="cancellationToken">Ends the waiting; the change goes on.</param>
    public virtual Task<ChangeResult> TagAsync(
        ConversationId conversation,
        IReadOnlyList<string>? add = null,
        IReadOnlyList<string>? remove = null,
        CancellationToken cancellationToken = default
    ) => Parts.ChangeAsync(OutboxItem.New(conversation, ChangeKind.Tag) with { Add = add, Remove = remove }, cancellationToken);

    /// <summary>What is held has been seen, on all devices and over restarts. The server is told once what was written here before is stored.</summary>
    /// <param name="conversation">Where.</param>
    /// <param name="upTo">Up to this seq of the log that is held now; absent: everything.</param>
    public virtual void Read(ConversationId conversation, int? upTo = null) => Parts.Marks.Read(conversation, upTo);

    /// <summary>As above, up to this event. Of a log that has been replaced since, nothing counts as seen.</summary>
    /// <param name="upTo">The last event that has been seen.</param>
    public virtual void Read(ChatEvent upTo)
    {
        ArgumentNullException.ThrowIfNull(upTo);
        Parts.Marks.Read(upTo.ConversationId, upTo.Seq, upTo.Epoch);
    }

    /// <summary>The operator types. Goes out every 3 s at most.</summary>
    /// <param name="conversation">Where.</param>
    public virtual void Typing(ConversationId conversation) => Parts.Typing(conversation, preview: null);

    /// <summary>Tells colleagues that one looks at it; holds for 45 s.</summary>
    /// <param name="conversation">Which.</param>
    public virtual void Viewing(ConversationId conversation) => _following.Say(nameof(IOperatorHub.Viewing), conversation);

    /// <summary>Says whether one takes conversations.</summary>
    /// <param name="availability">Online, away or offline.</param>
    /// <param name="capacity">How many open conversations, 1 to 100; absent leaves it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public virtual Task SetAvailabilityAsync(
        Availability availability,
        int? capacity = null,
        CancellationToken cancellationToken = default
    ) => Parts.RestAsync<object?>(HttpMethod.Put, "me/availability", new SetAvailability(availability, capacity), cancellationToken);

    /// <summary>
    /// The events of followed conversations after one's own read mark, those that are there and then those that come, in order and each once: what
    /// <see cref="Read(ChatEvent)"/> was called for is not given again, on whatever machine. Waits for slow readers. Ends as <see cref="ChatClientBase.EventsAsync"/> does.
    /// </summary>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public virtual IAsyncEnumerable<ChatEvent> UnreadAsync(CancellationToken cancellationToken = default) =>
        Parts.UnreadAsync(cancellationToken);

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
        _following?.List.End();
    }
}
