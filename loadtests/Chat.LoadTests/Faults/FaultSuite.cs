using System.Diagnostics;
using System.Globalization;
using Chat.LoadTests.Resilience;
using Chat.LoadTests.Runs;
using Chat.LoadTests.Systems;
using Chat.Testing.Nodes;
using Spectre.Console;

namespace Chat.LoadTests.Faults;

/// <summary>One fault after the other under one load that never stops, and a table of what people noticed.</summary>
internal static class FaultSuite
{
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    public static async Task<int> RunAsync(int conversations, int rate, IReadOnlyList<string> only, CancellationToken cancellation)
    {
        var faults = Fault.All.Where(fault => only.Count == 0 || only.Contains(fault.Name, StringComparer.Ordinal)).ToList();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromMinutes(3 + 2 * faults.Count));
        await using var chat = await ChatSystem.StartAsync(2, [], limit.Token);
        await chat.PrepareAsync(conversations, limit.Token);
        TcpProxy[] doors = [.. chat.Cluster.Nodes.Select(node => TcpProxy.Start(node.BaseAddress.Port))];
        try
        {
            chat.Access.GoThrough([.. doors.Select(door => new Uri($"http://127.0.0.1:{door.Port}"))]);
            using var load = new ResilientLoad(chat.Access, chat.Dialect, conversations, seed: 1);
            await load.OpenAsync(limit.Token);
            load.Run(rate, Steady);
            var stand = new FaultStand(chat, doors, limit.Token);
            return await RunAllAsync(stand, load, rate, faults);
        }
        finally
        {
            foreach (var door in doors)
                await door.DisposeAsync();
        }
    }

    private static async Task<int> RunAllAsync(FaultStand stand, ResilientLoad load, int rate, List<Fault> faults)
    {
        var table = new Table { Title = new TableTitle($"Faults under {rate} messages/s") };
        table.AddColumns("fault", "messages", "lost", "doubled", "worst ack gap", "acked ≤ 2 s", "cut off", "99 % back after", "recovery");
        var failed = 0;
        foreach (var fault in faults)
        {
            Screen.Say($"{fault.Name}: {fault.What}");
            failed += await RunAsync(stand, load, rate, fault, table) ? 0 : 1;
        }
        AnsiConsole.Write(table);
        return failed == 0 ? 0 : 1;
    }

    private static async Task<bool> RunAsync(FaultStand stand, ResilientLoad load, int rate, Fault fault, Table table)
    {
        var (since, before) = (Stopwatch.GetTimestamp(), load.Absences.Count);
        var breaking = Task.Run(() => fault.RunAsync(stand), stand.Cancellation);
        load.Run(rate, Steady, until: breaking);
        await breaking;
        load.Run(rate, Steady);
        var settled = load.Settle(Patience);
        var (_, lost, doubled) = await FaultOracle.CountAsync(stand.Chat.Database, load.Talks, stand.Cancellation);
        if (!settled)
        {
            table.AddRow(fault.Name, "did not settle", Text(lost), Text(doubled));
            throw new InvalidOperationException($"{fault.Name}: the load did not settle within {Patience.TotalSeconds} s; {lost} lost.");
        }
        var impact = Impact.Of(load, since, before);
        table.AddRow(
            fault.Name,
            Text(impact.Messages),
            Text(lost),
            Text(doubled),
            $"{Text(impact.WorstAck)} s",
            $"{Text(100 * impact.AckedInTime)} %",
            Text(impact.Away),
            $"{Text(impact.BackAfter)} s",
            $"{Text(impact.Recovery)} s"
        );
        load.GoHome();
        load.Settle(Patience);
        return lost + doubled == 0;
    }

    private static string Text(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
