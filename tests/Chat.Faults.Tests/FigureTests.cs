using Chat.Contracts;
using Chat.Testing.Clients;
using Chat.Testing.Nodes;
using Chat.Testing.Services;
using Npgsql;

namespace Chat.Faults.Tests;

/// <summary>Figures that a node asks of the database, as they stand on its metrics page.</summary>
public sealed class FigureTests
{
    [Fact]
    public async Task A_node_tells_of_queues_partitions_and_what_a_connected_visitor_has_not_confirmed()
    {
        var postgres = await PostgresService.SharedAsync();
        await using var cluster = await ChatCluster.StartAsync(await postgres.CreateDatabaseAsync(), redis: null, nodes: 1);
        var node = cluster.Nodes[0];
        var session = await cluster.NewVisitorAsync();
        await using var visitor = ChatClient.Visitor(() => node.BaseAddress, () => Task.FromResult(session.Token));
        var id = await visitor.OpenConversationAsync();
        await visitor.SendAsync(id, "hello?");
        await node.UntilMetricAsync("chat_queue_length", length => (int)length == 1);
        await node.UntilMetricAsync("chat_queue_wait_seconds", seconds => seconds > 0);
        await node.UntilMetricAsync("chat_partitions_ahead_days", days => days is > 60 and < 130);

        var access = await cluster.AddOperatorAsync("Olga");
        var signedIn = await access.SignInAsync();
        await using var @operator = ChatClient.Operator(() => node.BaseAddress, () => Task.FromResult(signedIn.Token));
        await @operator.OpenAsync(id);
        var sent = await @operator.SendAsync(id, "hello!");
        await AgeAsync(cluster.ConnectionString);
        await node.UntilMetricAsync("chat_delivery_unconfirmed", events => (int)events == 1);
        await visitor.CallAsync("Delivered", new MarkSeq(id, sent.Event!.Seq));
        await node.UntilMetricAsync("chat_delivery_unconfirmed", events => (int)events == 0);

        // The gauges are of one round each: the conversation was still looked at.
        await node.UntilMetricAsync("chat_delivery_watched", conversations => (int)conversations == 1);
    }

    /// <summary>A minute goes by for every event.</summary>
    private static async Task AgeAsync(string database)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("UPDATE event SET at = at - interval '1 minute'", connection);
        await command.ExecuteNonQueryAsync();
    }
}
