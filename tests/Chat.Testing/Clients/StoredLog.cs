using Chat.Contracts;
using Npgsql;

namespace Chat.Testing.Clients;

/// <summary>A row of <c>event</c>, as far as clients can compare it.</summary>
public sealed record StoredEvent(
    int Seq,
    EventType Type,
    Audience Audience,
    Guid? ClientId,
    Guid? ActorId,
    int? TargetSeq,
    int? EditedSeq,
    int? DeletedSeq,
    string? Body
);

/// <summary>The truth, read straight from PostgreSQL and past every line of the server's code.</summary>
public sealed class StoredLog
{
    private readonly Dictionary<ConversationId, List<StoredEvent>> _events = [];
    private readonly Dictionary<ConversationId, int> _heads = [];
    private readonly Dictionary<ConversationId, ConversationStatus> _statuses = [];
    private readonly HashSet<ConversationId> _closed = [];
    private readonly Dictionary<(ConversationId, Guid), int> _dedup = [];

    private StoredLog() { }

    public int Epoch { get; private set; }

    /// <summary>Conversations and the <c>last_seq</c> of each.</summary>
    public IReadOnlyDictionary<ConversationId, int> Heads => _heads;

    public IReadOnlySet<ConversationId> Closed => _closed;

    public IReadOnlyDictionary<ConversationId, ConversationStatus> Statuses => _statuses;

    /// <summary>(conversation, clientId) and the seq kept for repeats.</summary>
    public IReadOnlyDictionary<(ConversationId Id, Guid ClientId), int> Dedup => _dedup;

    /// <summary>A conversation's events, ascending.</summary>
    public IReadOnlyList<StoredEvent> Events(ConversationId id) => _events.GetValueOrDefault(id) ?? [];

    public static async Task<StoredLog> ReadAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString
        );
        await connection.OpenAsync();
        return await ReadAsync(connection);
    }

    /// <summary>As the connection's transaction sees it.</summary>
    public static async Task<StoredLog> ReadAsync(NpgsqlConnection connection)
    {
        var log = new StoredLog();
        await using var command = new NpgsqlCommand(
            """
            SELECT epoch FROM log_state;
            SELECT id, last_seq, status FROM conversation;
            SELECT conversation_id, client_id, seq FROM event_dedup;
            SELECT conversation_id, seq, type, audience, client_id, actor_id, target_seq, edited_seq, deleted_seq, body
            FROM event ORDER BY conversation_id, seq
            """,
            connection
        );
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
            log.Epoch = rows.GetInt32(0);
        await rows.NextResultAsync();
        while (await rows.ReadAsync())
            log.Add(new ConversationId(rows.GetGuid(0)), rows.GetInt32(1), (ConversationStatus)rows.GetInt16(2));
        await rows.NextResultAsync();
        while (await rows.ReadAsync())
            log._dedup.Add((new ConversationId(rows.GetGuid(0)), rows.GetGuid(1)), rows.GetInt32(2));
        await rows.NextResultAsync();
        while (await rows.ReadAsync())
            log.Add(rows);
        return log;
    }

    private void Add(ConversationId id, int head, ConversationStatus status)
    {
        _heads.Add(id, head);
        _statuses.Add(id, status);
        if (status == ConversationStatus.Closed)
            _closed.Add(id);
    }

    private void Add(NpgsqlDataReader row)
    {
        var id = new ConversationId(row.GetGuid(0));
        if (!_events.TryGetValue(id, out var events))
            _events.Add(id, events = []);
        events.Add(
            new StoredEvent(
                row.GetInt32(1),
                (EventType)row.GetInt16(2),
                (Audience)row.GetInt16(3),
                Value<Guid>(4),
                Value<Guid>(5),
                Value<int>(6),
                Value<int>(7),
                Value<int>(8),
                row.IsDBNull(9) ? null : row.GetString(9)
            )
        );
        T? Value<T>(int column)
            where T : struct => row.IsDBNull(column) ? null : row.GetFieldValue<T>(column);
    }
}
