using System.IO.Pipelines;
using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Delivery;
using Chat.Server.Identity;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Server.Tests.Delivery;

/// <summary>SignalR's end of a socket over a pipe: what was written can be read, and reading can be left out.</summary>
internal sealed class RecordingConnection
{
    private const byte RecordSeparator = 0x1e;

    private readonly Pipe _output;

    public RecordingConnection(TimeProvider time, bool isOperator = true, long pauseAfterBytes = 1 << 20, Caller? caller = null)
    {
        _output = new Pipe(new PipeOptions(pauseWriterThreshold: pauseAfterBytes, resumeWriterThreshold: pauseAfterBytes / 2));
        var transport = new DuplexPipe(new Pipe().Reader, _output.Writer);
        var socket = new DefaultConnectionContext(Guid.NewGuid().ToString(), transport, transport);
        var context = new HubConnectionContext(socket, new HubConnectionContextOptions(), NullLoggerFactory.Instance)
        {
            Protocol = new JsonHubProtocol(),
        };
        caller ??= new Caller(
            isOperator ? ActorKind.Operator : ActorKind.Visitor,
            Guid.NewGuid(),
            null,
            OperatorRole.Operator,
            default,
            DateTimeOffset.MaxValue
        );
        Client = new ClientConnection(context, caller, new RateLimits(), time);
    }

    public ClientConnection Client { get; }

    /// <summary>All that is written until something is, which comes last but for what was written with it.</summary>
    public async Task<IReadOnlyList<(string Target, JsonElement Argument)>> ReadUntilAsync(Func<string, JsonElement, bool> isLast)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var all = new List<(string Target, JsonElement Argument)>();
        while (!all.Exists(push => isLast(push.Target, push.Argument)))
        {
            var read = await _output.Reader.ReadAsync(patience.Token);
            // Not taken: that is what Read does.
            _output.Reader.AdvanceTo(read.Buffer.Start);
            all.AddRange(Read());
        }
        return all;
    }

    /// <summary>All that has been written since the last call: target and argument of each invocation.</summary>
    public IReadOnlyList<(string Target, JsonElement Argument)> Read()
    {
        var result = new List<(string, JsonElement)>();
        while (_output.Reader.TryRead(out var read) && !read.Buffer.IsEmpty)
        {
            var bytes = new byte[read.Buffer.Length];
            var offset = 0;
            foreach (var segment in read.Buffer)
            {
                segment.CopyTo(bytes.AsMemory(offset));
                offset += segment.Length;
            }
            _output.Reader.AdvanceTo(read.Buffer.End);
            var start = 0;
            for (var end = Array.IndexOf(bytes, RecordSeparator); end >= 0; end = Array.IndexOf(bytes, RecordSeparator, start))
            {
                var frame = JsonDocument.Parse(bytes.AsMemory(start, end - start)).RootElement;
                result.Add((frame.GetProperty("target").GetString()!, frame.GetProperty("arguments")[0]));
                start = end + 1;
            }
        }
        return result;
    }

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
