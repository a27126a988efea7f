using System.Security.Cryptography;
using Chat.Client;
using Chat.Contracts;

namespace Chat.Sample.Mobile;

/// <summary>
/// A chat in an app: what the device tells goes to the client, what changes goes to the screens. All of it but the screens, so that it is tested without a device.
/// </summary>
public sealed class MobileChat : IAsyncDisposable
{
    private const string KeyName = "chat-key";
    private const int KeyLength = 32;

    private readonly Device _device;

    // One after the other, in the order in which the device told of them.
    private readonly Lock _gate = new();
    private Task _moves = Task.CompletedTask;
    private CancellationTokenSource _leaving = new();

    private volatile object? _shown;

    private MobileChat(ChatClient client, Device device) => (Client, _device) = (client, device);

    /// <summary>Raised on the thread of the screens: a notification about this conversation was tapped.</summary>
    public event Action<ConversationId>? Opened;

    /// <summary>Raised on the thread of the screens when a conversation has changed.</summary>
    public event Action<IReadOnlyDictionary<ConversationId, ConversationState>>? Changed;

    /// <summary>What is sent and read.</summary>
    public ChatClient Client { get; }

    /// <summary>Starts. Returns when what is stored can be shown; being connected is not waited for.</summary>
    /// <param name="options">Which chat.</param>
    /// <param name="device">What the device offers.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<MobileChat> StartAsync(MobileChatOptions options, Device device, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(device);
        var folder = Path.Combine(device.DataFolder, "chat");
        var client = new ChatClient(
            new ChatClientOptions
            {
                Url = options.Url,
                Inbox = options.Inbox,
                Identity = options.Identity,
                HttpHandler = options.HttpHandler,
                Storage = new FileStorage(folder, await KeyAsync(device.Secrets, folder)),
            }
        );
        var chat = new MobileChat(client, device);
        await client.StartAsync(cancellationToken);
        chat.Listen();
        return chat;
    }

    /// <summary>Asks the user whether the device may be woken. For the moment at which it makes sense to the user: after the first message.</summary>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task EnablePushAsync(CancellationToken cancellationToken = default)
    {
        if (await _device.Push.AskAsync(cancellationToken) is { } token)
            await Client.RegisterDeviceAsync(_device.Push.Platform, token, cancellationToken);
    }

    /// <summary>A conversation is on the screen: what comes is read. Null: none is.</summary>
    /// <param name="conversation">Which.</param>
    public void Show(ConversationId? conversation)
    {
        _shown = conversation;
        Client.SetVisible(conversation is not null);
        if (conversation is { } id)
            Client.Read(id);
    }

    /// <summary>Leaves the device's events alone and ends the connection; what is not sent is sent after the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        Unlisten();
        Task moves;
        lock (_gate)
            moves = _moves;
        await moves.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Client.DisposeAsync();
        _leaving.Dispose();
    }

    // The platform may have restored the folder from a backup without its key: what is in it can be read no more.
    private static async Task<byte[]> KeyAsync(ISecureStore secrets, string folder)
    {
        if (await secrets.GetAsync(KeyName) is { } kept)
            return Convert.FromBase64String(kept);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        var key = RandomNumberGenerator.GetBytes(KeyLength);
        await secrets.SetAsync(KeyName, Convert.ToBase64String(key));
        return key;
    }

    private void Listen()
    {
        _device.Life.Stopped += OnStopped;
        _device.Life.Resumed += OnResumed;
        _device.Network.Changed += OnNetwork;
        _device.Push.TokenChanged += OnToken;
        _device.Push.Tapped += OnTapped;
        Client.Conversations.Changed += OnChanged;
    }

    private void Unlisten()
    {
        _device.Life.Stopped -= OnStopped;
        _device.Life.Resumed -= OnResumed;
        _device.Network.Changed -= OnNetwork;
        _device.Push.TokenChanged -= OnToken;
        _device.Push.Tapped -= OnTapped;
        Client.Conversations.Changed -= OnChanged;
    }

    private void OnStopped()
    {
        lock (_gate)
        {
            _leaving.Dispose();
            _leaving = new CancellationTokenSource();
            _moves = LeaveAsync(_moves, _leaving.Token);
        }
    }

    // Whoever comes back at once need not wait until all is finished.
    private void OnResumed()
    {
        lock (_gate)
        {
            _leaving.Cancel();
            _moves = ReturnAsync(_moves);
        }
    }

    private async Task LeaveAsync(Task before, CancellationToken isBack)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _device.Life.FinishAsync(async outOfTime =>
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(outOfTime, isBack);
            await Client.EnterBackgroundAsync(either.Token);
        });
    }

    private async Task ReturnAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Client.EnterForeground();
    }

    private void OnNetwork()
    {
        if (_device.Network.IsThere)
            Client.NetworkChanged();
    }

    // Kept by the client, and told to the server on the next connection if there is none now.
    private void OnToken(string token) => _ = Client.RegisterDeviceAsync(_device.Push.Platform, token);

    private void OnTapped(Guid conversation) => _device.OnScreen(() => Opened?.Invoke(Client.Resolve(new ConversationId(conversation))));

    private void OnChanged(IReadOnlyDictionary<ConversationId, ConversationState> conversations)
    {
        if (_shown is ConversationId shown && conversations.TryGetValue(Client.Resolve(shown), out var state) && state.Unread > 0)
            Client.Read(shown);
        _device.OnScreen(() => Changed?.Invoke(conversations));
    }
}
