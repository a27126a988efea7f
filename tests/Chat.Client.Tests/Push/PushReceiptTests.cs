using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using Chat.Contracts;
using Chat.Testing.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Chat.Client.Tests.Push;

/// <summary>A device that is woken, by a real server and a service in its place of those of the phones' makers.</summary>
public sealed partial class PushReceiptTests : IAsyncLifetime
{
    private const string Inbox = "demo";
    private const string Links = "shop://support/";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("chat-push-").FullName;
    private readonly byte[] _key = new byte[32];
    private readonly ConcurrentQueue<string> _registrations = new();
    private readonly Channel<string> _pushes = Channel.CreateUnbounded<string>();
    private WebApplication _gateway = null!;
    private ChatNode _node = null!;
    private OperatorClient _admin = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _gateway = builder.Build();
        _gateway.MapPost(
            "/",
            async (HttpRequest request) =>
            {
                using var reader = new StreamReader(request.Body);
                _pushes.Writer.TryWrite(await reader.ReadToEndAsync());
                return Results.NoContent();
            }
        );
        await _gateway.StartAsync();
        _node = await ChatNode.StartAsync(
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Storage__DataFolder"] = Path.Combine(_folder, "data"),
                ["Push__Url"] = _gateway.Urls.First(),
                ["Push__Secret"] = $"whsec_{Convert.ToBase64String(new byte[32])}",
            }
        );
        var password = Printed().Match(await _node.WaitForLineAsync("Password ")).Groups["password"].Value;
        var signIn = new SignIn { Email = "admin@localhost", Password = password };
        _admin = new OperatorClient(new OperatorClientOptions { Url = _node.BaseAddress, Credentials = _ => Task.FromResult(signIn) });
        await _admin.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _admin.DisposeAsync();
        await _node.DisposeAsync();
        await _gateway.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task An_app_that_is_woken_shows_what_a_push_is_about_keeps_it_and_shows_nothing_of_what_is_gone()
    {
        ConversationId other;
        ConversationId id;
        await using (var app = Open("phone"))
        {
            await app.RegisterDeviceAsync("fcm", "token-1");
            await app.StartAsync();
            other = await MeetAsync(app, "And my invoice?");
            id = await MeetAsync(app, "Where is my bag?");
            await _admin.SendAsync(other, "It is in your mailbox.");
            await app.Unread.UntilAsync(unread => unread == 1);
            await _admin.Conversations.UntilAsync(all => all[other].Items[^1].State == ItemState.Delivered);
        }
        await _admin.SendAsync(id, "In Oslo.");
        await _admin.SendAsync(id, "It comes tomorrow.");
        var last = (await _admin.Conversations.UntilAsync(all => all[id].Items is [.., { Body: "It comes tomorrow.", Seq: not null }]))[
            id
        ].Items[^1];
        var push = PushMessage.Parse(await NextPushAsync())!;

        await using var woken = Open("phone");
        var receipt = await woken.ReceivePushAsync(push, Links, TestContext.Current.CancellationToken);

        Assert.Equal(
            new PushReceipt
            {
                ConversationId = id,
                Seq = last.Seq!.Value,
                IsNew = true,
                Title = last.Actor.Name,
                Body = "It comes tomorrow.",
                Badge = 3,
                Link = Links + id,
                IsFetched = true,
            },
            receipt
        );
        await _admin.Conversations.UntilAsync(all => all[id].Items[^1].State == ItemState.Delivered);
        Assert.Equal(ConnectionStatus.Idle, woken.Connection.Value.Status);
        Assert.Equal("It comes tomorrow.", woken.Conversations.Value[id].Items[^1].Body);

        foreach (var item in _admin.Conversations.Value[id].Items.Where(item => item is { Mine: true, Type: EventType.Message }))
            await _admin.RemoveAsync(id, item.Seq!.Value);
        await _admin.Conversations.UntilAsync(all => all[id].Items.Count(item => item.Deleted) == 2);
        var gone = await woken.ReceivePushAsync(push, Links, TestContext.Current.CancellationToken);
        Assert.Equal((false, 1, true), (gone!.IsNew, gone.Badge, gone.IsFetched));
    }

    [Fact]
    public async Task Without_a_network_and_where_another_process_has_the_storage_an_app_shows_what_the_push_says()
    {
        VisitorId visitor;
        ConversationId id;
        await using (var app = Open("phone"))
        {
            await app.StartAsync();
            id = await MeetAsync(app, "Is it raining?");
            visitor = app.Session.Value.VisitorId!.Value;
        }
        var push = new PushMessage
        {
            ConversationId = id,
            Seq = 9,
            Unread = 2,
            From = "Anna",
            Text = "Take an umbrella.",
            VisitorId = visitor,
        };
        var said = new PushReceipt
        {
            ConversationId = id,
            Seq = 9,
            IsNew = true,
            Title = "Anna",
            Body = "Take an umbrella.",
            Badge = 2,
            Link = Links + id,
            IsFetched = false,
        };

        await using var stranded = Open("phone", new Uri("http://127.0.0.1:9"));
        Assert.Equal(said, await stranded.ReceivePushAsync(push, Links, TestContext.Current.CancellationToken));
        await using var second = Open("phone");
        Assert.Equal(said, await second.ReceivePushAsync(push, Links, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_device_that_is_another_visitors_by_now_or_nobodys_shows_nothing()
    {
        var push = new PushMessage { ConversationId = new ConversationId(Guid.CreateVersion7()), Seq = 3 };
        var app = Open("phone");
        Assert.Null(await app.ReceivePushAsync(push, cancellationToken: TestContext.Current.CancellationToken));
        await app.StartAsync();
        await app.Connection.UntilAsync(state => state.Status == ConnectionStatus.Online);

        Assert.Null(await app.ReceivePushAsync(push, cancellationToken: TestContext.Current.CancellationToken));
        var others = push with { VisitorId = new VisitorId(Guid.CreateVersion7()) };
        Assert.Null(await app.ReceivePushAsync(others, cancellationToken: TestContext.Current.CancellationToken));

        await app.DisposeAsync();
        await using var stranded = Open("phone", new Uri("http://127.0.0.1:9"));
        Assert.Null(await stranded.ReceivePushAsync(others, cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_address_is_taken_back_once_also_when_that_was_said_without_a_connection()
    {
        await using var app = Open("phone");
        await app.StartAsync();
        await app.Connection.UntilAsync(state => state.Status == ConnectionStatus.Online);
        await app.RegisterDeviceAsync("apns", "token-2");
        await app.StopAsync();

        await app.UnregisterDeviceAsync();
        Assert.DoesNotContain("DELETE", _registrations);
        await app.StartAsync();
        await app.Connection.UntilAsync(state => state.Status == ConnectionStatus.Online);
        await app.UnregisterDeviceAsync();
        await app.StopAsync();
        await app.StartAsync();
        await app.Connection.UntilAsync(state => state.Status == ConnectionStatus.Online);

        Assert.Equal(["DELETE"], _registrations);
    }

    private ChatClient Open(string name, Uri? url = null) =>
        new(
            new ChatClientOptions
            {
                Url = url ?? _node.BaseAddress,
                Inbox = Inbox,
                Storage = new FileStorage(Path.Combine(_folder, name), _key),
                HttpHandler = () => new Recorder(_registrations) { InnerHandler = new SocketsHttpHandler() },
            }
        );

    private async Task<ConversationId> MeetAsync(ChatClient app, string body)
    {
        var opening = await app.OpenAsync(new OpenOptions { Body = body });
        await app.Conversations.UntilAsync(all =>
            all.GetValueOrDefault(app.Resolve(opening))?.Items.Any(item => item.Body == body && item.Seq is not null) == true
        );
        var id = app.Resolve(opening);
        _admin.Open(id);
        await _admin.Conversations.UntilAsync(all => all.GetValueOrDefault(id)?.Items.Any(item => item.Body == body) == true);
        return id;
    }

    private Task<string> NextPushAsync() => _pushes.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    [GeneratedRegex(@"Password\s+(?<password>\S+)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Printed();

    /// <summary>Writes down what is said of devices.</summary>
    private sealed class Recorder(ConcurrentQueue<string> calls) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.AbsolutePath.Contains("/me/devices/", StringComparison.Ordinal))
                calls.Enqueue(request.Method.Method);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
