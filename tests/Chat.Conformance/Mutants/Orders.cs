using System.Text.Json;
using Chat.Conformance.Mutants.Client;
using Chat.Contracts;

namespace Chat.Conformance.Mutants;

/// <summary>An order of the driver protocol. Which fields are there depends on <see cref="Do"/>.</summary>
internal sealed record Order(int Id, string Do)
{
    public Uri? Url { get; init; }

    public string? Inbox { get; init; }

    public string? Folder { get; init; }

    public string? Role { get; init; }

    public string? Identity { get; init; }

    public string? Email { get; init; }

    public string? Password { get; init; }

    public string? Token { get; init; }

    public ConversationId Conversation { get; init; }

    public IReadOnlyList<InboxId>? Inboxes { get; init; }

    public string? Body { get; init; }

    public string? Key { get; init; }

    public int? Seq { get; init; }

    public int? Epoch { get; init; }

    public int? ExpectedSeq { get; init; }

    public bool On { get; init; }
}

/// <summary>The reference client as a driver: the process of <c>mutant &lt;defect&gt;</c>.</summary>
internal sealed class Orders : IAsyncDisposable
{
    private ReferenceClient? _client;

    private ReferenceClient Client => _client ?? throw new InvalidOperationException("start comes first");

    private Model Model => Client.Model;

    /// <summary>Takes orders from stdin until it ends.</summary>
    public static async Task RunAsync(string defect)
    {
        Mutant.Defect = Enum.Parse<Defect>(defect, ignoreCase: true);
        await using var orders = new Orders();
        using var output = new SemaphoreSlim(1);
        while (await Console.In.ReadLineAsync() is { } line)
            _ = Turns.RunAsync(() => orders.AnswerAsync(JsonSerializer.Deserialize<Order>(line, JsonSerializerOptions.Web)!, output));
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is { } client)
            await client.DisposeAsync();
    }

    private async Task<bool> AnswerAsync(Order order, SemaphoreSlim output)
    {
        object answer;
        try
        {
            answer = new { order.Id, Result = await DoAsync(order) };
        }
        catch (NotSupportedException)
        {
            answer = new { order.Id, Error = "unknown" };
        }
        catch (Exception e)
        {
            answer = new { order.Id, Error = e.ToString() };
        }
        await output.WaitAsync();
        await Console.Out.WriteLineAsync(JsonSerializer.Serialize(answer, ClientJson.Answers));
        output.Release();
        return true;
    }

    private async Task<object?> DoAsync(Order order)
    {
        switch (order.Do)
        {
            case "start":
                return await StartAsync(order);
            case "list":
                return View.List(Client);
            case "state":
                return View.State(Client);
            case "log":
                return Model.Find(order.Conversation) is { } held ? View.Log(Client, held) : null;
            case "until":
                return View.Log(Client, await UntilAsync(order));
            case "more":
                return new { HasMore = await Client.LoadOlderAsync(Find(order)) };
            case "rows":
                return View.Rows(Client);
            case "held":
                return View.HeldBack(Client, order.Conversation);
            case "open" when Model.Side == Side.Visitor:
                return await BeginAsync(order);
            case "send":
                var sent = Change(order, "Send") with { Body = order.Body, ExpectedSeq = order.ExpectedSeq };
                sent = order.Key is null ? sent : sent with { ClientId = Guid.Parse(order.Key) };
                await Client.Outbox.AddAsync(sent);
                return sent.ClientId;
            case "edit":
                await Client.Outbox.AddAsync(Change(order, "Edit") with { Seq = order.Seq, Body = order.Body });
                return null;
            case "remove":
                await Client.Outbox.AddAsync(Change(order, "Delete") with { Seq = order.Seq });
                return null;
            case "close":
                await Client.Outbox.AddAsync(Change(order, "Close"));
                return null;
            case "claim":
                await Client.Outbox.AddAsync(Change(order, "Claim"));
                return null;
            default:
                await DoSmallAsync(order);
                return null;
        }
    }

    // What answers nothing.
    private async Task DoSmallAsync(Order order)
    {
        switch (order.Do)
        {
            case "identify":
                await Client.IdentifyAsync(order.Token!);
                break;
            case "read":
                Client.Marks.Read(Find(order));
                break;
            case "type":
                Client.Marks.Type(Model.Resolve(order.Conversation));
                break;
            case "visible":
                Client.SetVisible(order.On);
                break;
            case "retry":
                Client.Outbox.Retry(order.Conversation, order.Key!);
                break;
            case "release":
                Client.Outbox.Retry(order.Conversation, order.Key!, Find(order).Log.Seq);
                break;
            case "discard":
                Client.Outbox.Discard(order.Conversation, order.Key!);
                break;
            case "logout":
                await Client.LogOutAsync();
                break;
            case "watch":
                await Client.Desk.WatchAsync(order.Inboxes);
                break;
            case "open":
                await Client.Desk.OpenAsync(order.Conversation);
                break;
            case "leave":
                Client.Desk.Leave(order.Conversation);
                break;
            default:
                throw new NotSupportedException(order.Do);
        }
    }

    private async Task<object> StartAsync(Order order)
    {
        var isOperator = order.Role == "operator";
        _client = new ReferenceClient(
            new ClientSettings(order.Url!, order.Folder!)
            {
                Inbox = order.Inbox ?? "",
                Identity = order.Identity,
                Email = isOperator ? order.Email : null,
                Password = order.Password ?? "",
            }
        );
        await _client.StartAsync();
        return new { Durable = !Mutant.Has(Defect.NotDurable) };
    }

    /// <summary>A conversation begins with its first message. Until the server has opened it, it has an id of ours, which goes on to work.</summary>
    private async Task<object?> BeginAsync(Order order)
    {
        var id = new ConversationId(Guid.NewGuid());
        Model.Hold(id);
        var opening = new OutboxItem(id, "OpenConversation");
        if (order.Body is { } body)
            await Client.Outbox.AddAsync(opening, new OutboxItem(id, "Send") { Body = body });
        else
            await Client.Outbox.AddAsync(opening);
        return id;
    }

    private async Task<Held> UntilAsync(Order order)
    {
        while (true)
        {
            var next = Model.Changed.Next;
            var held = Model.Find(order.Conversation);
            if (View.IsSettled(Client, held, order.Seq ?? 0, order.Epoch ?? 0))
            {
                // Its page had no room for events.
                if (held!.Log is { HasOlder: true, Events.Count: 0 })
                    await Client.LoadOlderAsync(held);
                return held;
            }
            await next;
        }
    }

    private OutboxItem Change(Order order, string method) => new(Model.Resolve(order.Conversation), method);

    private Held Find(Order order) =>
        Model.Find(order.Conversation) ?? throw new InvalidOperationException($"There is no conversation {order.Conversation}.");
}
