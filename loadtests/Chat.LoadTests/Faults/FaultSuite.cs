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

    private static readonly string[] Columns =
    [
        "fault",
        "messages",
        "lost",
        "doubled",
        "worst ack gap",
        "acked ≤ 2 s",
        "cut off",
        "99 % back after",
        "recovery",
    ];

    public static async Task<int> RunAsync(
        int conversations,
        int rate,
        IReadOnlyList<string> only,
        DirectoryInfo? record,
        CancellationToken cancellation
    )
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
            using var load = new ResilientLoad(chat, conversations, seed: 1);
            await load.OpenAsync(limit.Token);
            load.Run(rate, Steady);
            var stand = new FaultStand(chat, doors, limit.Token);
            var rows = new List<string[]>();
            try
            {
                foreach (var fault in faults)
                    rows.Add(await RunAsync(stand, load, rate, fault));
            }
            finally
            {
                Show(rows, rate);
            }
            if (record is not null)
                await RecordAsync(record, rows, conversations, rate, cancellation);
            return rows.All(row => row[2] == "0" && row[3] == "0") ? 0 : 1;
        }
        finally
        {
            foreach (var door in doors)
                await door.DisposeAsync();
        }
    }

    /// <returns>Its row: one cell for each of the columns.</returns>
    private static async Task<string[]> RunAsync(FaultStand stand, ResilientLoad load, int rate, Fault fault)
    {
        Screen.Say($"{fault.Name}: {fault.What}");
        var (since, before) = (Stopwatch.GetTimestamp(), load.Absences.Count);
        var breaking = Task.Run(() => fault.RunAsync(stand), stand.Cancellation);
        load.Run(rate, Steady, until: breaking);
        await breaking;
        load.Run(rate, Steady);
        var settled = load.Settle(Patience);
        var (_, lost, doubled) = await FaultOracle.AskAsync(stand.Chat, load.Talks, stand.Cancellation);
        if (!settled)
            throw new InvalidOperationException(
                $"{fault.Name}: the load did not settle within {Patience.TotalSeconds} s; {lost} lost, {doubled} doubled."
            );
        var impact = Impact.Of(load, since, before);
        load.GoHome();
        load.Settle(Patience);
        return
        [
            fault.Name,
            Text(impact.Messages),
            Text(lost),
            Text(doubled),
            $"{Text(impact.WorstAck)} s",
            $"{Text(100 * impact.AckedInTime)} %",
            Text(impact.Away),
            $"{Text(impact.BackAfter)} s",
            $"{Text(impact.Recovery)} s",
        ];
    }

    private static void Show(List<string[]> rows, int rate)
    {
        var table = new Table { Title = new TableTitle($"Faults under {rate} messages/s") };
        table.AddColumns(Columns);
        foreach (var row in rows)
            table.AddRow(row);
        AnsiConsole.Write(table);
    }

    private static async Task RecordAsync(
        DirectoryInfo folder,
        List<string[]> rows,
        int conversations,
        int rate,
        CancellationToken cancellation
    )
    {
        var lines = rows.Prepend([.. Columns.Select((_, i) => i == 0 ? "---" : "---:")]).Prepend(Columns);
        var table = string.Concat(lines.Select(cells => $"| {string.Join(" | ", cells)} |\n"));
        var machine = await Machine.LookAsync(cancellation);
        var heading = $"faults: {conversations} conversations, {rate}/s";
        await ResultsFile.PutAsync(folder, "Faults under load", heading, machine, $"{rows.Count} faults in turn.", table, cancellation);
    }

    private static string Text(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
