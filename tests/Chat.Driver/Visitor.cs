using System.Security.Cryptography;
using System.Text;
using Chat.Client;
using Chat.Contracts;

namespace Chat.Driver;

/// <summary>One visitor's client, as the orders want it.</summary>
internal sealed class Visitor : IAsyncDisposable
{
    private ChatClient? _client;

    private ChatClient Client => _client ?? throw new InvalidOperationException("start comes first");

    public async Task<object?> DoAsync(Order order)
    {
        switch (order.Do)
        {
            case "start":
                await StartAsync(order);
                return null;
            case "open":
                return await Client.OpenAsync(new OpenOptions { Body = order.Body });
            case "send":
                return await Client.SendAsync(order.Conversation, order.Body!);
            case "edit":
                await Client.EditAsync(order.Conversation, order.Seq!.Value, order.Body!);
                return null;
            case "remove":
                await Client.RemoveAsync(order.Conversation, order.Seq!.Value);
                return null;
            case "read":
                Client.Read(order.Conversation);
                return null;
            case "until":
                return await UntilAsync(order);
            case "log":
                return Show(order.Conversation);
            case "logout":
                await Client.LogoutAsync();
                return null;
            default:
                throw new NotSupportedException(order.Do);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is { } client)
            await client.DisposeAsync();
    }

    private async Task StartAsync(Order order)
    {
        // Any key serves here; an app has it from the platform's keychain.
        var key = SHA256.HashData(Encoding.UTF8.GetBytes(order.Folder!));
        var options = new ChatClientOptions
        {
            Url = order.Url!,
            Inbox = order.Inbox!,
            Storage = new FileStorage(order.Folder!, key),
        };
        _client = new ChatClient(options);
        await _client.StartAsync();
    }

    /// <summary>Online, nothing on the way, and at least the log of this epoch up to this seq.</summary>
    private async Task<object?> UntilAsync(Order order)
    {
        var changed = new SemaphoreSlim(1);
        void Look<T>(T value) => changed.Release();
        Client.Connection.Changed += Look;
        Client.Conversations.Changed += Look;
        try
        {
            while (!IsSettled(order))
                await changed.WaitAsync();
            return Show(order.Conversation);
        }
        finally
        {
            Client.Connection.Changed -= Look;
            Client.Conversations.Changed -= Look;
        }
    }

    private bool IsSettled(Order order) =>
        Client.Connection.Value.Status == ConnectionStatus.Online
        && Client.Conversations.Value.TryGetValue(Client.Resolve(order.Conversation), out var state)
        && state.Conversation is not null
        && state.Epoch >= (order.Epoch ?? 0)
        && state.Seq >= (order.Seq ?? 0)
        && state.Items.All(item => item.State != ItemState.Sending && item.Pending is null);

    private object? Show(ConversationId conversation)
    {
        var id = Client.Resolve(conversation);
        if (!Client.Conversations.Value.TryGetValue(id, out var state))
            return null;
        return new
        {
            Conversation = id,
            state.Epoch,
            state.Seq,
            state.Unread,
            Items = state.Items.Select(item => new
            {
                item.Key,
                item.Seq,
                Type = item.Type.ToString().ToLowerInvariant(),
                item.Body,
                item.Edited,
                item.Deleted,
                State = item.State.ToString().ToLowerInvariant(),
                item.Error,
            }),
        };
    }
}
