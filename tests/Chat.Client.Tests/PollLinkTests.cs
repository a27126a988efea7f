using System.Threading.Channels;
using Chat.Contracts;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Chat.Client.Tests;

/// <summary>Two conversations where no WebSocket comes through. Time stands still: a poll is answered when the test says so.</summary>
public sealed class PollLinkTests : IAsyncLifetime
{
    private static readonly ConversationId Other = new(Guid.CreateVersion7());

    private readonly FakeTimeProvider _time = new();
    private readonly Channel<Poll> _polls = Channel.CreateUnbounded<Poll>();
    private readonly ChatModel _model;
    private readonly RestCalls _rest;
    private readonly VisitorTokens _tokens;
    private readonly PollLink _link;

    public PollLinkTests()
    {
        var options = new ChatClientOptions
        {
            Url = new Uri("http://chat.example"),
            Inbox = "demo",
            HttpHandler = () => new StubHandler(AnswerAsync),
            TimeProvider = _time,
        };
        _model = new ChatModel(Side.Visitor, new MemoryStorage(), _time);
        _rest = new RestCalls(options);
        _tokens = new VisitorTokens(options, _rest, _model);
        _link = new PollLink(_rest, _tokens, _model, _time, Take);
    }

    public async ValueTask InitializeAsync()
    {
        var page = Pages.After(0, many: 1);
        _model.Apply(page);
        _model.Apply(
            page with
            {
                Conversation = page.Conversation with { Id = Other },
                Events = [Pages.Message(1) with { ConversationId = Other }],
            }
        );
        var hello = new Hello(ProtocolVersion.Current, _model.Account.DeviceId, null, null, _model.Cursors());
        await _link.CallAsync<HelloResult>("Hello", hello, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _link.DisposeAsync();
        _tokens.Dispose();
        _rest.Dispose();
        await _model.DisposeAsync();
    }

    [Fact]
    public async Task A_token_that_is_not_renewed_ends_the_connection_so_that_what_waits_goes_over_the_next()
    {
        await using var link = new PollLink(_rest, new NoTokens(), _model, _time, Take);
        var message = new SendMessage(Pages.Id, Guid.NewGuid(), "Hello", SendKind.Message, null, null);

        await Assert.ThrowsAsync<ChatException>(() => link.CallAsync<SendResult>("Send", message, CancellationToken.None));

        Assert.True(link.Ended.IsCompleted);
    }

    [Fact]
    public async Task A_conversation_is_asked_for_again_right_after_an_answer_though_another_one_is_idle()
    {
        var (poll, _) = await BothAsync();

        poll.Answer.SetResult(StubHandler.Json(new HistoryResult(1, [Pages.Message(2)], HasMore: false)));

        Assert.Equal($"/api/v1/conversations/{Pages.Id}/events?after=2&epoch=1&waitMs=25000", (await NextAsync()).Path);
    }

    [Fact]
    public async Task One_that_is_the_visitors_no_more_does_not_end_the_connection_for_the_others()
    {
        var (poll, other) = await BothAsync();

        other.Answer.SetResult(StubHandler.Refusal(ErrorCode.NotFound));
        poll.Answer.SetResult(StubHandler.Json(new HistoryResult(1, [Pages.Message(2)], HasMore: false)));

        Assert.Contains($"{Pages.Id}/events?after=2", (await NextAsync()).Path, StringComparison.Ordinal);
        Assert.False(_link.Ended.IsCompleted);
    }

    [Fact]
    public async Task A_log_of_another_epoch_is_read_and_followed_at_once()
    {
        var (poll, _) = await BothAsync();

        poll.Answer.SetResult(StubHandler.Json(new HistoryResult(2, [], HasMore: false)));

        Assert.Contains($"{Pages.Id}/events?after=1&epoch=2", (await NextAsync()).Path, StringComparison.Ordinal);
    }

    private async Task<(Poll Poll, Poll Other)> BothAsync()
    {
        var (first, second) = (await NextAsync(), await NextAsync());
        return first.Path.Contains(Other.ToString(), StringComparison.Ordinal) ? (second, first) : (first, second);
    }

    private Task<Poll> NextAsync() => _polls.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    private void Take(object push)
    {
        if (push is ChatEvent e)
            _model.Apply(e);
        else
            _model.Apply((ConversationPage)push);
    }

    private Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request)
    {
        var path = request.RequestUri!.PathAndQuery;
        if (path.Contains("/events?", StringComparison.Ordinal))
        {
            var poll = new Poll(path);
            _polls.Writer.TryWrite(poll);
            return poll.Answer.Task;
        }
        return Task.FromResult(
            path switch
            {
                "/api/v1/visitor/session" => StubHandler.Json(
                    new VisitorSession("access", _time.GetUtcNow().AddMinutes(15), new VisitorId(Other.Value), "refresh")
                ),
                "/api/v1/me" => StubHandler.Json(new Me(ActorKind.Visitor, Other.Value, null, null, [])),
                "/api/v1/conversations" => StubHandler.Json(new ConversationList([])),
                _ => StubHandler.Json(new SyncResult([Pages.After(0, many: 1, epoch: 2) with { Reset = true }])),
            }
        );
    }

    private sealed record Poll(string Path)
    {
        public TaskCompletionSource<HttpResponseMessage> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class NoTokens : ITokens
    {
        public Task<string> GetAsync(CancellationToken cancellationToken) => throw new ChatException(ChatException.Network);

        public void Forget() { }

        public async Task<IReadOnlyList<string>> EndAsync(Func<Task> wipe, CancellationToken cancellationToken)
        {
            await wipe();
            return [];
        }

        public void Dispose() { }
    }
}
