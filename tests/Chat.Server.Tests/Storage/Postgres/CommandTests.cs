using Chat.Testing.Nodes;
using Chat.Testing.Processes;

namespace Chat.Server.Tests.Storage.Postgres;

/// <summary>What an administrator reads who has mistyped where the database is.</summary>
public sealed class CommandTests
{
    [Theory]
    [InlineData("migrate")]
    [InlineData("inbox", "list")]
    public async Task A_command_says_in_a_line_that_the_database_cannot_be_reached(params string[] command)
    {
        var port = FreePort.Next();
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Storage__Provider"] = "postgres",
            ["Storage__ConnectionString"] = $"Host=127.0.0.1;Port={port};Username=chat;Password=secret;Database=chat",
            ["Identity__MasterKey"] = Convert.ToBase64String(new byte[32]),
        };
        await using var process = ChildProcess.Start([.. ServerProgram.Command, .. command], settings);

        Assert.Equal(1, await process.Exited.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        Assert.Equal($"PostgreSQL cannot answer now: Failed to connect to 127.0.0.1:{port}", process.Output.Trim());
    }
}
