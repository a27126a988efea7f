using System.Data;
using Chat.Server.Conversations;
using Npgsql;

namespace Chat.Server.Storage.Postgres;

/// <summary>Appends of one lane, on a connection that it keeps. One call at a time.</summary>
internal sealed class PostgresLogWriter(PostgresDatabase database, PromotionWatch promotion) : ILogWriter
{
    private static readonly LogChanges Changes = new(LogSql.Postgres);

    private readonly AppendCommand _append = new();
    private NpgsqlConnection? _connection;

    public async Task<AppendResult[]> AppendAsync(IReadOnlyList<MessageAppend> batch, CancellationToken cancellation)
    {
        if (batch.Count == 0)
            return [];
        try
        {
            // Outside a transaction: the call is one round trip and one commit.
            return await _append.ExecuteAsync(await ConnectAsync(cancellation), batch, cancellation);
        }
        catch (Exception e) when (PostgresErrors.IsUnavailable(e))
        {
            await DisconnectAsync();
            throw await database.ToUnavailableAsync(e, cancellation);
        }
    }

    public async Task<ChangeResult> ChangeAsync(ConversationChange change, CancellationToken cancellation)
    {
        try
        {
            var connection = await ConnectAsync(cancellation);
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellation);
            var result = await Changes.ApplyAsync(transaction, change, cancellation);
            await transaction.CommitAsync(cancellation);
            return result;
        }
        catch (Exception e) when (PostgresErrors.IsUnavailable(e))
        {
            await DisconnectAsync();
            throw await database.ToUnavailableAsync(e, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await DisconnectAsync();
        _append.Dispose();
    }

    private async ValueTask<NpgsqlConnection> ConnectAsync(CancellationToken cancellation)
    {
        if (_connection is { FullState: ConnectionState.Open } open)
            return open;
        await DisconnectAsync();
        var connection = await database.Source.OpenConnectionAsync(cancellation);
        try
        {
            await promotion.CheckAsync(connection, cancellation);
            return _connection = connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async ValueTask DisconnectAsync()
    {
        var connection = _connection;
        _connection = null;
        if (connection is not null)
            await connection.DisposeAsync();
    }
}
