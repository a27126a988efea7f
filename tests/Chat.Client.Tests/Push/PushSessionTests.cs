using System.Net;
using Chat.Contracts;
using Xunit;

namespace Chat.Client.Tests.Push;

/// <summary>What comes of a push when the session of whom it is for, or the access token, ends meanwhile.</summary>
public sealed class PushSessionTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly VisitorId _anna = new(Guid.CreateVersion7());
    private readonly MemoryStorage _storage = new();
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _mayAnswer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ChatClient _app = null!;
    private ConversationPage _page = Pages.After(0, many: 3) with { Seq = 3, HasMore = false };
    private string _waitsAt = "";
    private string? _good;
    private bool _refusesReceipts;
    private int _sessions;

    public async ValueTask InitializeAsync()
    {
        await using (var model = new ChatModel(Side.Visitor, _storage, TimeProvider.System))
            await model.Account.SetSessionAsync(new SavedSession(_anna, "refresh", Identified: true));
        _app = new ChatClient(
            new ChatClientOptions
            {
                Url = new Uri("http://chat.example"),
                Inbox = "demo",
                Storage = _storage,
                HttpHandler = () => new StubHandler(AnswerAsync),
            }
        );
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Of_what_is_fetched_during_a_logout_nothing_is_left()
    {
        _waitsAt = "/sync";
        var receiving = _app.ReceivePushAsync(Push());
        await _asked.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        await _app.LogoutAsync();

        _mayAnswer.SetResult();

        Assert.Null(await receiving);
        Assert.Empty(_app.Conversations.Value);
    }

    [Fact]
    public async Task A_renewal_during_a_logout_that_does_not_wait_brings_no_session_back()
    {
        _waitsAt = "/session";
        var receiving = _app.ReceivePushAsync(Push());
        await _asked.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        await _app.LogoutAsync(new CancellationToken(canceled: true));

        _mayAnswer.SetResult();

        Assert.Null(await receiving);
        Assert.Null(_app.Session.Value.VisitorId);
        var stored = new Restored(await _storage.LoadAsync(CancellationToken.None));
        Assert.Null(stored.Session);
        Assert.Equal(["refresh"], stored.Farewells);
    }

    [Fact]
    public async Task An_access_token_that_is_refused_is_replaced()
    {
        _good = "access 1";
        Assert.True((await _app.ReceivePushAsync(Push(), cancellationToken: TestContext.Current.CancellationToken))!.IsFetched);

        _good = "access 2";

        Assert.True((await _app.ReceivePushAsync(Push(), cancellationToken: TestContext.Current.CancellationToken))!.IsFetched);
    }

    [Fact]
    public async Task A_deleted_message_is_not_shown_because_its_receipt_was_not_taken()
    {
        _page = _page with { Events = [.. _page.Events.Select(e => e with { Data = new EventData { DeletedSeq = 4 } })] };
        _refusesReceipts = true;

        var receipt = await _app.ReceivePushAsync(Push(), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((false, true, ""), (receipt!.IsNew, receipt.IsFetched, receipt.Body));
    }

    private PushMessage Push() =>
        new()
        {
            ConversationId = Pages.Id,
            Seq = 3,
            Text = "A slip of the tongue",
            VisitorId = _anna,
        };

    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request)
    {
        var path = request.RequestUri!.AbsolutePath;
        if (_waitsAt.Length > 0 && path.EndsWith(_waitsAt, StringComparison.Ordinal))
        {
            _asked.TrySetResult();
            await _mayAnswer.Task;
        }
        if (path.EndsWith("/session", StringComparison.Ordinal))
        {
            var number = ++_sessions;
            return StubHandler.Json(
                new VisitorSession($"access {number}", TimeProvider.System.GetUtcNow().AddHours(1), _anna, $"refresh {number}")
            );
        }
        if (path.EndsWith("/logout", StringComparison.Ordinal))
            return new HttpResponseMessage(HttpStatusCode.NoContent);
        if (_good is not null && request.Headers.Authorization?.Parameter != _good)
            return StubHandler.Refusal(ErrorCode.Unauthenticated);
        if (path.EndsWith("/sync", StringComparison.Ordinal))
            return StubHandler.Json(new SyncResult([_page]));
        return _refusesReceipts ? StubHandler.Refusal(ErrorCode.Unavailable) : new HttpResponseMessage(HttpStatusCode.NoContent);
    }
}
