using Chat.Contracts;
using Xunit;

namespace Chat.Client.Tests.Life;

/// <summary>Another account signs in to a client that runs.</summary>
public sealed class SignInTests : IAsyncDisposable
{
    private static readonly InboxId Shop = new(Guid.CreateVersion7());

    private readonly RecordingLink.Factory _links;
    private readonly OperatorClient _client;
    private Me _who = Operator("Anna");

    public SignInTests()
    {
        _links = new RecordingLink.Factory
        {
            Answer = request =>
                Task.FromResult<object?>(request is Hello ? new HelloResult(default, _who, ClientLimits.Current, []) : null),
        };
        var options = new OperatorClientOptions
        {
            Url = new Uri("http://chat.example"),
            HttpHandler = () => new StubHandler(_ => Task.FromResult(StubHandler.Json(Session()))),
        };
        _client = new OperatorClient(options, _ => _links);
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [Fact]
    public async Task It_goes_on_as_that_account_and_what_the_one_before_read_ends()
    {
        await _client.SignInAsync(new SignIn { Email = "anna@chat.example", Password = "secret" });
        var link = await _links.NextAsync();
        var annas = _client.EventsAsync().GetAsyncEnumerator();
        var next = annas.MoveNextAsync();

        _who = Operator("Bea");
        await _client.SignInAsync(new SignIn { Email = "bea@chat.example", Password = "secret" });

        Assert.Equal("Bea", _client.Me.Value?.Name);
        Assert.True(link.Ended.IsCompleted);
        Assert.False(await next);
        await annas.DisposeAsync();
    }

    [Fact]
    public async Task The_same_account_goes_on_undisturbed()
    {
        await _client.SignInAsync(new SignIn { Email = "anna@chat.example", Password = "secret" });
        var link = await _links.NextAsync();

        await _client.SignInAsync(new SignIn { Email = "anna@chat.example", Password = "new secret" });

        Assert.False(link.Ended.IsCompleted);
    }

    private static Me Operator(string name) => new(ActorKind.Operator, Guid.CreateVersion7(), name, OperatorRole.Operator, [Shop]);

    private OperatorSession Session() =>
        new(
            "token",
            TimeProvider.System.GetUtcNow().AddHours(1),
            new OperatorFace(new OperatorId(_who.Id), _who.Name!),
            OperatorRole.Operator,
            MustChangePassword: false
        );
}
