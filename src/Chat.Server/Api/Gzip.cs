using System.IO.Compression;
using Microsoft.Net.Http.Headers;

namespace Chat.Server.Api;

/// <summary>
/// Packs an answer as a whole before its first byte goes out, so that what waits for a slow reader is the packed bytes in a pooled buffer, and nothing beside
/// them that nobody counts. Gzip, which every client and every proxy knows.
/// </summary>
internal static class Gzip
{
    public const string Name = "gzip";

    /// <summary>Less fits into one packet as it is.</summary>
    private const int LeastBytes = 1_200;

    /// <summary>True: it is worth it, and what comes is said to hang on what the caller takes.</summary>
    public static bool Suits(HttpContext context, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < LeastBytes)
            return false;
        context.Response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        return true;
    }

    /// <summary>Null: the caller does not take it.</summary>
    public static PooledBuffer? TryPack(HttpContext context, ReadOnlyMemory<byte> bytes)
    {
        if (!IsTakenBy(context.Request))
            return null;
        context.Response.Headers.ContentEncoding = Name;
        return Pack(bytes.Span);
    }

    public static PooledBuffer Pack(ReadOnlySpan<byte> bytes)
    {
        var packed = new PooledBuffer();
        using var gzip = new GZipStream(new BufferStream(packed), CompressionLevel.Fastest);
        gzip.Write(bytes);
        return packed;
    }

    public static bool IsTakenBy(HttpRequest request)
    {
        if (request.Headers.AcceptEncoding.Count == 0)
            return false;
        var codings = request.GetTypedHeaders().AcceptEncoding;
        var own = codings.FirstOrDefault(coding => coding.Value.Equals(Name, StringComparison.OrdinalIgnoreCase));
        return (own ?? codings.FirstOrDefault(coding => coding.Value == "*")) is { Quality: null or > 0 };
    }

    /// <summary>Where the packer writes to.</summary>
    private sealed class BufferStream(PooledBuffer packed) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            buffer.CopyTo(packed.GetSpan(buffer.Length));
            packed.Advance(buffer.Length);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush() { }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
