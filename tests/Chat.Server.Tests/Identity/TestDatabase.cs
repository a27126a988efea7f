using Chat.Server.Storage;
using Chat.Testing.Services;
using Dapper;

namespace Chat.Server.Tests.Identity;

/// <summary>Where a test's server keeps its data, as settings; the folder is for the embedded database and for keys.</summary>
internal static class TestDatabase
{
    public static Task<Dictionary<string, string?>> SqliteAsync() =>
        Task.FromResult(
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Storage:DataFolder"] = Directory.CreateTempSubdirectory("chat-identity-").FullName,
            }
        );

    public static async Task<Dictionary<string, string?>> PostgresAsync()
    {
        var server = await PostgresService.SharedAsync();
        return new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Storage:Provider"] = "postgres",
            ["Storage:ConnectionString"] = await server.CreateDatabaseAsync(),
            ["Identity:MasterKey"] = Convert.ToBase64String(new byte[32]),
        };
    }
}

/// <summary>A class of tests that runs on both databases: one sealed child each.</summary>
public abstract class IdentityTest : IAsyncLifetime
{
    internal IdentityServer Server { get; private set; } = null!;

    private protected Dictionary<string, string?> Settings { get; private set; } = null!;

    private protected abstract Task<Dictionary<string, string?>> CreateDatabaseAsync();

    /// <summary>A token's header that is not to be passed over.</summary>
    private protected static Dictionary<string, object> Demanding(string header) =>
        new(StringComparer.Ordinal) { [header] = header == "crit" ? new[] { "exp" } : false };

    /// <summary>Until what is under way waits for the lock of a transaction. In the embedded database it does so without a lock.</summary>
    private protected async Task UntilItWaitsAsync(Task underWay)
    {
        const string sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        var database = Server.Get<IDatabase>();
        if (database.Dialect != SqlDialect.Postgres)
            return;
        while (!underWay.IsCompleted && await database.ReadAsync(connection => connection.ExecuteScalarAsync<long>(sql), default) == 0)
            await Task.Yield();
    }

    private protected virtual ValueTask<(string Key, string Value)[]> MoreSettingsAsync() => new([]);

    private protected Task<long> CountAsync(string table) =>
        Server.Get<IDatabase>().ReadAsync(connection => connection.ExecuteScalarAsync<long>($"SELECT count(*) FROM {table}"), default);

    public virtual async ValueTask InitializeAsync()
    {
        Settings = await CreateDatabaseAsync();
        Server = await IdentityServer.StartAsync(Settings, await MoreSettingsAsync());
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        if (Settings.TryGetValue("Storage:DataFolder", out var folder))
            Directory.Delete(folder!, recursive: true);
        GC.SuppressFinalize(this);
    }
}
