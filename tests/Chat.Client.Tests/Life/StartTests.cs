using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Chat.Contracts;
using Chat.Testing.Nodes;
using Chat.Testing.Processes;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Chat.Client.Tests.Life;

/// <summary>What can never succeed is thrown by the start, and not tried for ever. Against the real server.</summary>
public sealed partial class StartTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chat-start-").FullName;

    // Time stands still: the start waits for the answer, however slow the machine is.
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private ChatNode _node = null!;
    private SignIn _admin = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await ChatNode.StartAsync(
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["Storage__DataFolder"] = Path.Combine(_folder, "data") }
        );
        var password = Printed().Match(await _node.WaitForLineAsync("Password ")).Groups["password"].Value;
        _admin = new SignIn { Email = "admin@localhost", Password = password };
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task An_operator_with_the_wrong_password()
    {
        await using var bot = Operator(_admin with { Password = "not this one" });

        await IsRefusedAsync(bot, bot.StartAsync, "unauthenticated");
    }

    [Fact]
    public async Task An_operator_who_needs_a_new_password_first_and_then_has_it()
    {
        using var http = await SignedInAsync();
        using var added = await http.PostAsJsonAsync(
            "admin/operators",
            new
            {
                email = "new@support.example",
                name = "New",
                inboxes = Array.Empty<string>(),
            }
        );
        var generated = (await added.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<OperatorPassword>())!.Password;
        var signIn = new SignIn { Email = "new@support.example", Password = generated };
        await using var bot = Operator(() => signIn);

        await IsRefusedAsync(bot, bot.StartAsync, ChatException.MustChangePassword);

        signIn = signIn with { NewPassword = "correct horse battery" };
        await bot.StartAsync();
        Assert.Equal(ConnectionStatus.Online, bot.Connection.Value.Status);
    }

    [Fact]
    public async Task A_visitor_of_an_inbox_that_is_not_there()
    {
        await using var app = Visitor("nobody");

        await IsRefusedAsync(app, app.StartAsync, "not_found");
    }

    [Fact]
    public async Task A_visitor_of_an_inbox_that_allows_no_native_apps()
    {
        using var http = await SignedInAsync();
        using var added = await http.PostAsJsonAsync(
            "admin/inboxes",
            new
            {
                name = "Pages only",
                key = "pages",
                origins = new[] { "https://shop.example" },
            }
        );
        added.EnsureSuccessStatusCode();
        await using var app = Visitor("pages");

        await IsRefusedAsync(app, app.StartAsync, "forbidden");
    }

    [Fact]
    public async Task Where_nobody_answers_it_returns_and_goes_on_trying()
    {
        await using var app = new ChatClient(
            new ChatClientOptions { Url = new Uri($"http://127.0.0.1:{FreePort.Next()}"), Inbox = "demo" }
        );

        await app.StartAsync();

        var state = await app.Connection.UntilAsync(state => state.RetryAt is not null);
        Assert.Equal((ConnectionStatus.Offline, "network"), (state.Status, state.Reason));
    }

    [Fact]
    public async Task What_opening_gave_finds_the_conversation_when_the_server_has_given_it_another_id()
    {
        await using var app = Visitor("demo");
        await app.StartAsync();

        var draft = await app.OpenAsync(new OpenOptions { Body = "Hello" });
        await app.Conversations.UntilAsync(all => all[draft].Conversation is not null);

        var (now, all) = (app.Resolve(draft), app.Conversations.Value);
        Assert.NotEqual(draft, now);
        Assert.Same(all[now], all[draft]);
        Assert.True(all.ContainsKey(draft));
        Assert.Equal([now], all.Keys);
        var key = await app.SendAsync(draft, "Still here?");
        Assert.Equal(ResultStatus.Ok, (await app.ResultAsync(draft, key)).Status);
    }

    private static async Task IsRefusedAsync(ChatClientBase client, Func<CancellationToken, Task> start, string code)
    {
        Assert.Equal(code, (await Assert.ThrowsAsync<ChatException>(() => start(CancellationToken.None))).Code);
        Assert.Equal((ConnectionStatus.Stopped, code), (client.Connection.Value.Status, client.Connection.Value.Reason));
        // And once more: it has not begun to try in silence.
        Assert.Equal(code, (await Assert.ThrowsAsync<ChatException>(() => start(CancellationToken.None))).Code);
    }

    private ChatClient Visitor(string inbox) =>
        new(
            new ChatClientOptions
            {
                Url = _node.BaseAddress,
                Inbox = inbox,
                TimeProvider = _time,
            }
        );

    private OperatorClient Operator(SignIn signIn) => Operator(() => signIn);

    private OperatorClient Operator(Func<SignIn> signIn) =>
        new(
            new OperatorClientOptions
            {
                Url = _node.BaseAddress,
                Credentials = _ => Task.FromResult(signIn()),
                TimeProvider = _time,
            }
        );

    private async Task<HttpClient> SignedInAsync()
    {
        var http = new HttpClient { BaseAddress = new Uri(_node.BaseAddress, "api/v1/") };
        var request = new OperatorSessionRequest(_admin.Email, _admin.Password);
        using var answer = await http.PostAsJsonAsync("operator/session", request, ChatJson.Wire.Options);
        var session = (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<OperatorSession>(ChatJson.Wire.Options))!;
        http.DefaultRequestHeaders.Authorization = new("Bearer", session.Token);
        return http;
    }

    private sealed record OperatorPassword(string Password);

    [GeneratedRegex(@"Password +(?<password>\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Printed();
}
