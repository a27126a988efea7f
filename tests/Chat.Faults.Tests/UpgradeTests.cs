using Chat.Testing.Services;
using Npgsql;

namespace Chat.Faults.Tests;

/// <summary>This version while the next one is rolled out, or rolled back: it meets a schema and events that it has no words for.</summary>
public sealed class UpgradeTests
{
    [Fact]
    public async Task The_schema_and_the_events_of_the_next_version_disturb_no_node_and_no_client()
    {
        await using var redis = await RedisService.StartOwnAsync();
        await using var scene = await FaultScene.StartAsync(redis.Configuration);
        var pair = await scene.AddPairAsync("of today");
        await using var traffic = await Traffic.StartAsync(scene);
        await traffic.MoreAsync(30);
        var processes = scene.Cluster.Nodes.Select(node => node.Id).ToArray();

        await MigrateAsync(scene);
        await traffic.MoreAsync(30);
        var stored = await StoreAsync(scene, pair);
        await pair.Visitor.UntilAsync(() => pair.Visitor.Log(pair.Id).Seq >= stored, "the place of the event");
        await pair.Operator.UntilAsync(() => pair.Operator.Log(pair.Id).Seq >= stored, "the place of the event");
        await pair.PingAsync();
        Assert.Equal(processes, scene.Cluster.Nodes.Select(node => node.Id));
        // Rolled back: nodes of this version start on what the next one has left, and clients without a past read it.
        foreach (var node in scene.Cluster.Nodes)
            await node.RestartAsync();
        var late = await scene.AddOperatorAsync(await scene.OperatorAsync(), "late");
        await late.OpenAsync(pair.Id);
        await traffic.MoreAsync(30);
        await traffic.StopAsync();

        await scene.VerifyAsync();
    }

    /// <summary>Migrations only ever expand; one table at a time, since appends hold rows of one while they wait for another.</summary>
    private static async Task MigrateAsync(FaultScene scene)
    {
        await ExecuteAsync(scene, "ALTER TABLE conversation ADD COLUMN of_tomorrow smallint NOT NULL DEFAULT 0");
        await ExecuteAsync(scene, "ALTER TABLE event ADD COLUMN of_tomorrow jsonb");
        await ExecuteAsync(scene, "CREATE TABLE of_tomorrow (id uuid PRIMARY KEY)");
        await ExecuteAsync(scene, "INSERT INTO schema_version (scriptname, applied) VALUES ('9999_of_tomorrow.sql', now())");
    }

    /// <summary>An event whose every word is of tomorrow, and that no envelope tells of.</summary>
    private static async Task<int> StoreAsync(FaultScene scene, Pair pair) =>
        (int)
            (
                await ExecuteAsync(
                    scene,
                    """
                    WITH head AS (UPDATE conversation SET last_seq = last_seq + 1 WHERE id = $1 RETURNING id, last_seq, last_at)
                    INSERT INTO event (conversation_id, seq, type, audience, at, actor_kind, body, data)
                    SELECT id, last_seq, 99, 0, last_at, 9, 'of tomorrow', '{"reaction":{"emoji":"x"},"status":"merged"}' FROM head
                    RETURNING seq
                    """,
                    pair.Id.Value
                )
            )!;

    private static async Task<object?> ExecuteAsync(FaultScene scene, string sql, params object[] values)
    {
        await using var connection = new NpgsqlConnection(scene.Database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return await command.ExecuteScalarAsync();
    }
}
