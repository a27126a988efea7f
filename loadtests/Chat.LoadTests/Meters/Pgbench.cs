using System.Globalization;
using System.Text.RegularExpressions;
using Chat.LoadTests.Systems;
using Chat.Testing.Processes;
using Npgsql;

namespace Chat.LoadTests.Meters;

/// <summary>The same page by the shortest way there is: pgbench with prepared statements. Limit and yardstick of history.</summary>
internal sealed partial class Pgbench(ChatSystem chat)
{
    /// <summary>CPU of PostgreSQL and pgbench together for one page, microseconds; null where it is not installed.</summary>
    public async Task<double?> RunAsync(int perConversation, int pageSize, int seconds, CancellationToken cancellation)
    {
        if (Find() is not { } pgbench)
            return null;
        var folder = Directory.CreateTempSubdirectory("chat-pgbench-");
        try
        {
            var script = Path.Combine(folder.FullName, "page.sql");
            await File.WriteAllTextAsync(script, Script(chat.FirstConversation, perConversation, pageSize), cancellation);
            var (postgres, own) = (chat.Processes.ReadCpu()["PostgreSQL"], ProcessMeter.EndedChildrenCpu());
            var output = await RunAsync(pgbench, script, seconds);
            await BackendGoneAsync(cancellation);
            var used = chat.Processes.ReadCpu()["PostgreSQL"] - postgres + ProcessMeter.EndedChildrenCpu() - own;
            var pages = double.Parse(Processed().Match(output).Groups["pages"].Value, CultureInfo.InvariantCulture);
            return used / pages;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // One conversation: warm, as the pages of a run are, and in favour of pgbench.
    private static string Script(Guid id, int perConversation, int pageSize) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            SELECT epoch, (SELECT last_seq FROM conversation WHERE id = '{id}') FROM log_state;
            SELECT * FROM event WHERE conversation_id = '{id}' AND seq BETWEEN {perConversation
                - pageSize
                + 1} AND {perConversation} ORDER BY seq LIMIT {pageSize};
            """
        );

    private async Task<string> RunAsync(string pgbench, string script, int seconds)
    {
        var to = new NpgsqlConnectionStringBuilder(chat.Database);
        await using var process = ChildProcess.Start([
            pgbench,
            "-n",
            "-M",
            "prepared",
            "-h",
            to.Host!,
            "-p",
            to.Port.ToString(CultureInfo.InvariantCulture),
            "-U",
            to.Username!,
            "-f",
            script,
            "-T",
            Math.Max(1, seconds).ToString(CultureInfo.InvariantCulture),
            to.Database!,
        ]);
        var code = await process.Exited.WaitAsync(TimeSpan.FromSeconds(seconds + 60));
        return code == 0 ? process.Output : throw process.Failure($"exited with {code}");
    }

    /// <summary>Only then is what its backend used counted as the server's, which has waited for it.</summary>
    private async Task BackendGoneAsync(CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(chat.Database);
        await connection.OpenAsync(cancellation);
        await using var backends = new NpgsqlCommand(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgbench'",
            connection
        );
        while (await backends.ExecuteScalarAsync(cancellation) is > 0L)
            await Task.Delay(20, cancellation);
    }

    // Debian keeps it with the server and not on PATH.
    private static string? Find() =>
        new DirectoryInfo("/usr/lib/postgresql") is { Exists: true } debian
            ? debian.EnumerateDirectories().Select(version => Path.Combine(version.FullName, "bin", "pgbench")).LastOrDefault(File.Exists)
            : null;

    [GeneratedRegex(
        @"actually processed: (?<pages>\d+)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Processed();
}
