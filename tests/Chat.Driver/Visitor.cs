using System.Security.Cryptography;
using System.Text;
using Chat.Client;
using Chat.Contracts;

namespace Chat.Driver;

/// <summary>One visitor's client, as the orders want it.</summary>
internal sealed class Visitor : IDriven
{
    private ChatClient? _client;

    private ChatClient Client => _client ?? throw new InvalidOperationException("start comes first");

    public async Task<object?> DoAsync(Order order) =>
        order.Do switch
        {
            "open" => await Client.OpenAsync(new OpenOptions { Body = order.Body }),
            "send" => await Client.SendAsync(order.Conversation, order.Body!),
            "until" => await Shown.UntilAsync(Client.Connection, Client.Conversations, () => Client.Resolve(order.Conversation), order),
            "log" => Find(order) is { } state ? Shown.Of(state) : null,
            "list" => List(),
            "state" => Shown.Of(Client.Connection.Value),
            "more" => await LoadAsync(order),
            "discard" => Client.Discard(order.Conversation, order.Key!),
            _ => await ChangeAsync(order),
        };

    public async ValueTask DisposeAsync()
    {
        if (_client is { } client)
            await client.DisposeAsync();
    }

    /// <summary>Orders without an answer.</summary>
    private async Task<object?> ChangeAsync(Order order)
    {
        switch (order.Do)
        {
            case "start":
                await StartAsync(order);
                return null;
            case "identify":
                await Client.IdentifyAsync(order.Token!);
                return null;
            case "edit":
                await Client.EditAsync(order.Conversation, order.Seq!.Value, order.Body!);
                return null;
            case "remove":
                await Client.RemoveAsync(order.Conversation, order.Seq!.Value);
                return null;
            case "retry":
                Client.Retry(order.Conversation, order.Key!);
                return null;
            case "read":
                Client.Read(order.Conversation);
                return null;
            case "type":
                Client.Typing(order.Conversation);
                return null;
            case "visible":
                Client.SetVisible(order.On);
                if (order.On)
                    Client.EnterForeground();
                return null;
            case "close":
                await Client.CloseAsync(order.Conversation);
                return null;
            case "logout":
                await Client.LogoutAsync();
                return null;
            default:
                throw new NotSupportedException(order.Do);
        }
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
            Identity = _ => Task.FromResult(order.Identity),
        };
        _client = new ChatClient(options);
        try
        {
            await _client.StartAsync();
        }
        catch (ChatException e) when (!e.Retryable)
        {
            // It has ended, and its state says why.
        }
    }

    private async Task<object> LoadAsync(Order order)
    {
        await Client.LoadOlderAsync(order.Conversation);
        return new { HasMore = Find(order)?.HasOlder ?? false };
    }

    private ConversationState? Find(Order order) => Client.Conversations.Value.GetValueOrDefault(Client.Resolve(order.Conversation));

    private object List()
    {
        var known = Client.Conversations.Value.Values.Where(state => state.Conversation is not null).ToList();
        return new
        {
            Conversations = known.Select(state => new
            {
                Conversation = state.Id,
                Status = Shown.Word(state.Status),
                state.Unread,
                state.Seq,
            }),
            Unread = known.Sum(state => state.Unread),
        };
    }
}
