using System.Collections.Concurrent;
using System.Net;
using Chat.Contracts;

namespace Chat.Client.Tests;

/// <summary>A visitor's device, which is started and killed, at a server that is not there: it takes whoever comes, and writes down what it is told.</summary>
internal sealed class Phone : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chat-phone-").FullName;
    private int _sessions;

    /// <summary>What the server was told of sessions and devices, such as <c>logout refresh 1</c>.</summary>
    public ConcurrentQueue<string> Heard { get; } = new();

    public bool HasNetwork { get; set; } = true;

    /// <summary>Who the next session is of.</summary>
    public VisitorId Visitor { get; set; } = new(Guid.CreateVersion7());

    /// <summary>What comes of an address.</summary>
    public ErrorCode? Refusal { get; set; }

    public ChatClient Open() =>
        new(
            new ChatClientOptions
            {
                Url = new Uri("http://chat.example"),
                Inbox = "demo",
                Storage = new FileStorage(Path.Combine(_folder, "chat"), new byte[32]),
                HttpHandler = () => new StubHandler(AnswerAsync),
            },
            tokens => new Links(this, tokens)
        );

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request)
    {
        if (!HasNetwork)
            throw new HttpRequestException("There is no network.");
        switch (request.RequestUri!.AbsolutePath)
        {
            case "/api/v1/visitor/session":
                var refresh = $"refresh {++_sessions}";
                return StubHandler.Json(
                    new VisitorSession($"access {_sessions}", TimeProvider.System.GetUtcNow().AddHours(1), Visitor, refresh)
                );
            case "/api/v1/visitor/logout":
                var body = await request.Content!.ReadAsStringAsync();
                Heard.Enqueue($"logout {body.Split('"')[3]}");
                break;
            default:
                Heard.Enqueue($"{request.Method} device");
                break;
        }
        return new HttpResponseMessage(HttpStatusCode.NoContent);
    }

    private Task<object?> AnswerAsync(object request)
    {
        switch (request)
        {
            case Hello:
                return Task.FromResult<object?>(
                    new HelloResult(default, new Me(ActorKind.Visitor, Visitor.Value, null, null, []), ClientLimits.Current, [])
                );
            case RegisterDevice device when Refusal is { } code:
                Heard.Enqueue($"refused {device.Token}");
                throw new ChatException(code.Code);
            case RegisterDevice device:
                Heard.Enqueue($"register {device.Token}");
                break;
        }
        return Task.FromResult<object?>(null);
    }

    private sealed class Links(Phone phone, ITokens tokens) : ILinkFactory
    {
        public async Task<ILink> ConnectAsync(Action<object> onPush, CancellationToken cancellationToken)
        {
            await tokens.GetAsync(cancellationToken);
            return new RecordingLink { Answer = phone.AnswerAsync, Push = onPush };
        }

        public void ForgetToken() => tokens.Forget();
    }
}
