namespace Chat.Testing.Clients;

/// <summary>One frame of RFC 6455 as a client writes it, right or wrong.</summary>
public sealed record WireFrame(int Opcode, byte[] Payload, bool IsLast = true, int Reserved = 0, bool IsMasked = true)
{
    public const int Continuation = 0;
    public const int Text = 1;
    public const int Binary = 2;
    public const int Close = 8;
    public const int Ping = 9;
    public const int Pong = 10;

    private static readonly byte[] Mask = [0x5a, 0x17, 0xc3, 0x9e];

    public static WireFrame Empty(int opcode, bool isLast = true) => new(opcode, [], isLast);

    public byte[] ToBytes()
    {
        var bytes = new List<byte> { (byte)((IsLast ? 0x80 : 0) | Reserved << 4 | Opcode) };
        var masked = IsMasked ? 0x80 : 0;
        if (Payload.Length < 126)
            bytes.Add((byte)(masked | Payload.Length));
        else if (Payload.Length <= ushort.MaxValue)
            bytes.AddRange([(byte)(masked | 126), (byte)(Payload.Length >> 8), (byte)Payload.Length]);
        else
            bytes.AddRange([(byte)(masked | 127), 0, 0, 0, 0, .. BitConverter.GetBytes(Payload.Length).Reverse()]);
        if (IsMasked)
            bytes.AddRange(Mask);
        bytes.AddRange(IsMasked ? Payload.Select((one, i) => (byte)(one ^ Mask[i % 4])) : Payload);
        return [.. bytes];
    }

    public static byte[] ToBytes(params IEnumerable<WireFrame> frames) => [.. frames.SelectMany(frame => frame.ToBytes())];
}
