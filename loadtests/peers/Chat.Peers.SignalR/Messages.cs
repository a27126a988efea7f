using Npgsql;

namespace Chat.Peers.SignalR;

/// <summary>The table of messages.</summary>
internal sealed class Messages(NpgsqlDataSource database)
{
    // A repeated send stores nothing where client_id is unique.
    private const string Insert =
        "INSERT INTO message (conversation_id, client_id, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING id, at";
    private const string Repeated = "SELECT id, at FROM message WHERE client_id = $1";
    private const string Columns = "SELECT conversation_id, id, at, client_id, body FROM message";
    private const string After = $"{Columns} WHERE conversation_id = ANY($1) AND id > $2 ORDER BY id";
    private const string Before = $"{Columns} WHERE conversation_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";

    public async Task<(ChatEvent Stored, bool IsNew)> AddAsync(SendRequest request, string actor)
    {
        var row = await ReadRowAsync(Insert, Value(request.ConversationId), Value(request.ClientId), Value(request.Body));
        var (id, at) = row ?? await ReadRowAsync(Repeated, Value(request.ClientId)) ?? throw new InvalidOperationException("No row.");
        return (new ChatEvent(request.ConversationId, id, actor, at, request.ClientId, request.Body), row is not null);
    }

    public Task<IReadOnlyList<ChatEvent>> ReadAfterAsync(IReadOnlyList<Guid> conversations, long after) =>
        ReadAsync(After, Value(conversations.ToArray()), Value(after));

    public async Task<IReadOnlyList<ChatEvent>> ReadBeforeAsync(HistoryRequest request)
    {
        var newestFirst = await ReadAsync(Before, Value(request.ConversationId), Value(request.Before), Value(request.Limit));
        return [.. newestFirst.Reverse()];
    }

    private static NpgsqlParameter<T> Value<T>(T value) => new NpgsqlParameter<T> { TypedValue = value };

    private async Task<(long Id, DateTime At)?> ReadRowAsync(string sql, params NpgsqlParameter[] values)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(values);
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() ? (reader.GetInt64(0), reader.GetDateTime(1)) : null;
    }

    private async Task<IReadOnlyList<ChatEvent>> ReadAsync(string sql, params NpgsqlParameter[] values)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(values);
        await using var reader = await command.ExecuteReaderAsync();
        var events = new List<ChatEvent>();
        while (await reader.ReadAsync())
        {
            var (conversation, id, at) = (reader.GetGuid(0), reader.GetInt64(1), reader.GetDateTime(2));
            events.Add(new ChatEvent(conversation, id, "", at, reader.GetGuid(3), reader.GetString(4)));
        }
        return events;
    }
}
