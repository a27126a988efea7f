using Chat.Contracts;
using Chat.Server.Storage;
using Dapper;
using Npgsql;

namespace Chat.Server.Tests.Storage.Postgres;

/// <summary>Pages of lists come from their indexes, however many conversations an inbox has.</summary>
public sealed class ListPlanTests(PostgresLogStore store) : IClassFixture<PostgresLogStore>
{
    [Theory]
    [InlineData("conversation_closed_at", ConversationStatus.Closed)]
    [InlineData("conversation_of_inbox", ConversationStatus.Queued, ConversationStatus.Closed)]
    [InlineData("conversation_live", ConversationStatus.Queued, ConversationStatus.Open)]
    public async Task A_page_is_read_from_the_index_of_its_order(string index, params ConversationStatus[] statuses)
    {
        await using var scene = await LogScene.CreateAsync(store);
        await scene.OpenAsync();
        await using var connection = new NpgsqlConnection(store.ConnectionString);
        await connection.ExecuteAsync(
            """
            INSERT INTO conversation (id, inbox_id, visitor_id, client_id, status, opened_at, closed_at, last_seq, last_at, state_seq)
            SELECT gen_random_uuid(), inbox_id, visitor_id, gen_random_uuid(), 3, opened_at, opened_at + n * interval '1 s', 1, last_at, 1
            FROM conversation CROSS JOIN generate_series(1, 5000) AS n WHERE inbox_id = @inbox;
            ANALYZE conversation
            """,
            new { inbox = scene.Inbox.Value }
        );
        var query = new RowQuery([scene.Inbox], statuses, null, null, new ListKey(1, new ConversationId(Guid.CreateVersion7())), 50);

        var plan = await connection.QueryAsync<string>(
            "EXPLAIN " + new LogLists(LogSql.Postgres).Statement(query),
            new
            {
                inboxes = new[] { scene.Inbox.Value },
                After = query.After!.Value.Id.Value,
                Rank = 1,
                ClosedAt = TimeProvider.System.GetUtcNow(),
                Take = 51,
            }
        );

        Assert.Contains($" {index} ", string.Join('\n', plan) + " ", StringComparison.Ordinal);
    }
}
