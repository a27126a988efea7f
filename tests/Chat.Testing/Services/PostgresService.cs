using Npgsql;
using Testcontainers.PostgreSql;

namespace Chat.Testing.Services;

/// <summary>PostgreSQL for tests: one shared server per test process, or an own one that a fault test may break.</summary>
public sealed class PostgresService : IAsyncDisposable
{
    private const string Variable = "CHAT_TEST_POSTGRES";

    private static readonly Lock Gate = new();
    private static Task<PostgresService>? _shared;

    private readonly PostgresServer? _own;
    private readonly bool _outlivesUs;

    private PostgresService(string adminConnectionString, PostgresServer? own, bool outlivesUs = false)
    {
        AdminConnectionString = adminConnectionString;
        _own = own;
        _outlivesUs = outlivesUs;
    }

    /// <summary>Of a role that may create databases.</summary>
    public string AdminConnectionString { get; }

    private PostgresServer Own => _own ?? throw new InvalidOperationException("Only a server of StartOwnAsync may be broken.");

    /// <summary>Started once, on first use; ends with the test process.</summary>
    public static Task<PostgresService> SharedAsync()
    {
        lock (Gate)
        {
            return _shared ??= StartSharedAsync();
        }
    }

    /// <summary>A private server from the binaries of this machine.</summary>
    public static async Task<PostgresService> StartOwnAsync()
    {
        if (!PostgresServer.IsInstalled)
        {
            throw Binaries.NotInstalled("postgres and initdb");
        }
        var server = await PostgresServer.StartAsync();
        return new PostgresService(ConnectionString(server.Port), server);
    }

    /// <summary>The connection string of a fresh, empty database.</summary>
    public async Task<string> CreateDatabaseAsync(string encoding = "UTF8")
    {
        var name = $"chat_test_{Guid.NewGuid():N}";
        await using var connection = new NpgsqlConnection(Unpooled);
        await connection.OpenAsync();
        // The server's own locale goes with UTF-8 alone.
        var locale = encoding == "UTF8" ? "" : "LOCALE 'C'";
        await using var command = new NpgsqlCommand(
            $"CREATE DATABASE {name} ENCODING '{encoding}' {locale} TEMPLATE template0",
            connection
        );
        await command.ExecuteNonQueryAsync();
        if (_outlivesUs)
        {
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Drop(name);
        }
        return new NpgsqlConnectionStringBuilder(AdminConnectionString) { Database = name }.ConnectionString;
    }

    /// <summary>SIGKILL to every process of the server, as when its machine loses power (the page cache survives).</summary>
    public Task KillAsync() => Own.KillAsync();

    /// <summary>PostgreSQL's fast shutdown: open transactions are rolled back.</summary>
    public Task StopAsync() => Own.StopAsync();

    /// <summary>Starts it on the same port and data folder, after a fast shutdown if it still runs.</summary>
    public Task RestartAsync() => Own.RestartAsync();

    /// <summary>What an asynchronous standby has now; see <see cref="FailOverToBackupAsync"/>.</summary>
    public Task TakeBaseBackupAsync() => Own.TakeBaseBackupAsync();

    /// <summary>Kills the server and promotes the base backup on the same port: what was committed since is lost.</summary>
    public Task FailOverToBackupAsync() => Own.FailOverToBackupAsync();

    /// <summary>SIGSTOP to every process: connections stay open and nothing answers.</summary>
    public Task PauseAsync() => Own.PauseAsync();

    public Task ResumeAsync()
    {
        Own.Resume();
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => Own.DisposeAsync();

    private static async Task<PostgresService> StartSharedAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
        {
            return new PostgresService(given, own: null, outlivesUs: true);
        }
        var (container, why) = await Docker.TryStartAsync(() =>
            // The library's default is a server that loses what it has acknowledged.
            new PostgreSqlBuilder("postgres:17")
                .WithLogger(Docker.Silent)
                .WithCommand("-c", "max_connections=200", "-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "full_page_writes=on")
                .Build()
        );
        if (container is not null)
        {
            return new PostgresService(container.GetConnectionString(), own: null);
        }
        if (!PostgresServer.IsInstalled)
        {
            throw Binaries.NoWay("PostgreSQL", Variable, why, "postgres and initdb");
        }
        var server = await PostgresServer.StartAsync();
        return new PostgresService(ConnectionString(server.Port), server);
    }

    private static string ConnectionString(int port) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = "postgres",
            Database = "postgres",
        }.ConnectionString;

    private string Unpooled => new NpgsqlConnectionStringBuilder(AdminConnectionString) { Pooling = false }.ConnectionString;

    private void Drop(string name)
    {
        try
        {
            using var connection = new NpgsqlConnection(Unpooled);
            connection.Open();
            using var command = new NpgsqlCommand($"DROP DATABASE IF EXISTS {name} WITH (FORCE)", connection);
            command.ExecuteNonQuery();
        }
        catch (NpgsqlException)
        {
            // An exception here would turn the exit code of a run that passed.
        }
    }
}
