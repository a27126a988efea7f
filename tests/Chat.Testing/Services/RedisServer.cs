using System.Globalization;
using Chat.Testing.Processes;

namespace Chat.Testing.Services;

/// <summary>A private Redis without persistence: what it held is gone after a restart, as the design expects.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly string _folder;
    private readonly string[] _arguments;

    private RedisServer(string folder, int port, string[] arguments)
    {
        _folder = folder;
        _arguments = arguments;
        Port = port;
        Process = Launch();
    }

    public int Port { get; }

    public ChildProcess Process { get; private set; }

    public static bool IsInstalled => Binaries.OnPath("redis-server") is not null;

    public static async Task<RedisServer> StartAsync(params string[] arguments)
    {
        var server = new RedisServer(Binaries.CreateFolder("chat-redis-"), FreePort.Next(), arguments);
        await server.ReadyAsync();
        return server;
    }

    public async Task RestartAsync()
    {
        await Process.KillAsync();
        Process = Launch();
        await ReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private ChildProcess Launch()
    {
        string[] fixedArguments = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", _folder];
        string[] port = ["--port", Port.ToString(CultureInfo.InvariantCulture)];
        return ChildProcess.Start([Binaries.OnPath("redis-server")!, .. fixedArguments, .. port, .. _arguments]);
    }

    private async Task ReadyAsync() => await Process.WaitForLineAsync("Ready to accept connections");
}
