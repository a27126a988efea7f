using System.IO.Pipelines;
using BenchmarkDotNet.Attributes;
using Chat.Contracts;
using Chat.Server.Delivery;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Benchmarks;

/// <summary>One stored message: encoded once and written to so many sockets, up to their pipes.</summary>
public class FanOutBenchmark
{
    private readonly ChatEvent _event = new()
    {
        ConversationId = new ConversationId(Guid.CreateVersion7()),
        Epoch = 1,
        Seq = 42,
        Type = EventType.Message,
        Actor = new Actor(ActorKind.Visitor, Guid.NewGuid()),
        At = DateTimeOffset.UnixEpoch,
        ClientId = Guid.NewGuid(),
        Data = new EventData { Body = "Good morning! My order 48213 has not arrived yet. Could you please have a look?" },
    };
    private readonly InboxId _inbox = new(Guid.CreateVersion7());
    private Socket[] _sockets = [];

    [Params(1, 10, 1000)]
    public int Sockets { get; set; }

    [GlobalSetup]
    public void Connect() => _sockets = [.. Enumerable.Range(0, Sockets).Select(_ => new Socket())];

    [Benchmark]
    public void EncodeAndFanOut()
    {
        var frame = EncodedEvent.Of(_inbox, _event).StaffFrame;
        foreach (var socket in _sockets)
            socket.Write(frame);
    }

    /// <summary>SignalR's end of a socket over a pipe that is emptied after each write.</summary>
    private sealed class Socket
    {
        private readonly Pipe _output = new();
        private readonly OutboundQueue _queue;

        public Socket()
        {
            var transport = new Duplex(new Pipe().Reader, _output.Writer);
            var connection = new DefaultConnectionContext(Guid.NewGuid().ToString(), transport, transport);
            var hub = new HubConnectionContext(connection, new HubConnectionContextOptions(), NullLoggerFactory.Instance)
            {
                Protocol = new JsonHubProtocol(),
            };
            _queue = new OutboundQueue(hub, TimeProvider.System);
        }

        public void Write(Frame frame)
        {
            _queue.Enqueue(frame);
            if (_output.Reader.TryRead(out var read))
                _output.Reader.AdvanceTo(read.Buffer.End);
        }
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
