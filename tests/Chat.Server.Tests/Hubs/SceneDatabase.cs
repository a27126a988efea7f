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

    public void Execute(string sql, object? parameters = null) => _connection.Execute(sql, parameters);

    public void Dispose() => _connection.Dispose();

    private static object Key(ConversationId id) => new { id = id.ToString() };
}
