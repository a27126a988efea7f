using Chat.Conformance.Drivers;
using Chat.Conformance.Network;
using Chat.Contracts;
using Chat.Testing.Clients;
using Chat.Testing.Nodes;

namespace Chat.Conformance.Scenarios;

/// <summary>One operator's client in one scenario: an inbox of its own, and visitors who come on a good network.</summary>
internal sealed class OperatorStage : IAsyncDisposable
{
    private readonly List<ChatClient> _visitors = [];
    private int _lastBody;

    private OperatorStage(Service service, InboxSettings inbox, HostileProxy proxy, Device device) =>
        (Service, Inbox, Proxy, Device) = (service, inbox, proxy, device);

    public Service Service { get; }

    public InboxSettings Inbox { get; }

    public HostileProxy Proxy { get; }

    public Device Device { get; }

    public static async Task<OperatorStage> StartAsync(Service service, Driver driver, int seed)
    {
        var inbox = await service.Staff.AddInboxAsync("Of an operator's client");
        var (_, email) = await service.Staff.AddOperatorAsync("Under proof", inbox.Id);
        var proxy = new HostileProxy(service.Cluster.Nodes[0].BaseAddress.Port, seed);
        try
        {
            var device = await Device.StartAsync(
                driver,
                folder => new
                {
                    url = proxy.Address,
                    role = "operator",
                    email,
                    password = ChatCluster.Password,
                    folder,
                }
            );
            return new OperatorStage(service, inbox, proxy, device);
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }

    /// <summary>A new visitor with a conversation and a message in it.</summary>
    public async Task<(ChatClient Visitor, ConversationId Id)> VisitAsync()
    {
        var node = Service.Cluster.Nodes[1];
        var session = await Service.Cluster.NewVisitorAsync(Inbox.Key, node);
        var visitor = ChatClient.Visitor(() => node.BaseAddress, () => Task.FromResult(session.Token));
        _visitors.Add(visitor);
        var id = await visitor.OpenConversationAsync();
        await visitor.SendAsync(id, NextBody());
        return (visitor, id);
    }

    public string NextBody() => $"question {++_lastBody} to {Inbox.Key}";

    public Task WatchAsync() => Device.DoAsync("watch", new { inboxes = new[] { Inbox.Id } });

    public Task<ShownLog> OpenAsync(ConversationId id) => OpenAsync(id, seq: 0);

    /// <summary>Follows a conversation until it is held up to this seq.</summary>
    public async Task<ShownLog> OpenAsync(ConversationId id, int seq)
    {
        await Device.DoAsync("open", new { conversation = id });
        return await Device.UntilAsync(id.ToString(), seq);
    }

    /// <summary>Until the rows are what the inbox has that is not closed.</summary>
    public Task UntilRowsAreRightAsync() =>
        Device.LookUntilAsync(
            async () =>
            {
                var shown = Device.Parse<ShownRows>(await Device.DoAsync("rows")).Rows;
                var stored = await Service.Facts.RowsOfAsync(Inbox.Id);
                return new RowsCompared(
                    [.. shown.Select(row => $"{row.Conversation} {row.Status} {row.Seq}").Order(StringComparer.Ordinal)],
                    [.. stored.Select(row => $"{row.Key} {row.Value.Status} {row.Value.Seq}").Order(StringComparer.Ordinal)]
                );
            },
            compared => compared.Shown.SequenceEqual(compared.Stored),
            "the rows that are stored"
        );

    public async Task<ShownHeld> HeldAsync(ConversationId id) =>
        Device.Parse<ShownHeld>(await Device.DoAsync("held", new { conversation = id }));

    /// <summary>Bodies of messages, as they are stored.</summary>
    public async Task<IReadOnlyList<(int Seq, string? Body)>> StoredAsync(ConversationId id) =>
        [.. (await Service.ReadAsync()).Events(id).Where(e => e.Type == EventType.Message).Select(e => (e.Seq, e.Body))];

    /// <summary>The client shows the messages that are stored, each once.</summary>
    public async Task ExpectLogIsRightAsync(ConversationId id)
    {
        var stored = await StoredAsync(id);
        var log = await Device.UntilAsync(id.ToString(), stored[^1].Seq);
        var shown = log.Items.Where(item => item.Type == "message").Select(item => (item.Seq ?? 0, item.Body)).ToList();
        Stage.Expect(shown.SequenceEqual(stored), $"stored are {string.Join(", ", stored)}, shown are {string.Join(", ", shown)}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var visitor in _visitors)
            await visitor.DisposeAsync();
        await Device.DisposeAsync();
        await Proxy.DisposeAsync();
    }

    private sealed record RowsCompared(IReadOnlyList<string> Shown, IReadOnlyList<string> Stored);
}
