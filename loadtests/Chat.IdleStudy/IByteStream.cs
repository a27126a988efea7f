using System.IO.Pipelines;
using System.Net.Sockets;

namespace Chat.IdleStudy;

/// <summary>Bytes of one connection, from whoever has the socket.</summary>
internal interface IByteStream
{
    /// <summary>Ends when there is something to receive, and holds no buffer until then.</summary>
    ValueTask WaitAsync();

    ValueTask<int> ReceiveAsync(Memory<byte> buffer);

    ValueTask SendAsync(ReadOnlyMemory<byte> bytes);
}

internal sealed class SocketStream(Socket socket) : IByteStream
{
    public async ValueTask WaitAsync() => await socket.ReceiveAsync(Memory<byte>.Empty);

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer) => socket.ReceiveAsync(buffer);

    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => await socket.SendAsync(bytes);
}

internal sealed class PipeStream(IDuplexPipe pipe) : IByteStream
{
    public async ValueTask WaitAsync()
    {
        var read = await pipe.Input.ReadAsync();
        // Looked at by nobody: the next read returns at once.
        pipe.Input.AdvanceTo(read.Buffer.Start, read.Buffer.Start);
    }

    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        var read = await pipe.Input.ReadAsync();
        var taken = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, buffer.Length));
        var count = 0;
        foreach (var segment in taken)
        {
            segment.CopyTo(buffer[count..]);
            count += segment.Length;
        }
        pipe.Input.AdvanceTo(taken.End);
        return count;
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => await pipe.Output.WriteAsync(bytes);
}
