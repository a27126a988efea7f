using System.Net.Sockets;
using DotNet.Testcontainers.Containers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Testing.Services;

/// <summary>The second way to a shared service: a container, where an engine answers.</summary>
internal static class Docker
{
    /// <summary>The library's own log goes to stdout, on which some programs here answer those who drive them.</summary>
    public static readonly ILogger Silent = NullLogger.Instance;

    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);

    /// <summary>One bounded attempt, a pull included. The reason of a failure is for the sentence that names all ways.</summary>
    public static async Task<(TContainer? Container, string Why)> TryStartAsync<TContainer>(Func<TContainer> build)
        where TContainer : class, IContainer
    {
        if (!await EngineAnswersAsync())
        {
            return (null, "no Docker engine answers");
        }
        try
        {
            using var bound = new CancellationTokenSource(Bound);
            var container = build();
            await container.StartAsync(bound.Token).WaitAsync(Bound);
            return (container, "");
        }
        catch (Exception e)
        {
            return (null, $"Docker could not run the image ({e.Message})");
        }
    }

    // The library's own detection tries many places, some of them slowly; without an engine the answer must come at once.
    private static async Task<bool> EngineAnswersAsync()
    {
        if (Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } || OperatingSystem.IsWindows())
        {
            return true;
        }
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        string[] candidates = ["/var/run/docker.sock", $"{runtime}/docker.sock", $"{home}/.docker/run/docker.sock"];
        foreach (var path in candidates.Where(File.Exists))
        {
            try
            {
                using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(2));
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), bound.Token);
                return true;
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                continue;
            }
        }
        return false;
    }
}
