using Chat.Contracts;
using Xunit;

namespace Chat.Client.Tests;

/// <summary>When a visitor's client takes REST for a WebSocket.</summary>
public sealed class SocketLinksTests : IDisposable
{
    private readonly Tokens _tokens = new();
    private readonly SocketLinks _links;
    private int _polls;

    public SocketLinksTests()
    {
        var options = new ChatClientOptions
        {
            Url = new Uri("http://chat.example"),
            Inbox = "shop",
            HttpHandler = () => new StubHandler(_ => Task.FromResult(StubHandler.Refusal(ErrorCode.Unavailable))),
        };
        _links = new SocketLinks(
            options,
            "/hubs/visitor",
            _tokens,
            _ =>
            {
                _polls++;
                return new RecordingLink();
            }
        );
    }

    [Fact]
    public async Task When_sockets_fail_and_the_session_endpoint_answers()
    {
        await FailAsync();
        await FailAsync();

        await using var link = await _links.ConnectAsync(_ => { }, TestContext.Current.CancellationToken);

        Assert.Equal(1, _polls);
    }

    [Fact]
    public async Task Not_after_a_network_through_which_nothing_came()
    {
        await FailAsync();
        await FailAsync();
        _tokens.IsReachable = false;
        await FailAsync();
        _tokens.IsReachable = true;

        await FailAsync();

        Assert.Equal(0, _polls);
    }

    public void Dispose() => _tokens.Dispose();

    private async Task FailAsync() =>
        await Assert.ThrowsAsync<ChatException>(() => _links.ConnectAsync(_ => { }, TestContext.Current.CancellationToken));

    private sealed class Tokens : ITokens
    {
        public bool IsReachable { get; set; } = true;

        public Task<string> GetAsync(CancellationToken cancellationToken) =>
            IsReachable ? Task.FromResult("token") : Task.FromException<string>(new ChatException(ChatException.Network));

        public void Forget() { }

        public async Task<IReadOnlyList<string>> EndAsync(Func<Task> wipe, CancellationToken cancellationToken)
        {
            await wipe();
            return [];
        }

        public void Dispose() { }
    }
}
