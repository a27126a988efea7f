using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Storage;
using Dapper;
using Npgsql;

namespace Chat.Server.Tests.Storage.Postgres;

/// <summary>What one conversation's log costs others does not grow with its length: rows that were really read, as the server counts them.</summary>
public sealed class LongLogTests(PostgresLogStore store) : IClassFixture<PostgresLogStore>
{
    private const int Length = 5_000;

    [Fact]
    public async Task A_row_finds_its_last_message_without_all_that_was_written_after_it()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await FillAsync(scene, EventType.Rated);

        Assert.InRange(await ReadAsync(LogSql.Postgres.LastMessages, new { ids = new[] { id.Value } }), 1, Length / 10);
    }

    [Fact]
    public async Task A_deletion_reads_the_edits_of_its_target_alone()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await FillAsync(scene, EventType.Message);
        await scene.ChangeAsync(new TestPatch(2, "edited") { ConversationId = id, Author = scene.Visitor });
        await scene.FillAsync(id, EventType.Edited, 2 * Length);

        var read = 0;
        foreach (var statement in LogSql.PatchDeleted.Split(';'))
            read += await ReadAsync(
                statement,
                new
                {
                    ConversationId = id.Value,
                    Seq = 2,
                    BySeq = 2 * Length,
                }
            );

        Assert.InRange(read, 2, 10);
    }

    /// <summary>A message and much after it.</summary>
    private async Task<ConversationId> FillAsync(LogScene scene, EventType type)
    {
        var id = await scene.OpenAsync();
        await scene.AppendOneAsync(LogScene.Message(id, scene.Visitor));
        await scene.FillAsync(id, type, Length);
        await using var connection = new NpgsqlConnection(store.ConnectionString);
        await connection.ExecuteAsync("ANALYZE event");
        return id;
    }

    /// <summary>How many rows of tables a statement reads.</summary>
    private async Task<int> ReadAsync(string statement, object parameters)
    {
        await using var connection = new NpgsqlConnection(store.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var plan = await connection.QuerySingleAsync<string>(
            $"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}",
            parameters,
            transaction
        );
        return Read(JsonDocument.Parse(plan).RootElement[0].GetProperty("Plan"));
    }

    private static int Read(JsonElement node)
    {
        var children = node.TryGetProperty("Plans", out var plans) ? plans.EnumerateArray().Sum(Read) : 0;
        if (!node.GetProperty("Node Type").GetString()!.Contains("Scan", StringComparison.Ordinal))
            return children;
        var each = Rows("Actual Rows") + Rows("Rows Removed by Filter") + Rows("Rows Removed by Index Recheck");
        return children + (int)(each * Rows("Actual Loops"));

        double Rows(string property) => node.TryGetProperty(property, out var value) ? value.GetDouble() : 0;
    }
}
