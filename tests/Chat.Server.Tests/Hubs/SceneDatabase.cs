using Chat.Contracts;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Chat.Server.Tests.Hubs;

/// <summary>The node's own file, read and changed behind its back.</summary>
internal sealed class SceneDatabase : IDisposable
{
    private readonly SqliteConnection _connection;

    public SceneDatabase(string file)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ConnectionString);
        _connection.Open();
        _connection.Execute("PRAGMA busy_timeout = 5000");
    }

    /// <summary>All that is stored of conversations; refused calls leave it as it is.</summary>
    public (long Conversations, long Events, long ClientIds) Count() =>
        _connection.QuerySingle<(long, long, long)>(
            "SELECT (SELECT count(*) FROM conversation), (SELECT count(*) FROM event), (SELECT count(*) FROM event_dedup)"
        );

    public IReadOnlyList<EventType> TypesOf(ConversationId id) =>
        _connection.Query<EventType>("SELECT type FROM event WHERE conversation_id = @id ORDER BY seq", Key(id)).AsList();

    /// <summary>Up to where the visitor's devices are to be woken.</summary>
    public IReadOnlyList<int> PushesOf(ConversationId id) =>
        _connection.Query<int>("SELECT seq FROM push WHERE conversation_id = @id", Key(id)).AsList();

    /// <summary>Messages up to a seq, since nobody may write so much so fast.</summary>
    public void AddMessages(ConversationId id, int upTo, string body = "Line") =>
        _connection.Execute(
            """
            WITH RECURSIVE next(seq) AS (
                SELECT last_seq + 1 FROM conversation WHERE id = @id UNION ALL SELECT seq + 1 FROM next WHERE seq < @upTo
            )
            INSERT INTO event (conversation_id, seq, type, audience, at, actor_kind, body)
            SELECT @id, next.seq, 1, 0, conversation.last_at, 0, @body FROM next JOIN conversation ON id = @id;
            UPDATE conversation SET last_seq = @upTo WHERE id = @id
            """,
            new
            {
                id = id.ToString(),
                upTo,
                body,
            }
        );

    public void Execute(string sql, object? parameters = null) => _connection.Execute(sql, parameters);

    public void Dispose() => _connection.Dispose();

    private static object Key(ConversationId id) => new { id = id.ToString() };
}
