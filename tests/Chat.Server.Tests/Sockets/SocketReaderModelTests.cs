using System.Buffers;
using System.Net.WebSockets;
using Chat.Server.Delivery;
using Chat.Server.Sockets;
using Chat.Testing.Clients;
using CsCheck;
using Microsoft.Extensions.Options;

namespace Chat.Server.Tests.Sockets;

/// <summary>The reader against a model: whatever frames come, however they are cut, its bytes are theirs, and the end is never missed.</summary>
public sealed class SocketReaderModelTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Payloads are letters, so that any cut of a text is a text.</summary>
    private static readonly Gen<byte> Letter = Gen.Byte[(byte)'a', (byte)'z'];

    private static readonly Gen<byte[]> Payload = Gen.Frequency(
        (3, Gen.Const(Array.Empty<byte>())),
        (4, Letter.Array[1, 40]),
        (1, Letter.Array[4_000, 9_000])
    );

    private static readonly Gen<WireFrame[]> Control = Gen.Select(OneOf(WireFrame.Ping, WireFrame.Pong), Letter.Array[0, 125])
        .Select((opcode, payload) => new WireFrame(opcode, payload))
        .Array[0, 2];

    private static readonly Gen<WireFrame[]> Message = Gen.Select(
        OneOf(WireFrame.Text, WireFrame.Binary),
        Gen.Select(Payload, Control).List[1, 4],
        (opcode, fragments) =>
            fragments
                .SelectMany(
                    (fragment, i) =>
                        fragment.Item2.Prepend(
                            new WireFrame(i == 0 ? opcode : WireFrame.Continuation, fragment.Item1, IsLast: i == fragments.Count - 1)
                        )
                )
                .ToArray()
    );

    /// <summary>After a whole message, each of them ends the socket.</summary>
    private static readonly Gen<WireFrame[]> Ending = OneOf<WireFrame[]>(
        [],
        [WireFrame.Empty(WireFrame.Close)],
        [new WireFrame(WireFrame.Close, [0x03, 0xe8, (byte)'b', (byte)'y', (byte)'e'])],
        [new WireFrame(WireFrame.Close, [0x03])],
        [WireFrame.Empty(3)],
        [WireFrame.Empty(11)],
        [WireFrame.Empty(WireFrame.Continuation)],
        [WireFrame.Empty(WireFrame.Ping, isLast: false)],
        [new WireFrame(WireFrame.Ping, new byte[126])],
        [new WireFrame(WireFrame.Text, [], Reserved: 4)],
        [new WireFrame(WireFrame.Text, [], IsMasked: false)],
        [WireFrame.Empty(WireFrame.Text, isLast: false), WireFrame.Empty(WireFrame.Text)]
    );

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_frames_come_and_however_they_are_cut_their_bytes_come_and_then_the_end() =>
        await Gen.Select(Message.Array[0, 8], Ending, Gen.Int[1, 3_000].List[1, 8], Gen.Int[0, 3_000].List[1, 6], Gen.Bool)
            .SampleAsync(
                async (messages, ending, cuts, steps, isReset) =>
                {
                    var frames = messages.SelectMany(message => message).ToArray();
                    var expected = frames.Where(IsData).SelectMany(frame => frame.Payload).ToArray();
                    var received = await ReceiveAllAsync(WireFrame.ToBytes([.. frames, .. ending]), cuts, steps, isReset);
                    Assert.Equal(expected, received);
                },
                iter: 300
            );

    [Fact]
    public async Task A_connection_that_ends_amid_a_frame_gives_all_frames_before_it_and_then_the_end() =>
        await Gen.Select(Message.Array[1, 4], Gen.Int[1, 3_000].List[1, 8], Gen.Double.Unit, Gen.Bool)
            .SampleAsync(
                async (messages, cuts, part, isReset) =>
                {
                    var frames = messages.SelectMany(message => message).ToArray();
                    var bytes = WireFrame.ToBytes(frames);
                    var length = (int)(bytes.Length * part);
                    var received = await ReceiveAllAsync(bytes[..length], cuts, [int.MaxValue], isReset);
                    Assert.Equal(DataWithin(frames, length, isWhole: false).Take(received.Length), received);
                    Assert.True(received.Length >= DataWithin(frames, length, isWhole: true).Length);
                },
                iter: 200
            );

    private static Gen<T> OneOf<T>(params T[] all) => Gen.Int[0, all.Length - 1].Select(i => all[i]);

    internal static FrameRules Rules() =>
        new(new RateLimits(), new FrameRoom(Options.Create(new SocketOptions()))) { MostBytes = int.MaxValue };

    private static bool IsData(WireFrame frame) => frame.Opcode < WireFrame.Close;

    /// <param name="frames">All of them.</param>
    /// <param name="length">So many bytes have come.</param>
    /// <param name="isWhole">Without the frame that they end in.</param>
    private static byte[] DataWithin(WireFrame[] frames, int length, bool isWhole)
    {
        var data = new List<byte>();
        foreach (var frame in frames)
        {
            var head = frame.ToBytes().Length - frame.Payload.Length;
            if (IsData(frame) && (!isWhole || length >= head + frame.Payload.Length))
                data.AddRange(frame.Payload.Take(length - head));
            length -= head + frame.Payload.Length;
        }
        return [.. data];
    }

    /// <param name="bytes">What the client writes.</param>
    /// <param name="cuts">In pieces of these sizes.</param>
    /// <param name="steps">How much is consumed at a time; 0: only more can help.</param>
    /// <param name="isReset">It ends with a reset and not in order.</param>
    private static async Task<byte[]> ReceiveAllAsync(byte[] bytes, List<int> cuts, List<int> steps, bool isReset)
    {
        using var socket = WebSocket.CreateFromStream(
            new CutStream(bytes, cuts, isReset),
            new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = TimeSpan.Zero }
        );
        var reader = new SocketReader(socket, Rules());
        var received = new ArrayBufferWriter<byte>();
        for (var turn = 0; ; turn++)
        {
            var read = await reader.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);
            var taken = read.IsCompleted ? read.Buffer : read.Buffer.Slice(0, Math.Min(read.Buffer.Length, steps[turn % steps.Count]));
            foreach (var piece in taken)
                received.Write(piece.Span);
            reader.AdvanceTo(taken.End, taken.IsEmpty ? read.Buffer.End : taken.End);
            if (read.IsCompleted)
                return received.WrittenSpan.ToArray();
        }
    }
}
