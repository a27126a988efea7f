using System.Data;
using System.Data.Common;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Chat.Server.Storage.Postgres;

/// <summary>PostgreSQL, one host or several.</summary>
internal sealed class PostgresDatabase : IDatabase, IAsyncDisposable
{
    /// <summary>
    /// One plan for each prepared statement, always from an index: to plan most reads anew costs several times what they cost, and a plan made while a table was
    /// small must be good when it is not.
    /// </summary>
    private const string Planner = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off";

    private readonly PromotionWatch _promotion;

    public PostgresDatabase(IOptions<StorageOptions> options, PromotionWatch promotion)
    {
        DapperMaps.Register();
        _promotion = promotion;
        // Without a logger: Npgsql would write a line of information for every command. Failures are logged by those who retry.
        Source = new NpgsqlDataSourceBuilder(WithDefaults(options.Value)).Build();
    }

    public SqlDialect Dialect => SqlDialect.Postgres;

    /// <summary>The pool. Log writers keep their connections from it.</summary>
    public NpgsqlDataSource Source { get; }

    public async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await Source.OpenConnectionAsync(cancellation);
            return await work(connection);
        }
        catch (Exception e) when (PostgresErrors.IsUnavailable(e))
        {
            throw await ToUnavailableAsync(e, cancellation);
        }
    }

    public async Task<T> WriteAsync<T>(Func<DbTransaction, Task<T>> work, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await Source.OpenConnectionAsync(cancellation);
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellation);
            var result = await work(transaction);
            await transaction.CommitAsync(cancellation);
            return result;
        }
        catch (Exception e) when (PostgresErrors.IsUnavailable(e))
        {
            throw await ToUnavailableAsync(e, cancellation);
        }
    }

    /// <summary>What the caller is told; what the failure says of the server is acted upon first.</summary>
    public async Task<StoreUnavailableException> ToUnavailableAsync(Exception e, CancellationToken cancellation)
    {
        if (PostgresErrors.IsDemotion(e) || PostgresErrors.IsBrokenDriver(e))
            Source.Clear();
        if (PostgresErrors.IsPromotion(e))
        {
            try
            {
                await using var connection = await Source.OpenConnectionAsync(cancellation);
                await _promotion.CheckAsync(connection, cancellation);
            }
            catch (Exception failed) when (PostgresErrors.IsUnavailable(failed))
            {
                e = failed;
            }
        }
        return PostgresErrors.ToUnavailable(e);
    }

    public ValueTask DisposeAsync() => Source.DisposeAsync();

    private static string WithDefaults(StorageOptions options)
    {
        var text = options.ConnectionString!;
        var builder = new NpgsqlConnectionStringBuilder(text);
        var said = new DbConnectionStringBuilder { ConnectionString = text };
        bool Says(params ReadOnlySpan<string> words)
        {
            foreach (var word in words)
                if (said.ContainsKey(word))
                    return true;
            return false;
        }

        if (!Says("Timeout"))
            builder.Timeout = 5;
        if (!Says("Command Timeout", "CommandTimeout"))
            builder.CommandTimeout = 5;
        if (!Says("Application Name", "ApplicationName"))
            builder.ApplicationName = "chat";
        var pooled = !string.IsNullOrWhiteSpace(options.MigrationConnectionString);
        // A pooler in transaction mode has neither prepared statements nor sessions with settings.
        if (!pooled && !Says("Max Auto Prepare", "MaxAutoPrepare"))
            builder.MaxAutoPrepare = 100;
        if (!pooled && !Says("Options"))
            builder.Options = Planner;
        // Nothing here outlives its transaction: a reset before each use would cost the server more than most reads.
        if (!Says("No Reset On Close", "NoResetOnClose"))
            builder.NoResetOnClose = true;
        return builder.ConnectionString;
    }
}
