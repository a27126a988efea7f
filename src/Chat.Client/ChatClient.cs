using Chat.Contracts;

namespace Chat.Client;

/// <summary>
/// The visitor's side, for apps. What is sent is first stored and then sent, over lost networks and killed processes, once; what is shown is the server's log.
/// Nothing touches network or storage before <see cref="StartAsync"/>. Safe to be called from every thread. Tests of an app derive from it and override what the app
/// uses.
/// </summary>
public class ChatClient : ChatClientBase
{
    // Absent in a fake.
    private readonly VisitorTokens _tokens = null!;
    private readonly PushAddress _pushAddress = null!;

    /// <summary>For fakes alone: what is not overridden does not work.</summary>
    protected ChatClient() { }

    /// <summary>Makes a client that does nothing yet.</summary>
    /// <param name="options">What it needs. The storage is the client's from now on.</param>
    public ChatClient(ChatClientOptions options)
        : this(options, links: null) { }

    internal ChatClient(ChatClientOptions options, Func<ITokens, ILinkFactory>? links)
    {
        ArgumentNullException.ThrowIfNull(options);
        var model = new ChatModel(Side.Visitor, options.Storage ?? new MemoryStorage(), options.TimeProvider);
        var rest = new RestCalls(options);
        _tokens = new VisitorTokens(options, rest, model);
        links ??= tokens => new SocketLinks(
            options,
            "/hubs/visitor",
            tokens,
            onPush => new PollLink(rest, tokens, model, options.TimeProvider, onPush)
        );
        Parts = new ClientParts(options, model, rest, _tokens, links(_tokens)) { AlsoGreet = GreetAsync };
        _pushAddress = new PushAddress(Parts);
    }

    /// <summary>Unread messages of all conversations.</summary>
    public virtual Store<int> Unread => Parts.Model.Unread;

    /// <summary>Whom the server takes this device for.</summary>
    public virtual Store<VisitorSessionState> Session => Parts.Model.Account.SessionState;

    /// <summary>
    /// Loads what is stored and connects. Returns when that has succeeded; without a network, after 5 s at the latest, it returns and goes on trying: what is stored is
    /// shown at once, and what is written is kept.
    /// </summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="ChatException">
    /// It can never succeed: <c>not_found</c> (there is no such inbox), <c>forbidden</c> (it does not allow native apps, or the visitor is blocked),
    /// <c>unauthenticated</c> and other final refusals.
    /// </exception>
    public virtual Task StartAsync(CancellationToken cancellationToken = default) => Parts.StartAsync(cancellationToken);

    /// <summary>The app leaves the foreground: finishes what is under way, at most 5 s, and ends the connection. Nothing is read from now on.</summary>
    /// <param name="cancellationToken">Ends at once.</param>
    public virtual Task EnterBackgroundAsync(CancellationToken cancellationToken = default) => Parts.SuspendAsync(cancellationToken);

    /// <summary>The app is in the foreground again: connects at once and asks for what was missed, also where the connection seems to have lived on.</summary>
    public virtual void EnterForeground()
    {
        Parts.Marks.IsInForeground = true;
        Parts.Resume();
    }

    /// <summary>Whether the visitor sees the chat while the app is in the foreground: a hidden chat reads nothing.</summary>
    /// <param name="isVisible">Whether he does.</param>
    public virtual void SetVisible(bool isVisible) => Parts.Marks.IsShown = isVisible;

    /// <summary>The host vouches for its user. This device's conversations become his.</summary>
    /// <param name="identityToken">A JWT of the host, at most 10 minutes old.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ChatException">The server does not believe it, or cannot be reached.</exception>
    public virtual async Task IdentifyAsync(string identityToken, CancellationToken cancellationToken = default)
    {
        await Parts.LoadAsync(cancellationToken);
        await _tokens.IdentifyAsync(identityToken, cancellationToken);
        Parts.Loop.Reconnect();
    }

    /// <summary>
    /// Ends the session on this device and leaves nothing readable in the storage, the outbox included, also when the server cannot be reached.
    /// <see cref="StartAsync"/> begins as somebody new.
    /// </summary>
    /// <param name="cancellationToken">Gives up telling the server.</param>
    public virtual Task LogoutAsync(CancellationToken cancellationToken = default) => Parts.EndAsync(cancellationToken);

    /// <summary>Opens a conversation. It can be used at once and for good under the id returned; the server gives another one, see <see cref="Resolve"/>.</summary>
    /// <param name="options">Topic, form and first message.</param>
    /// <param name="cancellationToken">Cancels before it is stored.</param>
    /// <returns>Its id on this device, when it is stored.</returns>
    public virtual async Task<ConversationId> OpenAsync(OpenOptions? options = null, CancellationToken cancellationToken = default)
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
        var message = options?.Body is { } body ? OutboxItem.New(id, ChangeKind.Send) with { Body = body } : null;
        await Parts.OpenAsync(item, message, cancellationToken);
        return id;
    }

    /// <summary>The id under which a conversation is now.</summary>
    /// <param name="conversation">The id that <see cref="OpenAsync"/> gave, or any other.</param>
    public virtual ConversationId Resolve(ConversationId conversation) => Parts.Model.Resolve(conversation);

    /// <summary>Sends a message. Refusals show on its item; <see cref="ChatClientBase.ResultAsync"/> tells what came of it.</summary>
    /// <param name="conversation">One of the visitor's; others are an <see cref="ArgumentException"/>.</param>
    /// <param name="body">1 to 8,000 UTF-16 units. One that shows nothing (<see cref="ChatText.IsBlank"/>) is refused as <c>invalid</c>.</param>
    /// <param name="replyTo">Seq of the message answered.</param>
    /// <param name="key">Of the caller: under one key one message is sent, the first. Absent: a new one.</param>
    /// <param name="cancellationToken">Cancels before it is stored.</param>
    /// <returns>The item's key, when the message is stored on this device.</returns>
    public virtual async Task<string> SendAsync(
        ConversationId conversation,
        string body,
        int? replyTo = null,
        Guid? key = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(body);
        var item = OutboxItem.New(conversation, ChangeKind.Send, key) with { Body = body, ReplyTo = replyTo };
        return await Parts.AddAsync(item, cancellationToken);
    }

    /// <summary>Rates a conversation; the newest rating counts.</summary>
    /// <param name="conversation">Which.</param>
    /// <param name="score">1 to 5.</param>
    /// <param name="comment">At most 2,000 characters.</param>
    /// <param name="cancellationToken">Ends the waiting; the rating goes on.</param>
    /// <exception cref="ChatException">It was refused.</exception>
    public virtual Task<ChangeResult> RateAsync(
        ConversationId conversation,
        int score,
        string? comment = null,
        CancellationToken cancellationToken = default
    ) => Parts.ChangeAsync(OutboxItem.New(conversation, ChangeKind.Rate) with { Score = score, Body = comment }, cancellationToken);

    /// <summary>Ends a conversation.</summary>
    /// <param name="conversation">Which.</param>
    /// <param name="cancellationToken">Ends the waiting; the change goes on.</param>
    /// <exception cref="ChatException">It was refused.</exception>
    public virtual Task<ChangeResult> CloseAsync(ConversationId conversation, CancellationToken cancellationToken = default) =>
        Parts.ChangeAsync(OutboxItem.New(conversation, ChangeKind.Close), cancellationToken);

    /// <summary>Everything that is held has been seen. Waits while the chat is not in sight.</summary>
    /// <param name="conversation">Where.</param>
    public virtual void Read(ConversationId conversation) => Parts.Marks.Read(Parts.Model.Resolve(conversation));

    /// <summary>The visitor types. May be called at each key; goes out every 3 s at most.</summary>
    /// <param name="conversation">Where.</param>
    /// <param name="preview">The text so far, where the inbox allows previews.</param>
    public virtual void Typing(ConversationId conversation, string? preview = null) => Parts.Typing(conversation, preview);

    /// <summary>
    /// Where this device is to be woken for messages that it does not have and the visitor has not read. Kept, and told to the server on the next connection if there
    /// is none now; a logout ends it.
    /// </summary>
    /// <param name="platform">A word that the service's push provider knows, such as <c>fcm</c> or <c>apns</c>; at most 32 characters.</param>
    /// <param name="token">The device's address there, at most 4,096 characters.</param>
    /// <param name="cancellationToken">Cancels before it is stored.</param>
    /// <exception cref="ChatException">The server refuses the address as <c>invalid</c>; then none is kept.</exception>
    public virtual Task RegisterDeviceAsync(string platform, string token, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(platform);
        ArgumentException.ThrowIfNullOrEmpty(token);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(platform.Length, Limits.PlatformLength, nameof(platform));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(token.Length, Limits.PushTokenLength, nameof(token));
        return _pushAddress.SetAsync(platform, token, cancellationToken);
    }

    /// <summary>This device is to be woken no longer. Kept, and told to the server on the next connection if there is none now.</summary>
    /// <param name="cancellationToken">Cancels before it is stored.</param>
    public virtual Task UnregisterDeviceAsync(CancellationToken cancellationToken = default) =>
        _pushAddress.SetAsync("", "", cancellationToken);

    /// <summary>
    /// What a push is about, asked for once without a connection, and told to the server as delivered. For what the system wakes an app with, also before
    /// <see cref="StartAsync"/>. Without a network, and where another process has the storage, the receipt has what the push says.
    /// </summary>
    /// <param name="push">What <see cref="PushMessage.Parse(string)"/> has read.</param>
    /// <param name="links">How the app's links to conversations begin.</param>
    /// <param name="cancellationToken">The system's time is over: the receipt has what the push says.</param>
    /// <returns>Null: this device is nobody's or another visitor's by now; show nothing.</returns>
    public virtual Task<PushReceipt?> ReceivePushAsync(
        PushMessage push,
        string links = PushMessage.ConversationLinks,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(push);
        return new PushReceiver(Parts).ReceiveAsync(push, links, cancellationToken);
    }

    /// <summary>How the inbox wants to look, and whether somebody is there.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    public virtual Task<WidgetSettings> GetWidgetAsync(CancellationToken cancellationToken = default) =>
        Parts.Rest.CallAsync<WidgetSettings>(
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
    public virtual Task<string> GetTranscriptAsync(
        ConversationId conversation,
        string locale,
        CancellationToken cancellationToken = default
    ) =>
        Parts.RestAsync<string>(
            HttpMethod.Get,
            $"conversations/{Resolve(conversation)}/transcript?locale={Uri.EscapeDataString(locale)}",
            body: null,
            cancellationToken
        );

    private async Task GreetAsync(ILink link, CancellationToken cancellationToken)
    {
        // First: with a session the server forgets its device, which may be this one.
        await _tokens.PartAsync(cancellationToken);
        await _pushAddress.TellAsync(link, cancellationToken);
    }
}
