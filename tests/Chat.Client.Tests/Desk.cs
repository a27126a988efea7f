using Chat.Contracts;

namespace Chat.Client.Tests;

/// <summary>An operator's client at a server that is not there: it has one conversation, that of <see cref="Pages"/>, and answers as it is told.</summary>
internal sealed class Desk : IAsyncDisposable
{
    public static readonly InboxId Shop = new(Guid.CreateVersion7());

    /// <summary>Who the server takes the client for.</summary>
    public static readonly Actor Bot = new(ActorKind.Operator, Shop.Value, "Bot");

    private int _head = Pages.Head;

    public Desk(int rowsPerInbox = Limits.WatchRows, Func<HttpRequestMessage, Task<HttpResponseMessage>>? rest = null)
    {
        Links = new RecordingLink.Factory { Answer = AnswerAsync };
        rest ??= _ => Task.FromResult(StubHandler.Refusal(ErrorCode.Unavailable));
        var options = new OperatorClientOptions
        {
            Url = new Uri("http://chat.example"),
            HttpHandler = () => new StubHandler(rest),
            Credentials = _ => Task.FromResult(new SignIn { Email = "bot@chat.example", Password = "secret" }),
            RowsPerInbox = rowsPerInbox,
        };
        Client = new OperatorClient(options, _ => Links);
        Change = request => Task.FromResult(Store(request));
    }

    public OperatorClient Client { get; }

    public RecordingLink.Factory Links { get; }

    /// <summary>What comes of a change.</summary>
    public Func<object, Task<SendResult>> Change { get; set; }

    public WatchResult Rows { get; set; } = new([], HasMore: false);

    /// <summary>What comes of a change that nothing speaks against.</summary>
    public SendResult Store(object request) =>
        new(
            ResultStatus.Ok,
            request is SendMessage send
                ? Pages.Message(++_head) with
                {
                    ClientId = send.ClientId,
                    Actor = Bot,
                    Data = new EventData { Body = send.Body },
                }
                : null
        );

    /// <summary>Online, with the conversation open.</summary>
    public async Task<RecordingLink> StartAsync()
    {
        await Client.StartAsync();
        var link = await Links.NextAsync();
        await Client.FollowAsync(Pages.Id);
        return link;
    }

    public ValueTask DisposeAsync() => Client.DisposeAsync();

    private async Task<object?> AnswerAsync(object request) =>
        request switch
        {
            Hello => new HelloResult(default, new Me(ActorKind.Operator, Shop.Value, "Bot", null, [Shop]), ClientLimits.Current, []),
            OpenQuery open when open.ConversationId != Pages.Id => throw new ChatException(ErrorCode.NotFound.Code),
            OpenQuery => Pages.After(0, many: Pages.Head),
            Sync sync => new SyncResult([
                .. sync.Cursors.Where(cursor => cursor.ConversationId == Pages.Id).Select(_ => Pages.After(0, 40)),
            ]),
            Watch => Rows,
            SendMessage or ConversationCommand or WriteNote => await Change(request),
            _ => null,
        };
}
