using System.Globalization;
using Chat.Testing.Processes;
using Npgsql;

namespace Chat.Testing.Services;

/// <summary>A private PgBouncer in transaction mode in front of a server: fewer server connections than clients, and no session state.</summary>
public sealed class PgBouncer : IAsyncDisposable
{
    private const string Debian = "/usr/sbin/pgbouncer";

    private readonly ChildProcess _process;
    private readonly string _folder;

    private PgBouncer(ChildProcess process, string folder, string connectionString)
    {
        _process = process;
        _folder = folder;
        ConnectionString = connectionString;
    }

    public static bool IsInstalled => Program is not null;

    /// <summary>To the same database as the string given to <see cref="StartAsync"/>, through the pooler.</summary>
    public string ConnectionString { get; }

    private static string? Program => Binaries.OnPath("pgbouncer") ?? (File.Exists(Debian) ? Debian : null);

    /// <param name="connectionString">Of the server.</param>
    /// <param name="serverConnections">How many connections to it all clients share.</param>
    public static async Task<PgBouncer> StartAsync(string connectionString, int serverConnections)
    {
        var target = new NpgsqlConnectionStringBuilder(connectionString);
        var folder = Binaries.CreateFolder("chat-pgbouncer-");
        var port = FreePort.Next();
        var password = target.Password is null ? "" : $" password={target.Password}";
        var server = $"host={target.Host} port={target.Port.ToString(CultureInfo.InvariantCulture)} user={target.Username}";
        if (target.Password is not null)
        {
            server += $" password={target.Password}";
        }
        var settings = $"""
            [databases]
            {target.Database} = {server}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port.ToString(CultureInfo.InvariantCulture)}
            unix_socket_dir =
            auth_type = any
            pool_mode = transaction
            default_pool_size = {serverConnections.ToString(CultureInfo.InvariantCulture)}
            ignore_startup_parameters = extra_float_digits
            """;
        var file = Path.Combine(folder, "pgbouncer.ini");
        await File.WriteAllTextAsync(file, settings);
        string[] command = [Program!, file];
        if (Environment.IsPrivilegedProcess)
        {
            // PgBouncer refuses to run as root.
            await ChildProcess.RunAsync(["chown", "-R", "postgres:postgres", folder]);
            command = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups", "--", .. command];
        }
        var process = ChildProcess.Start(command, folder: folder);
        await process.WaitForLineAsync("process up");
        target.Host = "127.0.0.1";
        target.Port = port;
        return new PgBouncer(process, folder, target.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
