using System.Threading.Channels;
using Chat.Contracts;
using Chat.Sample.Mobile;
using Chat.Testing.Nodes;
using Xunit;

namespace Chat.Client.Tests.Mobile;

/// <summary>The shared part of a mobile app, against the real server and without a device.</summary>
public sealed class MobileChatTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("chat-mobile-").FullName;
    private readonly FakeDevice _device = new();
    private ChatNode _node = null!;

    public async ValueTask InitializeAsync() =>
        _node = await ChatNode.StartAsync(
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["Storage__DataFolder"] = Path.Combine(_folder, "data") }
        );

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Its_key_is_in_the_keychain_and_a_folder_that_came_back_without_it_begins_anew()
    {
        ConversationId id;
        await using (var first = await StartAsync(_node.BaseAddress))
            id = await OpenAsync(first);

        await using (var second = await StartAsync(_node.BaseAddress))
            Assert.Contains(id, second.Client.Conversations.Value.Keys);

        _device.LoseSecrets();
        await using var restored = await StartAsync(_node.BaseAddress);
        Assert.Empty(restored.Client.Conversations.Value);
    }

    [Fact]
    public async Task In_the_background_it_has_no_connection_and_back_again_it_connects_at_once()
    {
        await using var chat = await StartAsync(_node.BaseAddress);
        await OpenAsync(chat);

        _device.Stop();
        await chat.Client.Connection.UntilAsync(state => state is { Status: ConnectionStatus.Offline, Reason: "background" });
        _ = Assert.Single(_device.Finished);

        _device.Resume();
        await chat.Client.Connection.UntilAsync(state => state.Status == ConnectionStatus.Online);
    }

    [Fact]
    public async Task Back_before_all_was_finished_it_stays_connected()
    {
        await using var proxy = TcpProxy.Start(_node.BaseAddress.Port);
        await using var chat = await StartAsync(new Uri($"http://127.0.0.1:{proxy.Port}"));
        var id = await OpenAsync(chat);
        // Written, and unanswered for as long as it takes to leave and to come back.
        proxy.Refuse = true;
        proxy.CutAll();
        await chat.Client.SendAsync(id, "On my way out");

        _device.Stop();
        _device.Resume();
        proxy.Refuse = false;
        _device.ChangeNetwork();

        await chat.Client.Conversations.UntilAsync(all => all[id].Items is [.., { Seq: not null, Body: "On my way out" }]);
        Assert.Equal(
            ConnectionStatus.Online,
            (await chat.Client.Connection.UntilAsync(state => state.Status == ConnectionStatus.Online)).Status
        );
    }

    [Fact]
    public async Task Another_network_is_used_at_once_and_none_is_not_tried()
    {
        await using var chat = await StartAsync(_node.BaseAddress);
        var id = await OpenAsync(chat);
        var ends = Channel.CreateUnbounded<ConnectionStatus>();
        chat.Client.Connection.Changed += state => ends.Writer.TryWrite(state.Status);

        _device.IsThere = false;
        _device.ChangeNetwork();
        await chat.Client.SendAsync(id, "Over the connection that there is");
        await chat.Client.Conversations.UntilAsync(all =>
            all[id].Items is [.., { Seq: not null, Body: "Over the connection that there is" }]
        );
        Assert.False(ends.Reader.TryRead(out _));

        _device.IsThere = true;
        _device.ChangeNetwork();
        Assert.NotEqual(ConnectionStatus.Online, await ends.Reader.ReadAsync().AsTask().WaitAsync(Patience));
        await chat.Client.Connection.UntilAsync(state => state.Status == ConnectionStatus.Online);
    }

    [Fact]
    public async Task The_server_hears_of_the_devices_address_when_the_user_agrees_and_of_each_new_one()
    {
        var told = Channel.CreateUnbounded<string>();
        await using var chat = await MobileChat.StartAsync(
            new MobileChatOptions
            {
                Url = _node.BaseAddress,
                Inbox = "demo",
                // Upgrades nothing: the chat goes over REST, where it can be seen.
                HttpHandler = () => new SeeingHandler(told.Writer),
            },
            _device.In(_folder)
        );
        await chat.Client.Connection.UntilAsync(state => state.Status == ConnectionStatus.Online);

        _device.Answer = null;
        await chat.EnablePushAsync();
        _device.Answer = "address 1";
        await chat.EnablePushAsync();
        Assert.Equal("""{"platform":"fcm","token":"address 1"}""", await told.Reader.ReadAsync().AsTask().WaitAsync(Patience));

        _device.ChangeToken("address 2");
        Assert.Equal("""{"platform":"fcm","token":"address 2"}""", await told.Reader.ReadAsync().AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task A_tap_opens_its_conversation_and_what_is_on_the_screen_is_read_on_its_thread()
    {
        await using var chat = await StartAsync(_node.BaseAddress);
        var id = await OpenAsync(chat);
        ConversationId? opened = null;
        chat.Opened += conversation => opened = conversation;

        _device.Tap(id.Value);
        Assert.Equal(id, opened);
        var before = _device.OnScreen;

        chat.Show(id);
        var signIn = new SignIn { Email = "admin@localhost", Password = Password };
        await using var anna = new OperatorClient(
            new OperatorClientOptions { Url = _node.BaseAddress, Credentials = _ => Task.FromResult(signIn) }
        );
        await anna.StartAsync();
        anna.Open(id);
        await anna.SendAsync(id, "It is.");

        await chat.Client.Conversations.UntilAsync(all => all[id] is { Unread: 0, Items: [.., { Body: "It is." }] });
        Assert.True(_device.OnScreen > before);
    }

    private string Password => _node.Output.Split("Password")[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];

    private Task<MobileChat> StartAsync(Uri url) =>
        MobileChat.StartAsync(new MobileChatOptions { Url = url, Inbox = "demo" }, _device.In(_folder));

    private static async Task<ConversationId> OpenAsync(MobileChat chat)
    {
        var draft = await chat.Client.OpenAsync(new OpenOptions { Body = "Good morning" });
        await chat.Client.Conversations.UntilAsync(all =>
            all.GetValueOrDefault(chat.Client.Resolve(draft))?.Items.Any(item => item is { Seq: not null, Body: not null }) == true
        );
        return chat.Client.Resolve(draft);
    }

    private sealed class SeeingHandler(ChannelWriter<string> told) : DelegatingHandler(new HttpClientHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.Scheme == "ws")
                throw new HttpRequestException("No sockets here.");
            if (request.RequestUri.AbsolutePath.Contains("/me/devices/", StringComparison.Ordinal))
                await told.WriteAsync(await request.Content!.ReadAsStringAsync(cancellationToken), cancellationToken);
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
