using System.Diagnostics;
using Chat.LoadTests.Load;
using Chat.LoadTests.Resilience;
using Chat.LoadTests.Runs;
using Chat.LoadTests.Systems;
using Chat.Testing.Nodes;

namespace Chat.LoadTests.Workloads;

/// <summary>W9: one node is killed; half of the people reconnect to the others and catch up.</summary>
internal sealed class NodeLoss : IWorkload
{
    public string Name => "W9";

    public string Title => "a node is killed";

    public string Unit => "conversations";

    public bool IsExclusive => true;

    public Plan Default =>
        new()
        {
            Count = 5000,
            Rate = 500,
            WarmUp = 10,
            Seconds = 15,
        };

    public async Task<IExercise> PrepareAsync(ISystem system, Plan plan, CancellationToken cancellation) =>
        await ResilientExercise.PrepareAsync(system, plan, KillAsync, cancellation);

    private static async Task KillAsync(IReadOnlyList<IServerNode> nodes)
    {
        nodes[^1].Kill();
        await nodes[^1].WaitForExitAsync();
    }
}

/// <summary>W11: all nodes are restarted in turn, as a deployment does.</summary>
internal sealed class RollingRestart : IWorkload
{
    public string Name => "W11";

    public string Title => "rolling restart";

    public string Unit => "conversations";

    public bool IsExclusive => true;

    public Plan Default =>
        new()
        {
            Count = 500,
            Rate = 500,
            WarmUp = 10,
            Seconds = 15,
        };

    public async Task<IExercise> PrepareAsync(ISystem system, Plan plan, CancellationToken cancellation) =>
        await ResilientExercise.PrepareAsync(system, plan, RestartAllAsync, cancellation);

    private static async Task RestartAllAsync(IReadOnlyList<IServerNode> nodes)
    {
        foreach (var node in nodes)
        {
            node.Terminate();
            await node.WaitForExitAsync();
            await node.RestartAsync();
        }
    }
}

/// <summary>A steady load of people who come back, and something that is done to the nodes meanwhile.</summary>
internal sealed class ResilientExercise : IExercise
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // What they have lost never comes.
    private static readonly TimeSpan PatienceWithPeers = TimeSpan.FromSeconds(20);

    private readonly IBreakable _system;
    private readonly Plan _plan;
    private readonly Func<IReadOnlyList<IServerNode>, Task> _fault;
    private readonly ResilientLoad _load;

    private ResilientExercise(IBreakable system, Plan plan, Func<IReadOnlyList<IServerNode>, Task> fault)
    {
        (_system, _plan, _fault) = (system, plan, fault);
        _load = new ResilientLoad(system, plan.Count, seed: 1);
    }

    public static async Task<ResilientExercise> PrepareAsync(
        ISystem system,
        Plan plan,
        Func<IReadOnlyList<IServerNode>, Task> fault,
        CancellationToken cancellation
    )
    {
        var breakable = system.As<IBreakable>();
        await breakable.PrepareAsync(plan.Count, cancellation);
        await breakable.PrepareRetriesAsync(cancellation);
        var exercise = new ResilientExercise(breakable, plan, fault);
        await exercise._load.OpenAsync(cancellation);
        return exercise;
    }

    public Task WarmUpAsync(CancellationToken cancellation)
    {
        _load.Run(_plan.Rate, TimeSpan.FromSeconds(_plan.WarmUp));
        Settle();
        return Task.CompletedTask;
    }

    public async Task<Sample> MeasureAsync(CancellationToken cancellation)
    {
        var (since, before) = (Stopwatch.GetTimestamp(), _load.Absences.Count);
        var fault = Task.Run(() => _fault(_system.Nodes), cancellation);
        _load.Run(_plan.Rate, TimeSpan.FromSeconds(_plan.Seconds), until: fault);
        await fault;
        Settle();
        var impact = Impact.Of(_load, since, before);
        var found = await FaultOracle.AskAsync(_system, _load.Talks, cancellation);
        // For the next period.
        foreach (var node in _system.Nodes.Where(node => !node.IsRunning))
            await node.RestartAsync();
        _load.GoHome();
        Settle();
        return new Sample(
            [
                new Figure("longest ack gap", impact.WorstAck, "s"),
                new Figure("acked within 2 s", 100 * impact.AckedInTime, "%"),
                new Figure("longest delivery", impact.WorstDelivery, "s"),
                new Figure("cut off", impact.Away, "sockets"),
                new Figure("99 % caught up after", impact.BackAfter, "s"),
                new Figure("all quick again after", impact.Recovery, "s"),
                new Figure("lost", found.Lost, "messages"),
                new Figure("doubled", found.Doubled, "messages"),
            ],
            []
        );
    }

    public async Task<string> VerifyAsync(CancellationToken cancellation)
    {
        var (stored, lost, doubled) = await FaultOracle.AskAsync(_system, _load.Talks, cancellation);
        return lost + doubled == 0 || !_system.PromisesDelivery
            ? $"{stored} messages: {lost} lost, {doubled} doubled."
            : throw new InvalidOperationException($"{lost} messages lost, {doubled} doubled.");
    }

    public ValueTask DisposeAsync()
    {
        _load.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Settle()
    {
        var patience = _system.PromisesDelivery ? Patience : PatienceWithPeers;
        if (!_load.Settle(patience) && _system.PromisesDelivery)
            throw new InvalidOperationException($"The load did not settle within {patience.TotalSeconds} s.");
    }
}
