using Chat.Contracts;
using Chat.Faults.Tests.Randomised;

namespace Chat.Faults.Tests;

/// <summary>Some visitors and two operators' sockets on random nodes who do random things while a test breaks something.</summary>
internal sealed class Traffic : IAsyncDisposable
{
    private const int Visitors = 8;

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiters = [];
    private Task _acting = Task.CompletedTask;
    private int _count;

    private Traffic() { }

    public static async Task<Traffic> StartAsync(FaultScene scene)
    {
        var traffic = new Traffic();
        var visitors = await Task.WhenAll(Enumerable.Range(0, Visitors).Select(i => scene.AddVisitorAsync($"walker {i}")));
        var ids = await Task.WhenAll(visitors.Select(visitor => visitor.OpenConversationAsync()));
        var persons = visitors.Select((client, i) => (client, (ConversationId[])[ids[i]])).ToList();
        for (var i = 0; i < 2; i++)
        {
            var client = await scene.AddOperatorAsync(await scene.OperatorAsync(), $"clerk {i}");
            await client.WatchAsync();
            foreach (var id in ids)
                await client.OpenAsync(id);
            persons.Add((client, ids));
        }
        foreach (var (client, _) in persons)
            client.Patience = TimeSpan.FromMinutes(2);
        traffic._acting = Task.WhenAll(
            persons.Select(p =>
                new RandomPerson(p.client, p.Item2, Random.Shared.Next()) { Acknowledged = traffic.Count }.RunAsync(traffic._stopping.Token)
            )
        );
        return traffic;
    }

    /// <summary>Waits until so many further changes were acknowledged: how a test knows that there was load.</summary>
    public async Task MoreAsync(int changes)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
            _waiters.Add((_count + changes, reached));
        await (await Task.WhenAny(reached.Task, _acting)).WaitAsync(TimeSpan.FromMinutes(2));
    }

    /// <summary>Ends when the last change in flight has been answered.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _acting;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    private void Count()
    {
        lock (_gate)
        {
            _count++;
            _waiters.RemoveAll(waiter => waiter.Count <= _count && waiter.Reached.TrySetResult());
        }
    }
}
