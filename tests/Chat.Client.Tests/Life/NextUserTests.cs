using System.Collections.Concurrent;
using System.Net;
using Chat.Contracts;
using Xunit;

namespace Chat.Client.Tests.Life;

/// <summary>Another user comes while something of the one before is under way.</summary>
public sealed class NextUserTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly VisitorId _anna = new(Guid.CreateVersion7());
    private readonly VisitorId _bea = new(Guid.CreateVersion7());
    private readonly MemoryStorage _storage = new();
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _mayAnswer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> _ended = [];
    private readonly ConcurrentQueue<int> _registered = [];
    private bool _identifiesSlowly;
    private int _hellos;
    private ChatClient _app = null!;

    public async ValueTask InitializeAsync()
    {
        await using (var model = new ChatModel(Side.Visitor, _storage, TimeProvider.System))
            await model.Account.SetSessionAsync(new SavedSession(_anna, "Anna's", Identified: true));
        _app = new ChatClient(
            new ChatClientOptions
            {
                Url = new Uri("http://chat.example"),
                Inbox = "demo",
                Storage = _storage,
                HttpHandler = () => new StubHandler(AnswerAsync),
            },
            _ => new RecordingLink.Factory { Answer = AnswerAsync }
        );
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task What_the_server_answers_the_user_before_is_neither_shown_nor_woken_for()
    {
        await _app.RegisterDeviceAsync("fcm", "address");
        var starting = _app.StartAsync();
        await _asked.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        await _app.IdentifyAsync("Bea's token");

        _mayAnswer.SetResult();

        await starting;
        await _app.Connection.UntilAsync(state => state.Status == ConnectionStatus.Online);
        Assert.Empty(_app.Conversations.Value);
        Assert.Equal([2], _registered);
    }

    [Fact]
    public async Task A_logout_ends_the_session_that_an_identification_brings_meanwhile()
    {
        _identifiesSlowly = true;
        var identifying = _app.IdentifyAsync("Bea's token");
        await _asked.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        var leaving = _app.LogoutAsync();

        _mayAnswer.SetResult();

        await identifying;
        await leaving;
        Assert.Contains("Bea's", _ended);
        Assert.Null(_app.Session.Value.VisitorId);
    }

    [Fact]
    public async Task Rows_of_one_operator_are_not_shown_to_the_next()
    {
        var (anna, bea) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var me = anna;
        await using var client = new OperatorClient(
            new OperatorClientOptions
            {
                Url = new Uri("http://chat.example"),
                HttpHandler = () => new StubHandler(_ => Task.FromResult(StubHandler.Json(SessionOf(me)))),
            },
            _ => new RecordingLink.Factory { Answer = AnswerOperatorAsync }
        );
        await client.SignInAsync(new SignIn { Email = "anna@chat.example" });
        Assert.Single(await client.WatchAsync());

        me = bea;
        var signing = client.SignInAsync(new SignIn { Email = "bea@chat.example" });
        await client.Me.UntilAsync(who => who?.Id == bea);

        Assert.Empty(client.Rows.Value);
        _mayAnswer.SetResult();
        await signing;

        async Task<object?> AnswerOperatorAsync(object request)
        {
            if (request is Hello)
                return new HelloResult(default, new Me(ActorKind.Operator, me, null, null, [Desk.Shop]), ClientLimits.Current, []);
            if (request is not Watch)
                return null;
            if (me == bea)
                await _mayAnswer.Task;
            return new WatchResult(me == bea ? [] : [Pages.Row(Pages.Id)], HasMore: false);
        }
    }

    private static OperatorSession SessionOf(Guid me) =>
        new(
            "token",
            TimeProvider.System.GetUtcNow().AddHours(1),
            new OperatorFace(new OperatorId(me), "Somebody"),
            OperatorRole.Operator,
            MustChangePassword: false
        );

    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request)
    {
        var body = await request.Content!.ReadAsStringAsync();
        if (request.RequestUri!.AbsolutePath.EndsWith("/logout", StringComparison.Ordinal))
        {
            _ended.Enqueue(body.Split('"')[3]);
            return new HttpResponseMessage(HttpStatusCode.NoContent);
        }
        if (_identifiesSlowly)
        {
            _asked.TrySetResult();
            await _mayAnswer.Task;
        }
        var isBea = body.Contains("identityToken", StringComparison.Ordinal);
        var expiresAt = TimeProvider.System.GetUtcNow().AddHours(1);
        return StubHandler.Json(new VisitorSession("access", expiresAt, isBea ? _bea : _anna, isBea ? "Bea's" : "Anna's"));
    }

    private async Task<object?> AnswerAsync(object request)
    {
        if (request is RegisterDevice)
            _registered.Enqueue(_hellos);
        if (request is not Hello)
            return null;
        if (++_hellos > 1)
            return new HelloResult(default, new Me(ActorKind.Visitor, _bea.Value, null, null, []), ClientLimits.Current, []);
        _asked.TrySetResult();
        await _mayAnswer.Task;
        var me = new Me(ActorKind.Visitor, _anna.Value, null, null, []);
        return new HelloResult(default, me, ClientLimits.Current, [Pages.After(0, Pages.Head)]);
    }
}
