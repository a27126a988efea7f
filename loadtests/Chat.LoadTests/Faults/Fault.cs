using Chat.LoadTests.Systems;
using Chat.Testing.Nodes;

namespace Chat.LoadTests.Faults;

/// <summary>Something that breaks and heals again, at a moment of its own choice.</summary>
/// <param name="Name">On the command line and in the table.</param>
/// <param name="What">For readers.</param>
/// <param name="RunAsync">From the first harm to the last repair.</param>
internal sealed record Fault(string Name, string What, Func<FaultStand, Task> RunAsync)
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(5);

    public static IReadOnlyList<Fault> All { get; } =
    [
        new("none", "nothing: what the load is like", _ => Task.CompletedTask),
        new(
            "node-kill",
            "SIGKILL of a node, then a new one",
            async stand =>
            {
                stand.LastNode.Kill();
                await stand.LastNode.WaitForExitAsync();
                await stand.LastNode.RestartAsync();
            }
        ),
        new(
            "node-terminate",
            "SIGTERM of a node, then a new one",
            async stand =>
            {
                stand.LastNode.Terminate();
                await stand.LastNode.WaitForExitAsync();
                await stand.LastNode.RestartAsync();
            }
        ),
        new(
            "node-pause",
            "SIGSTOP of a node for 15 s: its sockets stay open and nothing answers",
            async stand =>
            {
                await stand.LastNode.PauseAsync();
                await stand.WaitAsync(3 * Outage);
                stand.LastNode.Resume();
            }
        ),
        new(
            "clients-cut",
            "all sockets of all clients reset at once",
            stand =>
            {
                foreach (var door in stand.Doors)
                    door.CutAll();
                return Task.CompletedTask;
            }
        ),
        new(
            "redis-kill",
            "SIGKILL of Redis for 5 s; it comes back empty",
            async stand =>
            {
                await stand.Chat.Redis.KillAsync();
                await stand.WaitAsync(Outage);
                await stand.Chat.Redis.RestartAsync();
            }
        ),
        new(
            "redis-pause",
            "Redis silent for 5 s behind open sockets",
            async stand =>
            {
                await stand.Chat.Redis.PauseAsync();
                await stand.WaitAsync(Outage);
                await stand.Chat.Redis.ResumeAsync();
            }
        ),
        new("postgres-restart", "PostgreSQL restarted: open transactions are rolled back", stand => stand.Chat.Postgres.RestartAsync()),
        new(
            "postgres-kill",
            "SIGKILL of every process of PostgreSQL, then its recovery",
            async stand =>
            {
                await stand.Chat.Postgres.KillAsync();
                await stand.Chat.Postgres.RestartAsync();
            }
        ),
        new(
            "postgres-pause",
            "PostgreSQL silent for 5 s behind open sockets",
            async stand =>
            {
                await stand.Chat.Postgres.PauseAsync();
                await stand.WaitAsync(Outage);
                await stand.Chat.Postgres.ResumeAsync();
            }
        ),
    ];
}

/// <summary>What faults are done to.</summary>
/// <param name="Chat">Servers of our own.</param>
/// <param name="Doors">Between clients and each node.</param>
/// <param name="Cancellation">Of the whole run.</param>
internal sealed record FaultStand(ChatSystem Chat, IReadOnlyList<TcpProxy> Doors, CancellationToken Cancellation)
{
    public ChatNode LastNode => Chat.Cluster.Nodes[^1];

    /// <summary>An outage takes its time: the one thing here that is waited for by the clock.</summary>
    public Task WaitAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System, Cancellation);
}
