using System.Security.Cryptography;
using System.Text;
using Chat.Client;
using Chat.Contracts;

namespace Chat.Driver;

/// <summary>One operator's client, as the orders want it.</summary>
internal sealed class Operator : IDriven
{
    private OperatorClient? _client;

    private OperatorClient Client => _client ?? throw new InvalidOperationException("start comes first");

    public async Task<object?> DoAsync(Order order) =>
        order.Do switch
        {
            "send" => await Client.SendAsync(order.Conversation, order.Body!, expectedSeq: order.ExpectedSeq),
            "until" => await UntilAsync(order),
            "log" => Client.Conversations.Value.TryGetValue(order.Conversation, out var state) ? Shown.Of(state) : null,
            "state" => Shown.Of(Client.Connection.Value),
            "rows" => List(),
            "held" => Held(order),
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
            case "watch":
                await WatchAsync(order);
                return null;
            case "open":
                Client.Open(order.Conversation);
                await UntilAsync(order);
                return null;
            case "leave":
                Client.Leave(order.Conversation);
                return null;
            case "claim":
                await Client.ClaimAsync(order.Conversation);
                return null;
            case "release":
                Client.Release(order.Conversation, order.Key!);
                return null;
            case "edit":
                await Client.EditAsync(order.Conversation, order.Seq!.Value, order.Body!);
                return null;
            case "remove":
                await Client.RemoveAsync(order.Conversation, order.Seq!.Value);
                return null;
            case "read":
                Client.Read(order.Conversation);
                return null;
            case "type":
                Client.Typing(order.Conversation);
                return null;
            default:
                throw new NotSupportedException(order.Do);
        }
    }

    private async Task StartAsync(Order order)
    {
        var key = SHA256.HashData(Encoding.UTF8.GetBytes(order.Folder!));
        var signIn = new SignIn { Email = order.Email, Password = order.Password };
        _client = new OperatorClient(
            new OperatorClientOptions
            {
                Url = order.Url!,
                Storage = new FileStorage(order.Folder!, key),
                Credentials = _ => Task.FromResult(signIn),
            }
        );
        await _client.StartAsync();
    }

    // Without a connection nothing is watched yet.
    private async Task WatchAsync(Order order)
    {
        await foreach (var state in Client.Connection.WatchAsync())
        {
            if (state.Status == ConnectionStatus.Online)
                break;
        }
        await Client.WatchAsync(order.Inboxes);
    }

    private Task<object> UntilAsync(Order order) =>
        Shown.UntilAsync(Client.Connection, Client.Conversations, () => order.Conversation, order);

    private object List() =>
        new
        {
            Rows = Client.Rows.Value.Values.Select(row => new
            {
                Conversation = row.ConversationId,
                Status = Shown.Word(row.Status),
                row.Seq,
                Visitor = row.Visitor.Name,
                Assignee = row.Assignee?.Name,
                LastText = row.LastMessage?.Text,
            }),
        };

    private object Held(Order order) =>
        new
        {
            Held = (Client.Conversations.Value.GetValueOrDefault(order.Conversation)?.Items ?? [])
                .Where(item => item.State == ItemState.Held)
                .Select(item => new { item.Key, Missing = (item.Missing ?? []).Select(e => e.Seq) }),
        };
}
