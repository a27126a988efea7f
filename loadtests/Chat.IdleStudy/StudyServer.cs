using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;

namespace Chat.IdleStudy;

/// <summary>Holds connections on the port that it names. For each line on its input it collects and says what it takes: live bytes and resident bytes.</summary>
internal static class StudyServer
{
    public static async Task<int> RunAsync(Layers layers)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSignalR();
        var handler = default(HubConnectionHandler<StudyHub>);
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                IPAddress.Loopback,
                0,
                listen => listen.Run(connection => HoldAsync(new PipeStream(connection.Transport), handler))
            )
        );
        await using var app = builder.Build();
        if (layers is Layers.SocketAndHub or Layers.KestrelAndHub)
            handler = app.Services.GetRequiredService<HubConnectionHandler<StudyHub>>();
        await app.StartAsync();
        using var listening = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen(512);
        _ = AcceptAsync(listening, handler);
        var isKestrels = layers is Layers.Kestrel or Layers.KestrelAndHub;
        Console.WriteLine(isKestrels ? new Uri(app.Urls.Single()).Port : ((IPEndPoint)listening.LocalEndPoint!).Port);
        while (await Console.In.ReadLineAsync() is not null)
        {
            for (var i = 0; i < 3; i++)
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                GC.WaitForPendingFinalizers();
            }
            Console.WriteLine($"{GC.GetTotalMemory(forceFullCollection: false)} {Environment.WorkingSet}");
        }
        return 0;
    }

    private static async Task AcceptAsync(Socket listening, HubConnectionHandler<StudyHub>? handler)
    {
        while (true)
            _ = HoldAsync(new SocketStream(await listening.AcceptAsync()), handler);
    }

    private static async Task HoldAsync(IByteStream bytes, HubConnectionHandler<StudyHub>? handler)
    {
        var socket = new LeanWebSocket(bytes);
        if (!await socket.AcceptAsync())
            return;
        if (handler is not null)
        {
            await handler.OnConnectedAsync(new LeanConnection(socket));
            return;
        }
        // What a hub's handshake answers.
        while (await socket.Input.ReadAsync() is { IsCompleted: false } read)
        {
            socket.Input.AdvanceTo(read.Buffer.End);
            socket.Output.GetMemory();
            "{}\u001e"u8.CopyTo(socket.Output.GetSpan());
            socket.Output.Advance(3);
            await socket.Output.FlushAsync();
        }
    }
}

/// <summary>Of no methods.</summary>
internal sealed class StudyHub : Hub;
