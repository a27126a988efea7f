using Chat.Testing.Nodes;
using Chat.Testing.Services;

namespace Chat.Faults.Tests.Nodes;

public sealed class ChatNodeTests
{
    [Fact]
    public async Task A_node_that_ends_before_it_is_ready_fails_the_start_with_its_last_lines()
    {
        // The runtime ends before it reaches the server's own code.
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal) { ["DOTNET_STARTUP_HOOKS"] = "/no/such/hook.dll" };

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => ChatNode.StartAsync(settings));

        Assert.Contains("exited with", failure.Message, StringComparison.Ordinal);
        Assert.Contains("/no/such/hook.dll", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_refuses_to_start_on_a_database_that_was_not_migrated()
    {
        var postgres = await PostgresService.SharedAsync();
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Storage__Provider"] = "postgres",
            ["Storage__ConnectionString"] = await postgres.CreateDatabaseAsync(),
            ["Identity__MasterKey"] = Convert.ToBase64String(new byte[32]),
        };

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => ChatNode.StartAsync(settings));

        Assert.Contains("exited with 3", failure.Message, StringComparison.Ordinal);
        Assert.Contains("run the command migrate first", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LATIN1")]
    [InlineData("SQL_ASCII")]
    public async Task A_database_that_cannot_hold_every_text_is_refused_by_migrate_with_one_sentence(string encoding)
    {
        var postgres = await PostgresService.SharedAsync();
        var database = await postgres.CreateDatabaseAsync(encoding);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => ChatCluster.StartAsync(database, redis: null, nodes: 0));

        Assert.Contains("migrate exited with 1", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"The database's encoding is {encoding}", failure.Message.Split('\n')[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_waits_for_a_database_that_is_away_and_then_serves()
    {
        await using var postgres = await PostgresService.StartOwnAsync();
        var database = await postgres.CreateDatabaseAsync();
        await using var cluster = await ChatCluster.StartAsync(database, redis: null, nodes: 1);
        await postgres.StopAsync();
        cluster.Nodes[0].Kill();
        await cluster.Nodes[0].WaitForExitAsync();

        var restart = cluster.Nodes[0].RestartAsync();
        await cluster.Nodes[0].WaitForLineAsync("Waiting for the database");
        await postgres.RestartAsync();

        await restart;
    }
}
