using Chat.Contracts;

namespace Chat.Client;

/// <summary>
/// The visitor's side, for apps. What is sent is first stored and then sent, over lost networks and killed processes, once; what is shown is the server's log.
/// Nothing touches network or storage before <see cref="StartAsync"/>. Safe to be called from every thread.
/// </summary>
public sealed class ChatClient : IAsyncDisposable
{
    private readonly ClientParts _parts;
    private readonly VisitorTokens _tokens;

    /// <summary>Makes a client that does nothing yet.</summary>
    /// <param name="options">What it needs. The storage is the client's from now on.</param>
    public ChatClient(ChatClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var model = new ChatModel(Side.Visitor, options.Storage ?? new MemoryStorage(), options.TimeProvider);
        var rest = new RestCalls(options);
        _tokens = new VisitorTokens(options, rest, model);
        var links = new SocketLinks(
            options,
            "/hubs/visitor",
            _tokens,
            onPush => new PollLink(rest, _tokens, model, options.TimeProvider, onPush)
        );
        _parts = new ClientParts(options, model, rest, _tokens, links) { AlsoGreet = TellDeviceAsync };
    }

    /// <summary>What the connection is doing.</summary>
    public Store<ConnectionState> Connection => _parts.Loop.State;

    /// <summary>All conversations of the visitor, by id.</summary>
    public Store<IReadOnlyDictionary<ConversationId, ConversationState>> Conversations => _parts.Model.Conversations;

    /// <summary>Whom the server takes this device for.</summary>
    public Store<VisitorSessionState> Session => _parts.Model.SessionState;

    /// <summary>Loads what is stored and begins to connect. Returns when it is loaded; being connected is not waited for.</summary>
    /// <param name="cancellationToken">Cancels the loading.</param>
    public Task StartAsync(CancellationToken cancellationToken = default) => _parts.StartAsync(cancellationToken);

    /// <summary>Ends the connection. What is not sent stays in the outbox; <see cref="StartAsync"/> goes on.</summary>
    public Task StopAsync() => _parts.StopAsync();

    /// <summary>The app leaves the foreground: finishes what is under way, at most 5 s, and ends the connection. Nothing is read from now on.</summary>
    /// <param name="cancellationToken">Ends at once.</param>
    public Task EnterBackgroundAsync(CancellationToken cancellationToken = default) => _parts.SuspendAsync(cancellationToken);

    /// <summary>The app is in the foreground again: connects at once and asks for what was missed.</summary>
    public void EnterForeground()
    {
        _parts.Marks.IsInForeground = true;
        _parts.Loop.Resume();
    }

    /// <summary>Whether the visitor sees the chat while the app is in the foreground: a hidden chat reads nothing.</summary>
    /// <param name="isVisible">Whether he does.</param>
    public void SetVisible(bool isVisible) => _parts.Marks.IsShown = isVisible;

    /// <summary>The device has a network again, or another one: no pause is waited for.</summary>
    public void NetworkChanged() => _parts.Loop.Reconnect();

    /// <summary>The host vouches for its user. This device's conversations become his.</summary>
    /// <param name="identityToken">A JWT of the host, at most 10 minutes old.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ChatException">The server does not believe it, or cannot be reached.</exception>
    public async Task IdentifyAsync(string identityToken, CancellationToken cancellationToken = default)
    {
        await _parts.LoadAsync(cancellationToken);
        await _tokens.IdentifyAsync(identityToken, cancellationToken);
        _parts.Loop.Reconnect();
    }

    /// <summary>
    /// Ends the session on this device and leaves nothing readable in the storage, the outbox included, also when the server cannot be reached.
    /// <see cref="StartAsync"/> begins as somebody new.
    /// </summary>
    /// <param name="cancellationToken">Gives up telling the server.</param>
    public Task LogoutAsync(CancellationToken cancellationToken = default) => _parts.EndAsync(cancellationToken);

    /// <summary>Opens a conversation. It can be used at once under the id returned, which is the server's once it has answered: see <see cref="Resolve"/>.</summary>
    /// <param name="options">Topic, form and first message.</param>
    /// <param name="cancellationToken">Cancels before it is stored.</param>
    /// <returns>Its id for now, when it is stored.</returns>
    public async Task<ConversationId> OpenAsync(OpenOptions? options = null, CancellationToken cancellationToken = default)
    {
        var clientId = Guid.NewGuid();
        var id = new ConversationId(clientId);
        var item = OutboxItem.New(id, ChangeKind.OpenConversation) with
        {
            ClientId = clientId,
            Topic = options?.Topic,
            Fields = options?.Fields,
            Page = options?.Page,
        };
        await _parts.AddAsync(item, cancellationToken);
        if (options?.Body is { } body)
            await SendAsync(id, body, cancellationToken: cancellationToken);
        return id;
    }

    /// <summary>The id under which a conversation is now.</summary>
    /// <param name="conversation">The id that <see cref="OpenAsync"/> gave, or any other.</param>
    public ConversationId Resolve(ConversationId conversation) => _parts.Model.Resolve(conversation);

    /// <summary>Sends a message. Refusals show on its item.</summary>
    /// <param name="conversation">Where.</param>
    /// <param name="body">1 to 8,000 UTF-16 units.</param>
    /// <param name="replyTo">Seq of the message answered.</param>
    /// <param name="cancellationToken">Cancels before it is stored.</param>
    /// <returns>The item's key, when the message is stored on this device.</returns>
    public async Task<string> SendAsync(
        ConversationId conversation,
        string body,
        int? replyTo = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(body);
        return await _parts.AddAsync(
            OutboxItem.New(conversation, ChangeKind.Send) with
            {
                Body = body,
                ReplyTo = replyTo,
            },
            cancellationToken
        );
    }

    /// <summary>Gives an own message a new text.</summary>
    /// <param name="conversation">Where.</param>
    /// <param name="seq">The message.</param>
    /// <param name="body">The new text.</param>
    /// <param name="cancellationToken">Cancels before it is stored.</param>
    public Task EditAsync(ConversationId conversation, int seq, string body, CancellationToken cancellationToken = default) =>
        _parts.AddAsync(OutboxItem.New(conversation, ChangeKind.Edit) with { Seq = seq, Body = body }, cancellationToken);

    /// <summary>Erases an own message.</summary>
    /// <param name="conversation">Where.</param>
    /// <param name="seq">The message.</param>
    /// <param name="cancellationToken">Cancels before it is stored.</param>
    public Task RemoveAsync(ConversationId conversation, int seq, CancellationToken cancellationToken = default) =>
        _parts.AddAsync(OutboxItem.New(conversation, ChangeKind.Delete) with { Seq = seq }, cancellationToken);

    /// <summary>Tries a failed item, or a failed change of an item, once more.</summary>
    /// <param name="conversation">Where.</param>
    /// <param name="key">The item.</param>
    public void Retry(ConversationId conversation, string key) => _parts.Model.Outbox.Retry(conversation, key);

    /// <summary>Takes a failed item out and returns its text; of a failed change only the change.</summary>
    /// <param name="conversation">Where.</param>
    /// <param name="key">The item.</param>
    public string? Discard(ConversationId conversation, string key) => _parts.Model.Outbox.Discard(conversation, key);

    /// <summary>Rates a conversation; the newest rating counts.</summary>
    /// <param name="conversation">Which.</param>
    /// <param name="score">1 to 5.</param>
    /// <param name="comment">At most 2,000 characters.</param>
    /// <param name="cancellationToken">Ends the waiting; the rating goes on.</param>
    /// <exception cref="ChatException">It was refused.</exception>
    public Task<ChangeResult> RateAsync(
        ConversationId conversation,
        int score,
        string? comment = null,
        CancellationToken cancellationToken = default
    ) => _parts.ChangeAsync(OutboxItem.New(conversation, ChangeKind.Rate) with { Score = score, Body = comment }, cancellationToken);

    /// <summary>Ends a conversation.</summary>
    /// <param name="conversation">Which.</param>
    /// <param name="cancellationToken">Ends the waiting; the change goes on.</param>
    /// <exception cref="ChatException">It was refused.</exception>
    public Task<ChangeResult> CloseAsync(ConversationId conversation, CancellationToken cancellationToken = default) =>
        _parts.ChangeAsync(OutboxItem.New(conversation, ChangeKind.Close), cancellationToken);

    /// <summary>Everything that is held has been seen. Waits while the chat is not in sight.</summary>
    /// <param name="conversation">Where.</param>
    public void Read(ConversationId conversation) => _parts.Marks.Read(_parts.Model.Resolve(conversation));

    /// <summary>The visitor types. May be called at each key; goes out every 3 s at most.</summary>
    /// <param name="conversation">Where.</param>
    /// <param name="preview">The text so far, where the inbox allows previews.</param>
    public void Typing(ConversationId conversation, string? preview = null) => _parts.Typing(conversation, preview);

    /// <summary>Fetches a page of what came before the first event held.</summary>
    /// <param name="conversation">Where.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ChatException">There is no connection.</exception>
    public Task LoadOlderAsync(ConversationId conversation, CancellationToken cancellationToken = default) =>
        _parts.LoadOlderAsync(conversation, cancellationToken);

    /// <summary>Every event as it is taken into a log, from now on, in order and once. Reading stops at 10,000 unread ones.</summary>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public IAsyncEnumerable<ChatEvent> EventsAsync(CancellationToken cancellationToken = default) =>
        _parts.Model.Feed.ReadAsync(cancellationToken);

    /// <summary>
    /// Where this device is to be woken for messages that it does not have and the visitor has not read. Kept, and told to the server on the next connection if there
    /// is none now; a logout ends it.
    /// </summary>
    /// <param name="platform">A word that the service's push provider knows, such as <c>fcm</c> or <c>apns</c>.</param>
    /// <param name="token">The device's address there.</param>
    /// <param name="cancellationToken">Cancels before it is stored.</param>
    public async Task RegisterDeviceAsync(string platform, string token, CancellationToken cancellationToken = default)
    {
        await _parts.LoadAsync(cancellationToken);
        var known = _parts.Model.PushDevice;
        if (known?.Platform == platform && known.Token == token)
            return;
        await _parts.Model.SetPushDeviceAsync(new SavedDevice(platform, token, ToldFor: null));
        if (_parts.Loop.Link is { } link)
            await TellDeviceAsync(link, cancellationToken);
    }

    /// <summary>How the inbox wants to look, and whether somebody is there.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<WidgetSettings> GetWidgetAsync(CancellationToken cancellationToken = default) =>
        _parts.Rest.CallAsync<WidgetSettings>(
            HttpMethod.Get,
            $"widget/{Uri.EscapeDataString(_tokens.Inbox)}",
            body: null,
            token: null,
            TimeSpan.FromSeconds(15),
            cancellationToken
        );

    /// <summary>The conversation as text, as it stands now.</summary>
    /// <param name="conversation">Which.</param>
    /// <param name="locale"><c>en</c> or <c>ru</c>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<string> GetTranscriptAsync(ConversationId conversation, string locale, CancellationToken cancellationToken = default) =>
        _parts.RestAsync<string>(
            HttpMethod.Get,
            $"conversations/{Resolve(conversation)}/transcript?locale={Uri.EscapeDataString(locale)}",
            body: null,
            cancellationToken
        );

    /// <summary>Ends the connection and closes the storage.</summary>
    public ValueTask DisposeAsync() => _parts.DisposeAsync();

    private async Task TellDeviceAsync(ILink link, CancellationToken cancellationToken)
    {
        var visitor = _parts.Model.Session?.VisitorId;
        if (_parts.Model.PushDevice is not { } device || device.ToldFor == visitor)
            return;
        try
        {
            var request = new RegisterDevice(device.Platform, device.Token);
            await link.CallAsync<object?>(nameof(IVisitorHub.RegisterDevice), request, cancellationToken);
            await _parts.Model.SetPushDeviceAsync(device with { ToldFor = visitor });
        }
        catch (ChatException)
        {
            // Told on the next connection.
        }
    }
}
