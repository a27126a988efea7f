using System.Text.RegularExpressions;
using Chat.Server.Tests.Storage;
using Dapper;
using Npgsql;

namespace Chat.Server.Tests.Charts;

/// <summary>What a runbook tells a person to run at three in the morning has been run before.</summary>
public sealed partial class RunbookTests(PostgresLogStore store) : IClassFixture<PostgresLogStore>
{
    [Fact]
    public async Task Every_statement_of_a_runbook_runs_on_a_migrated_database()
    {
        await using var connection = new NpgsqlConnection(store.ConnectionString);
        var texts = Directory
            .EnumerateFiles(Path.Combine(Root, "charts/chat"), "*.md", SearchOption.AllDirectories)
            .Select(File.ReadAllText);
        var statements = texts.SelectMany(text => Statement().Matches(text)).Select(match => match.Groups["sql"].Value).ToList();

        Assert.NotEmpty(statements);
        foreach (var sql in statements)
        {
            var failure = await Record.ExceptionAsync(() => connection.QueryAsync(sql));
            Assert.True(failure is null, $"{sql}: {failure?.Message}");
        }
    }

    private static string Root
    {
        get
        {
            var folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "Chat.sln")))
                folder = Path.GetDirectoryName(folder)!;
            return folder;
        }
    }

    [GeneratedRegex(@"`(?<sql>(SELECT|WITH|UPDATE|DELETE|INSERT) [^`]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Statement();
}
