namespace Chat.Server.Tests.Sockets;

/// <summary>Gives bytes in given pieces, each later than it was asked for, and then ends as a connection may. What is written goes nowhere.</summary>
internal sealed class CutStream(byte[] bytes, IReadOnlyList<int> cuts, bool isReset) : Stream
{
    private int _at;
    private int _piece;
    private int _left = cuts[0];

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // Every other piece is there already.
        if (_piece % 2 == 0)
            await Task.Yield();
        if (buffer.IsEmpty && _at < bytes.Length)
            return 0;
        if (_at == bytes.Length)
            return isReset ? throw new IOException("Connection reset by peer") : 0;
        var count = Math.Min(Math.Min(_left, buffer.Length), bytes.Length - _at);
        bytes.AsMemory(_at, count).CopyTo(buffer);
        _at += count;
        _left -= count;
        if (_left == 0)
            _left = cuts[++_piece % cuts.Count];
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.CompletedTask;

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
