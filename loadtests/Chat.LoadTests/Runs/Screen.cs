using System.Globalization;
using Chat.LoadTests.Meters;
using Spectre.Console;

namespace Chat.LoadTests.Runs;

/// <summary>What a person at the terminal sees.</summary>
internal static class Screen
{
    private const int WidthOfLogs = 160;
    private const int HeapRows = 40;

    private static readonly TimeProvider Clock = TimeProvider.System;

    static Screen()
    {
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = WidthOfLogs;
    }

    public static void Say(string what) => AnsiConsole.MarkupLineInterpolated($"[grey]{Clock.GetLocalNow():HH:mm:ss}[/] {what}");

    public static void Show(IWorkload workload, Plan plan, IReadOnlyList<Summary> summaries)
    {
        var table = new Table { Title = new TableTitle($"{workload.Name} {workload.Title}: {plan.Count} {workload.Unit}, {plan.Mode}") };
        table.AddColumn("");
        foreach (var summary in summaries)
            table.AddColumn(new TableColumn(summary.System).RightAligned());
        foreach (var spread in summaries[0].Spreads)
            table.AddRow([spread.Name, .. summaries.Select(summary => Cell(summaries[0], summary, spread.Name))]);
        AnsiConsole.Write(table);
        foreach (var summary in summaries)
            AnsiConsole.MarkupLineInterpolated($"[green]{summary.System}[/]: {summary.Oracle}");
    }

    /// <summary>What so many connections consist of.</summary>
    public static void ShowHeap(string system, IEnumerable<(string Type, string Holder, Amount Amount)> grown, int connections)
    {
        var kinds = grown.OrderByDescending(kind => kind.Amount.Bytes).ToList();
        var table = new Table { Title = new TableTitle($"{system}: heap of a connection") };
        foreach (var name in (string[])["bytes", "objects"])
            table.AddColumn(new TableColumn(name).RightAligned());
        table.AddColumns("type", "held by");
        foreach (var (type, holder, amount) in kinds.Take(HeapRows))
            table.AddRow(Each(amount.Bytes), Each(amount.Count), Markup.Escape(type), Markup.Escape(holder));
        table.AddRow(Each(kinds.Sum(kind => kind.Amount.Bytes)), Each(kinds.Sum(kind => kind.Amount.Count)), "all", "");
        AnsiConsole.Write(table);

        string Each(long sum) => ((double)sum / connections).ToString("0.0", CultureInfo.InvariantCulture);
    }

    private static string Cell(Summary first, Summary summary, string figure)
    {
        if (summary.SpreadOf(figure) is not { } spread)
            return "";
        return ReferenceEquals(first, summary)
            ? Markup.Escape(spread.ToString())
            : Markup.Escape($"{spread}  {first.RatioTo(summary, figure)}");
    }
}
