using Chat.Conformance.Drivers;
using Chat.Contracts;
using Npgsql;

namespace Chat.Conformance.Scenarios;

/// <summary>What is stored, read straight from PostgreSQL; what a log of events does not tell.</summary>
internal sealed class Facts(string connectionString)
{
    private readonly string _connectionString = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;

    public async Task<VisitorId> VisitorOfAsync(ConversationId id) =>
        new((await ReadAsync("SELECT visitor_id FROM conversation WHERE id = $1", row => row.GetGuid(0), id.Value)).Single());

    /// <summary>The user of the host site whom a conversation belongs to; null: nobody has vouched.</summary>
    public async Task<string?> SubjectOfAsync(ConversationId id) =>
        (
            await ReadAsync(
                "SELECT v.subject FROM conversation c JOIN visitor v ON v.id = c.visitor_id WHERE c.id = $1",
                row => row.IsDBNull(0) ? null : row.GetString(0),
                id.Value
            )
        ).Single();

    public Task<IReadOnlyList<ConversationId>> ConversationsOfAsync(VisitorId visitor) =>
        ReadAsync("SELECT id FROM conversation WHERE visitor_id = $1", row => new ConversationId(row.GetGuid(0)), visitor.Value);

    /// <summary>What an inbox has that is not closed.</summary>
    public async Task<IReadOnlyDictionary<ConversationId, (string Status, int Seq)>> RowsOfAsync(InboxId inbox)
    {
        var rows = await ReadAsync(
            "SELECT id, status, last_seq FROM conversation WHERE inbox_id = $1",
            row => (Id: new ConversationId(row.GetGuid(0)), Status: (ConversationStatus)row.GetInt16(1), Seq: row.GetInt32(2)),
            inbox.Value
        );
        return rows.Where(row => row.Status != ConversationStatus.Closed).ToDictionary(row => row.Id, row => (WordOf(row.Status), row.Seq));
    }

    /// <summary>Ends when the visitor's side is stored as this far.</summary>
    public Task UntilVisitorIsAtAsync(ConversationId id, int deliveredSeq, int readSeq) =>
        Device.LookUntilAsync(
            () => VisitorCursorAsync(id),
            cursor => cursor.DeliveredSeq >= deliveredSeq && cursor.ReadSeq >= readSeq,
            $"a visitor's cursor at delivered {deliveredSeq}, read {readSeq}"
        );

    public async Task<MarksStored> VisitorCursorAsync(ConversationId id) =>
        (
            await ReadAsync(
                "SELECT delivered_seq, read_seq FROM cursor WHERE conversation_id = $1 AND side = $2",
                row => new MarksStored(row.GetInt32(0), row.GetInt32(1)),
                id.Value,
                (short)Side.Visitor
            )
        ).SingleOrDefault() ?? new MarksStored(0, 0);

    /// <summary>A status as clients write it.</summary>
    public static string WordOf(ConversationStatus status) => status.ToString().ToLowerInvariant();

    private async Task<IReadOnlyList<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read, params object[] arguments)
    {
        await using var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var argument in arguments)
            command.Parameters.Add(new NpgsqlParameter { Value = argument });
        await using var rows = await command.ExecuteReaderAsync();
        var all = new List<T>();
        while (await rows.ReadAsync())
            all.Add(read(rows));
        return all;
    }
}

/// <summary>A cursor as it is stored.</summary>
internal sealed record MarksStored(int DeliveredSeq, int ReadSeq);
