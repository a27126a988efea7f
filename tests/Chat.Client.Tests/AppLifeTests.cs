using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Chat.Contracts;
using Chat.Testing.Nodes;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Chat.Client.Tests;

/// <summary>What happens to an app: it goes to the background, changes its network, learns who its user is. Against the real server.</summary>
public sealed partial class AppLifeTests : IAsyncLifetime
{
    private const string Inbox = "demo";

    private readonly string _folder = Directory.CreateTempSubdirectory("chat-app-").FullName;
    private ChatNode _node = null!;
    private OperatorClient _admin = null!;
    private SignIn _signIn = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await ChatNode.StartAsync(
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["Storage__DataFolder"] = Path.Combine(_folder, "data") }
        );
        var password = Printed().Match(await _node.WaitForLineAsync("Password ")).Groups["password"].Value;
        _signIn = new SignIn { Email = "admin@localhost", Password = password };
        _admin = new OperatorClient(new OperatorClientOptions { Url = _node.BaseAddress, Credentials = _ => Task.FromResult(_signIn) });
        await _admin.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _admin.DisposeAsync();
        await _node.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task In_the_background_it_is_gone_and_reads_nothing_and_back_again_it_has_what_was_missed()
    {
        await using var app = new ChatClient(new ChatClientOptions { Url = _node.BaseAddress, Inbox = Inbox });
        await app.StartAsync();
        var id = await OpenAsync(app, "Is my bag there?");

        await app.EnterBackgroundAsync();
        Assert.Equal((ConnectionStatus.Offline, "background"), (app.Connection.Value.Status, app.Connection.Value.Reason));
        _admin.Open(id);
        await _admin.SendAsync(id, "It is.");
        await _admin.Conversations.UntilAsync(all => all.GetValueOrDefault(id)?.Items is [.., { Seq: not null, Body: "It is." }]);
        app.Read(id);
        Assert.Equal(1, app.Conversations.Value[id].Items.Count(item => item.Body is not null));

        app.EnterForeground();
        var caughtUp = (await app.Conversations.UntilAsync(all => all[id].Items is [.., { Body: "It is." }]))[id];

        // What was read in the background was what it had then.
        Assert.Equal(1, caughtUp.Unread);
        app.Read(id);
        await _admin.Conversations.UntilAsync(all => all[id].Cursors.Other.ReadSeq == caughtUp.Seq);
    }

    [Fact]
    public async Task Back_before_what_was_under_way_has_come_to_its_end_it_stays_connected()
    {
        await using var proxy = TcpProxy.Start(_node.BaseAddress.Port);
        await using var app = new ChatClient(new ChatClientOptions { Url = new Uri($"http://127.0.0.1:{proxy.Port}"), Inbox = Inbox });
        await app.StartAsync();
        var id = await OpenAsync(app, "Is my bag there?");
        proxy.Stall(Direction.FromClient);
        await app.SendAsync(id, "On my way out");

        var leaving = app.EnterBackgroundAsync();
        app.EnterForeground();
        proxy.Resume(Direction.FromClient);
        await leaving;

        await app.SendAsync(id, "Here again");
        await app.Conversations.UntilAsync(all => all[id].Items is [.., { Seq: not null, Body: "Here again" }]);
    }

    [Fact]
    public async Task A_chat_that_the_app_hides_reads_nothing_though_the_app_comes_to_the_foreground()
    {
        await using var app = new ChatClient(new ChatClientOptions { Url = _node.BaseAddress, Inbox = Inbox });
        await app.StartAsync();
        var id = await OpenAsync(app, "Is my bag there?");
        _admin.Open(id);
        await _admin.SendAsync(id, "It is.");
        await app.Conversations.UntilAsync(all => all[id].Unread == 1);

        app.SetVisible(false);
        await app.EnterBackgroundAsync();
        app.EnterForeground();
        app.Read(id);
        Assert.Equal(1, app.Conversations.Value[id].Unread);

        app.SetVisible(true);
        await _admin.Conversations.UntilAsync(all => all[id].Cursors.Other.ReadSeq > 0);
    }

    [Fact]
    public async Task A_change_of_the_network_ends_the_pause_before_the_next_attempt()
    {
        await using var proxy = TcpProxy.Start(_node.BaseAddress.Port);
        // Never advances: a pause ends in no other way.
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var app = new ChatClient(
            new ChatClientOptions
            {
                Url = new Uri($"http://127.0.0.1:{proxy.Port}"),
                Inbox = Inbox,
                TimeProvider = time,
            }
        );
        await app.StartAsync();
        await app.Connection.UntilAsync(state => state.Status == ConnectionStatus.Online);

        proxy.Refuse = true;
        proxy.CutAll();
        await app.Connection.UntilAsync(state => state.Status == ConnectionStatus.Offline && state.RetryAt > time.GetUtcNow());
        proxy.Refuse = false;
        app.NetworkChanged();

        await app.Connection.UntilAsync(state => state.Status == ConnectionStatus.Online);
    }

    [Fact]
    public async Task The_hosts_word_makes_the_devices_conversations_those_of_its_user_on_all_his_devices()
    {
        var secret = RandomNumberGenerator.GetBytes(32);
        await AddKeyAsync(Convert.ToHexString(secret));
        var asked = 0;
        await using var phone = new ChatClient(new ChatClientOptions { Url = _node.BaseAddress, Inbox = Inbox });
        await using var tablet = new ChatClient(
            new ChatClientOptions
            {
                Url = _node.BaseAddress,
                Inbox = Inbox,
                Identity = _ =>
                {
                    asked++;
                    return Task.FromResult<string?>(Sign(secret, "user-1"));
                },
            }
        );
        await phone.StartAsync();
        var id = await OpenAsync(phone, "Written before anybody knew who I am");

        await phone.IdentifyAsync(Sign(secret, "user-1"));
        await tablet.StartAsync();

        await tablet.Conversations.UntilAsync(all => all.GetValueOrDefault(id)?.Items.Any(item => item.Body is not null) == true);
        Assert.Equal(phone.Session.Value.VisitorId, tablet.Session.Value.VisitorId);
        Assert.Equal(1, asked);
        var refused = await Assert.ThrowsAsync<ChatException>(() => phone.IdentifyAsync(Sign(new byte[32], "user-2")));
        Assert.Equal(ErrorCode.Unauthenticated.Code, refused.Code);
    }

    [Fact]
    public async Task Its_WebSocket_goes_through_the_apps_handler_like_all_else_and_outlives_it()
    {
        var seen = new ConcurrentQueue<string>();
        await using var app = new ChatClient(
            new ChatClientOptions
            {
                Url = _node.BaseAddress,
                Inbox = Inbox,
                HttpHandler = () => new SeeingHandler(uri => seen.Enqueue(uri.Scheme)),
            }
        );
        await app.StartAsync();

        await OpenAsync(app, "Is this line pinned?");

        Assert.Equal(ConnectionTransport.Socket, app.Connection.Value.Transport);
        Assert.Equal(["http", "ws"], seen);
    }

    private static async Task<ConversationId> OpenAsync(ChatClient app, string body)
    {
        var draft = await app.OpenAsync(new OpenOptions { Body = body });
        await app.Conversations.UntilAsync(all =>
            all.GetValueOrDefault(app.Resolve(draft))?.Items.Any(item => item is { Seq: not null, Body: not null }) == true
        );
        return app.Resolve(draft);
    }

    private async Task AddKeyAsync(string secret)
    {
        using var http = new HttpClient { BaseAddress = new Uri(_node.BaseAddress, "api/v1/") };
        var request = new OperatorSessionRequest(_signIn.Email, _signIn.Password);
        using var answer = await http.PostAsJsonAsync("operator/session", request, ChatJson.Wire.Options);
        var session = (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<OperatorSession>(ChatJson.Wire.Options))!;
        http.DefaultRequestHeaders.Authorization = new("Bearer", session.Token);
        var me = await _admin.Me.UntilAsync(me => me is not null);
        using var added = await http.PutAsJsonAsync(
            $"admin/inboxes/{me!.Inboxes[0]}/identity-keys/k1",
            new IdentityKey("HS256", secret),
            ChatJson.Wire.Options
        );
        added.EnsureSuccessStatusCode();
    }

    private static string Sign(byte[] secret, string subject)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var head = Encode(new { alg = "HS256", kid = "k1" });
        var claims = Encode(
            new
            {
                sub = subject,
                aud = Inbox,
                iat = now,
                exp = now + 300,
            }
        );
        var signature = HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(Convert.ToHexString(secret)),
            Encoding.UTF8.GetBytes($"{head}.{claims}")
        );
        return $"{head}.{claims}.{System.Buffers.Text.Base64Url.EncodeToString(signature)}";
    }

    private static string Encode<T>(T value) => System.Buffers.Text.Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));

    private sealed class SeeingHandler(Action<Uri> see) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            see(request.RequestUri!);
            return base.SendAsync(request, cancellationToken);
        }
    }

    [GeneratedRegex(@"Password +(?<password>\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Printed();
}

internal static class Stores
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>The store's first value that fits.</summary>
    public static async Task<T> UntilAsync<T>(this Store<T> store, Func<T, bool> fits)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        bound.CancelAfter(Patience);
        await foreach (var value in store.WatchAsync(bound.Token))
        {
            if (fits(value))
                return value;
        }
        throw new TimeoutException($"Waited in vain; it is {store.Value}");
    }
}
