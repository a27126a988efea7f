using Chat.LoadTests.Load;
using Chat.LoadTests.Sockets;

namespace Chat.LoadTests.Workloads;

/// <summary>Sets many connections up at once; those that are done are kept alive meanwhile.</summary>
internal static class Crowd
{
    private const int AtOnce = 64;
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(10);

    public static async Task<T[]> ConnectAsync<T>(
        int count,
        Func<int, T> connect,
        Func<T, IEnumerable<WebSocketLink>> links,
        Dialect dialect,
        CancellationToken cancellation
    )
        where T : class
    {
        var made = new T?[count];
        await using var pings = TimeProvider.System.CreateTimer(_ => Ping(made, links, dialect), null, PingEvery, PingEvery);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
            (i, _) =>
            {
                made[i] = connect(i);
                return ValueTask.CompletedTask;
            }
        );
        return made!;
    }

    private static void Ping<T>(T?[] made, Func<T, IEnumerable<WebSocketLink>> links, Dialect dialect)
        where T : class
    {
        foreach (var one in made)
        {
            if (one is null)
                continue;
            foreach (var link in links(one))
                link.SendFrame(dialect.KeepAlive);
        }
    }
}
