using System.Diagnostics;
using System.Globalization;

namespace Chat.LoadTests.Runs;

/// <summary>Where and of what a result is.</summary>
/// <param name="At">When the run ended.</param>
/// <param name="Commit">With a plus sign when files differ from it.</param>
/// <param name="Model">Of the processor.</param>
/// <param name="Processors">Logical ones.</param>
/// <param name="Load">Average of the last minute, with this run in it.</param>
internal sealed record Machine(DateTimeOffset At, string Commit, string Model, int Processors, string Load)
{
    public static async Task<Machine> LookAsync(CancellationToken cancellation)
    {
        var commit = await GitAsync("rev-parse --short HEAD", cancellation);
        var changed = (await GitAsync("status --porcelain --untracked-files=no -- src", cancellation)).Length > 0;
        var model = (await File.ReadAllLinesAsync("/proc/cpuinfo", cancellation))
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            ?.Split(':')[1]
            .Trim();
        var load = (await File.ReadAllTextAsync("/proc/loadavg", cancellation)).Split(' ')[0];
        return new Machine(
            TimeProvider.System.GetUtcNow(),
            changed ? $"{commit}+" : commit,
            model ?? "unknown processor",
            Environment.ProcessorCount,
            load
        );
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{At:yyyy-MM-dd}, commit {Commit}, {Processors} × {Model}, load {Load}");

    private static async Task<string> GitAsync(string arguments, CancellationToken cancellation)
    {
        var command = new ProcessStartInfo("git", arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var git = Process.Start(command)!;
        var text = await git.StandardOutput.ReadToEndAsync(cancellation);
        return text.Trim();
    }
}
