using System.Net;
using System.Net.Http.Json;
using Chat.Contracts;
using Xunit;

namespace Chat.Client.Tests;

public sealed class VisitorTokensTests : IAsyncDisposable
{
    private readonly VisitorId _visitor = new(Guid.CreateVersion7());
    private readonly FullStorage _storage = new();
    private readonly ChatModel _model;
    private readonly RestCalls _rest;
    private readonly VisitorTokens _tokens;

    // What the server is asked with, and what it takes.
    private readonly List<string?> _asked = [];
    private readonly List<string> _ended = [];
    private string? _good = "first";
    private Task _answers = Task.CompletedTask;

    public VisitorTokensTests()
    {
        var options = new ChatClientOptions
        {
            Url = new Uri("http://chat.example"),
            Inbox = "demo",
            HttpHandler = () => new StubHandler(AnswerAsync),
        };
        _model = new ChatModel(Side.Visitor, _storage, TimeProvider.System);
        _rest = new RestCalls(options);
        _tokens = new VisitorTokens(options, _rest, _model);
    }

    public async ValueTask DisposeAsync()
    {
        _tokens.Dispose();
        _rest.Dispose();
        await _model.DisposeAsync();
    }

    [Fact]
    public async Task On_a_full_disk_a_session_goes_on_with_the_refresh_token_that_is_stored()
    {
        await _model.Account.SetSessionAsync(new SavedSession(_visitor, "first", Identified: false));
        _storage.IsFull = true;

        Assert.Equal("access 1", await _tokens.GetAsync(CancellationToken.None));
        _tokens.Forget();
        Assert.Equal("access 2", await _tokens.GetAsync(CancellationToken.None));

        Assert.Equal(["first", "first"], _asked);
    }

    [Fact]
    public async Task On_a_full_disk_none_is_begun()
    {
        _storage.IsFull = true;
        _good = null;

        await Assert.ThrowsAsync<IOException>(() => _tokens.GetAsync(CancellationToken.None));

        Assert.Null(_model.Account.Session);
    }

    [Fact]
    public async Task An_anonymous_visitor_whose_session_has_ended_goes_on_as_somebody_new()
    {
        await _model.Account.SetSessionAsync(new SavedSession(new VisitorId(Guid.CreateVersion7()), "ended", Identified: false));

        Assert.Equal("access 2", await _tokens.GetAsync(CancellationToken.None));

        Assert.Equal(["ended", null], _asked);
        Assert.Equal(new SavedSession(_visitor, "refresh 2", Identified: false), _model.Account.Session);
    }

    [Fact]
    public async Task A_user_whose_session_has_ended_does_not_become_anonymous()
    {
        await _model.Account.SetSessionAsync(new SavedSession(_visitor, "ended", Identified: true));

        var refusal = await Assert.ThrowsAsync<ChatException>(() => _tokens.GetAsync(CancellationToken.None));

        Assert.Equal(ErrorCode.Unauthenticated.Code, refusal.Code);
    }

    [Fact]
    public async Task What_is_asked_for_during_a_logout_begins_no_session()
    {
        await _model.Account.SetSessionAsync(new SavedSession(_visitor, "first", Identified: false));
        var answers = new TaskCompletionSource();
        _answers = answers.Task;
        var underWay = _tokens.GetAsync(CancellationToken.None);
        var ended = _tokens.EndAsync(_model.WipeAsync, CancellationToken.None);
        var behind = _tokens.GetAsync(CancellationToken.None);

        answers.SetResult();

        await underWay;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => behind);
        await ended;
        Assert.Equal(["first"], _asked);
        Assert.Equal(["refresh 1"], _ended);
        Assert.Null(_model.Account.Session);
    }

    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request)
    {
        if (request.RequestUri!.AbsolutePath.EndsWith("/logout", StringComparison.Ordinal))
        {
            _ended.Add((await request.Content!.ReadFromJsonAsync(ClientJson.Info<VisitorLogout>()))!.RefreshToken);
            return new HttpResponseMessage(HttpStatusCode.NoContent);
        }
        var body = (await request.Content!.ReadFromJsonAsync(ClientJson.Info<VisitorSessionRequest>()))!;
        _asked.Add(body.RefreshToken);
        await _answers;
        if (body.RefreshToken is not null && body.RefreshToken != _good)
            return StubHandler.Refusal(ErrorCode.Unauthenticated);
        var expiresAt = TimeProvider.System.GetUtcNow().AddMinutes(15);
        return StubHandler.Json(new VisitorSession($"access {_asked.Count}", expiresAt, _visitor, $"refresh {_asked.Count}"));
    }
}
