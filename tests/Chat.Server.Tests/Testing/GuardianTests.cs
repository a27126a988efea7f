using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Chat.Testing.Processes;
using Chat.Testing.Services;
using Npgsql;

namespace Chat.Server.Tests.Testing;

public sealed class GuardianTests
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Servers_end_when_the_test_process_that_started_them_is_killed()
    {
        var victim = $"{typeof(GuardianTests).FullName}.{nameof(Start_servers_and_wait_to_be_killed)}";
        await using var process = ChildProcess.Start([Environment.ProcessPath!, "-noColor", "-explicit", "only", "-method", victim]);
        var announced = (await process.WaitForLineAsync("servers at", Generous)).Split(' ');
        using var postgres = await ConnectAsync(announced[^2]);
        using var redis = await ConnectAsync(announced[^1]);

        process.Send(Signal.Kill);

        await AssertEndsAsync(postgres);
        await AssertEndsAsync(redis);
    }

    [Fact(Explicit = true)]
    public async Task Start_servers_and_wait_to_be_killed()
    {
        var postgres = await PostgresService.StartOwnAsync();
        var redis = await RedisService.StartOwnAsync();
        var postgresPort = new NpgsqlConnectionStringBuilder(postgres.AdminConnectionString).Port;
        // A stopped server hears no signal but SIGKILL: the hardest one to end.
        Console.WriteLine($"servers at {postgresPort} {redis.Configuration.Split(':')[1]}");
        await redis.PauseAsync();

        await new TaskCompletionSource().Task.WaitAsync(Generous);
    }

    [Fact]
    public async Task A_guardian_ends_processes_and_removes_folders_when_its_input_ends()
    {
        using var paused = Process.Start("sleep", ["600"]);
        var folder = Directory.CreateTempSubdirectory("chat-guardian-").FullName;
        var guardian = new Guardian();
        guardian.Watch(paused.Id, Signal.Terminate);
        guardian.WatchFolder(folder);
        await Signals.StopTreeAsync(paused.Id);

        guardian.Dispose();

        await paused.WaitForExitAsync().WaitAsync(Generous);
        Assert.Equal(128 + (int)Signal.Terminate, paused.ExitCode);
        Assert.False(Directory.Exists(folder));
    }

    private static async Task<Socket> ConnectAsync(string port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture));
        return socket;
    }

    // The kernel ends the connections of a process that has gone.
    private static async Task AssertEndsAsync(Socket socket)
    {
        try
        {
            Assert.Equal(0, await socket.ReceiveAsync(new byte[1]).WaitAsync(Generous));
        }
        catch (SocketException e)
        {
            Assert.Equal(SocketError.ConnectionReset, e.SocketErrorCode);
        }
    }
}
