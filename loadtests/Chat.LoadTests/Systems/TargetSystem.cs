using System.Globalization;
using Chat.Contracts;
using Chat.LoadTests.Load;
using Chat.LoadTests.Meters;
using Chat.LoadTests.Sockets;

namespace Chat.LoadTests.Systems;

/// <param name="Addresses">Of nodes or of a service in front of them; http.</param>
/// <param name="Inbox">Public key of an inbox that admits clients without an Origin.</param>
/// <param name="Email">Of an operator who is a member of it.</param>
/// <param name="Password">His.</param>
internal sealed record Target(IReadOnlyList<Uri> Addresses, string Inbox, string Email, string Password);

/// <summary>Somebody's own cluster: no processes to look at, and an oracle that asks the cluster itself.</summary>
internal sealed class TargetSystem(Target target) : ISystem
{
    private readonly ChatAccess _access = new(target.Addresses, target.Inbox, new HubDialect());

    public string Name => "target";

    public Dialect Dialect { get; } = new HubDialect();

    public ProcessMeter Processes { get; } = new();

    public async Task PrepareAsync(int people, CancellationToken cancellation)
    {
        await _access.SignInAsync(target.Email, target.Password, cancellation);
        await _access.AddVisitorsAsync(people, cancellation);
    }

    public WebSocketLink Join(int person, int conversations)
    {
        var link = _access.Visitor(person, _access.Node(person));
        for (var i = 0; i < conversations; i++)
            ChatAccess.OpenConversation(link);
        return link;
    }

    public WebSocketLink Watch(int number, int conversations) => _access.Watch(number);

    public Task<double?> CollectAsync(CancellationToken cancellation) => Task.FromResult<double?>(null);

    public Pair Talk(int number, bool apart, string body = Dialect.Body) => _access.Talk(number, apart, body);

    /// <summary>Heads of all conversations: deliveries had no gap, so a head that is the last delivered message leaves room for none besides.</summary>
    public Task<long> CheckAsync(IReadOnlyList<Pair> pairs, CancellationToken cancellation)
    {
        using var link = _access.Operator(0, _access.Node(0));
        foreach (var chunk in pairs.Where(pair => pair.Sent > 0).Chunk(Limits.Cursors))
        {
            cancellation.ThrowIfCancellationRequested();
            var cursors = string.Join(',', chunk.Select(Cursor));
            var pages = link.Call("Sync", $"{{\"cursors\":[{cursors}]}}").GetProperty("conversations");
            var heads = pages
                .EnumerateArray()
                .ToDictionary(p => p.GetProperty("conversation").GetProperty("id").GetString()!, p => p.GetProperty("seq").GetInt32());
            foreach (var pair in chunk)
            {
                if (heads.GetValueOrDefault(pair.Id) != pair.LastSeq || pair.Acknowledged != pair.Delivered)
                    throw new InvalidOperationException(
                        $"{pair.Id}: {pair.Acknowledged} acknowledged, {pair.Delivered} delivered up to {pair.LastSeq}, stored up to "
                            + $"{heads.GetValueOrDefault(pair.Id)}."
                    );
            }
        }
        return Task.FromResult(pairs.Sum(pair => (long)pair.Acknowledged));
    }

    public ValueTask DisposeAsync()
    {
        _access.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string Cursor(Pair pair) =>
        string.Create(CultureInfo.InvariantCulture, $"{{\"conversationId\":\"{pair.Id}\",\"epoch\":1,\"seq\":{pair.LastSeq}}}");
}
