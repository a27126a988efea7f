using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Chat.Contracts;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Delivery;

/// <summary>
/// A SignalR invocation in its final bytes, encoded once and shared by every socket that gets it. Hubs speak JSON only, so one encoding is enough;
/// frames may be joined, since each ends with SignalR's record separator.
/// </summary>
internal sealed class Frame
{
    private const byte RecordSeparator = 0x1e;
    private readonly byte[] _bytes;
    private SerializedHubMessage? _message;

    private Frame(byte[] bytes) => _bytes = bytes;

    public ReadOnlySpan<byte> Bytes => _bytes;

    public int Length => _bytes.Length;

    /// <summary>As SignalR's connections take it.</summary>
    public SerializedHubMessage Message => _message ??= ToMessage(_bytes);

    /// <summary>A call of one of <see cref="Push"/>'s names with one argument that is JSON already.</summary>
    public static Frame Of(string target, ReadOnlySpan<byte> json)
    {
        ReadOnlySpan<byte> head = "{\"type\":1,\"target\":\""u8;
        ReadOnlySpan<byte> middle = "\",\"arguments\":["u8;
        var bytes = new byte[head.Length + target.Length + middle.Length + json.Length + 3];
        var rest = bytes.AsSpan();
        head.CopyTo(rest);
        rest = rest[head.Length..];
        foreach (var letter in target)
        {
            rest[0] = (byte)letter;
            rest = rest[1..];
        }
        middle.CopyTo(rest);
        rest = rest[middle.Length..];
        json.CopyTo(rest);
        rest = rest[json.Length..];
        rest[0] = (byte)']';
        rest[1] = (byte)'}';
        rest[2] = RecordSeparator;
        return new Frame(bytes);
    }

    public static Frame Of<T>(string target, T argument, JsonTypeInfo<T> type) =>
        Of(target, JsonSerializer.SerializeToUtf8Bytes(argument, type));

    /// <summary>Several frames as one.</summary>
    public static Frame Join(IReadOnlyList<Frame> frames)
    {
        if (frames.Count == 1)
            return frames[0];
        var bytes = new byte[frames.Sum(frame => frame.Length)];
        var offset = 0;
        foreach (var frame in frames)
        {
            frame._bytes.CopyTo(bytes, offset);
            offset += frame._bytes.Length;
        }
        return new Frame(bytes);
    }

    private static SerializedHubMessage ToMessage(byte[] bytes) => new([new SerializedMessage("json", bytes)]);
}
