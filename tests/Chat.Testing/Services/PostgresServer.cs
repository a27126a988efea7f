using System.Globalization;
using Chat.Testing.Processes;

namespace Chat.Testing.Services;

/// <summary>A private PostgreSQL server: own folder, own loopback port, durable as in production.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private static readonly Lock Gate = new();
    private static Task<string>? _template;

    private readonly string _folder;
    private ChildProcess _process;

    private PostgresServer(string folder, int port, params string[] settings)
    {
        _folder = folder;
        Port = port;
        _process = Launch(settings);
    }

    public int Port { get; }

    public static bool IsInstalled => Binaries.Postgres("postgres") is not null && Binaries.Postgres("initdb") is not null;

    public static async Task<PostgresServer> StartAsync()
    {
        Task<string> template;
        lock (Gate)
        {
            template = _template ??= CreateTemplateAsync();
        }
        var folder = await CreateFolderAsync();
        await ChildProcess.RunAsync(["cp", "-a", await template, DataOf(folder)]);
        var server = new PostgresServer(folder, FreePort.Next());
        await server.ReadyAsync();
        return server;
    }

    /// <summary>A hot standby of a server that is reached on this port, called <c>standby</c>.</summary>
    public static async Task<PostgresServer> StartStandbyAsync(int primary)
    {
        var folder = await CreateFolderAsync();
        await BackUpAsync(primary, DataOf(folder), folder);
        await ChildProcess.RunAsync(AsServerUser(["touch", Path.Combine(DataOf(folder), "standby.signal")]), folder);
        var server = new PostgresServer(
            folder,
            FreePort.Next(),
            $"primary_conninfo=host=127.0.0.1 port={primary} user=postgres application_name=standby"
        );
        await server._process.WaitForLineAsync("database system is ready to accept read-only connections");
        return server;
    }

    public Task KillAsync() => _process.KillAsync();

    public async Task StopAsync()
    {
        _process.Send(Signal.Interrupt);
        await _process.Exited.WaitAsync(TimeSpan.FromMinutes(2));
    }

    public async Task RestartAsync()
    {
        if (!_process.Exited.IsCompleted)
        {
            await StopAsync();
        }
        _process = Launch();
        await ReadyAsync();
    }

    /// <summary>What an asynchronous standby has now.</summary>
    public Task TakeBaseBackupAsync() => BackUpAsync(Port, BackupOf(_folder), _folder);

    /// <summary>Kills the server and promotes the base backup in its place: a new timeline, without what was committed since.</summary>
    public async Task FailOverToBackupAsync()
    {
        await KillAsync();
        Directory.Delete(DataOf(_folder), recursive: true);
        Directory.Move(BackupOf(_folder), DataOf(_folder));
        // Asks for an archive recovery, which ends with a promotion.
        await ChildProcess.RunAsync(AsServerUser(["touch", Path.Combine(DataOf(_folder), "recovery.signal")]), _folder);
        _process = Launch("restore_command=false");
        await ReadyAsync();
    }

    public Task PauseAsync() => Signals.StopTreeAsync(_process.Id);

    public void Resume() => Signals.ContinueTree(_process.Id);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    // initdb takes a second or two: once per process, and every server gets a copy.
    private static async Task<string> CreateTemplateAsync()
    {
        var folder = await CreateFolderAsync();
        var initdb = Binaries.Postgres("initdb")!;
        string[] command = [initdb, "-D", DataOf(folder), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"];
        await ChildProcess.RunAsync(AsServerUser(command), folder);
        return DataOf(folder);
    }

    private static async Task<string> CreateFolderAsync()
    {
        var folder = Binaries.CreateFolder("chat-postgres-");
        if (Environment.IsPrivilegedProcess)
        {
            await ChildProcess.RunAsync(["chown", "postgres:postgres", folder]);
        }
        return folder;
    }

    private static Task BackUpAsync(int port, string data, string folder)
    {
        string[] from = ["-h", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture), "-U", "postgres", "-D", data];
        string[] command = [Binaries.Postgres("pg_basebackup")!, .. from, "-X", "stream", "-c", "fast", "--no-sync"];
        return ChildProcess.RunAsync(AsServerUser(command), folder);
    }

    private static string BackupOf(string folder) => Path.Combine(folder, "backup");

    private static string DataOf(string folder) => Path.Combine(folder, "data");

    // PostgreSQL refuses to run as root.
    private static string[] AsServerUser(string[] command) =>
        Environment.IsPrivilegedProcess
            ? ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups", "--", .. command]
            : command;

    private ChildProcess Launch(params string[] more)
    {
        string[] settings =
        [
            "listen_addresses=127.0.0.1",
            $"port={Port.ToString(CultureInfo.InvariantCulture)}",
            $"unix_socket_directories={_folder}",
            "max_connections=200",
            // An acknowledgement must survive a kill here as it must in production.
            "fsync=on",
            "synchronous_commit=on",
            // In the data folder, so that a killed server leaves nothing in /dev/shm.
            "dynamic_shared_memory_type=mmap",
            "logging_collector=off",
            .. more,
        ];
        string[] command = [Binaries.Postgres("postgres")!, "-D", DataOf(_folder), .. settings.SelectMany(s => new[] { "-c", s })];
        // SIGQUIT is PostgreSQL's immediate shutdown: as quick as a kill, but it gives its System V segment back.
        return ChildProcess.Start(AsServerUser(command), folder: _folder, end: Signal.Quit);
    }

    private async Task ReadyAsync() => await _process.WaitForLineAsync("database system is ready to accept connections");
}
