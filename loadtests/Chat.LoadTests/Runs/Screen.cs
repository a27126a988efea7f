using Spectre.Console;

namespace Chat.LoadTests.Runs;

/// <summary>What a person at the terminal sees.</summary>
internal static class Screen
{
    private const int WidthOfLogs = 160;

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

    private static string Cell(Summary first, Summary summary, string figure)
    {
        if (summary.SpreadOf(figure) is not { } spread)
            return "";
        return ReferenceEquals(first, summary)
            ? Markup.Escape(spread.ToString())
            : Markup.Escape($"{spread}  {first.RatioTo(summary, figure)}");
    }
}
