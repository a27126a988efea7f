using Chat.Contracts;
using Chat.Server.Delivery;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Server.Tests.Delivery;

public sealed class OutboundQueueTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Frames_arrive_in_order_and_those_that_waited_are_joined()
    {
        var socket = new RecordingConnection(_time, pauseAfterBytes: 256);

        for (var i = 1; i <= OutboundQueue.MaxFrames; i++)
            socket.Client.Outbound.Enqueue(Numbered(i));

        Assert.Equal(Enumerable.Range(1, OutboundQueue.MaxFrames), await NumbersAsync(socket, OutboundQueue.MaxFrames));
    }

    [Fact]
    public async Task A_client_that_does_not_read_loses_what_waited_and_is_told_to_resync()
    {
        var socket = new RecordingConnection(_time, pauseAfterBytes: 256);

        for (var i = 1; i <= 1000; i++)
            socket.Client.Outbound.Enqueue(Numbered(i));
        _time.Advance(TimeSpan.FromSeconds(6));

        Assert.True(socket.Client.StalledFor > TimeSpan.FromSeconds(5));
        var pushes = await DrainAsync(socket, pushes => pushes.Contains(Push.Resync));
        Assert.InRange(pushes.Count, 2, OutboundQueue.MaxFrames);
        Assert.Equal(TimeSpan.Zero, socket.Client.StalledFor);
        socket.Client.Outbound.Enqueue(Numbered(1001));
        Assert.Equal([1001], await NumbersAsync(socket, 1));
    }

    [Fact]
    public void What_waits_is_bounded_by_bytes_too()
    {
        var socket = new RecordingConnection(_time, pauseAfterBytes: 256);
        var large = Frame.Of(Push.Event, new byte[OutboundQueue.MaxBytes / 2]);

        for (var i = 0; i < 4; i++)
            socket.Client.Outbound.Enqueue(large);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TimeSpan.FromSeconds(1), socket.Client.StalledFor);
    }

    private static Frame Numbered(int number) =>
        Frame.Of(Push.Skip, new Skip(new ConversationId(Guid.Empty), 1, number), ChatJson.Wire.Skip);

    private static async Task<IReadOnlyList<int>> NumbersAsync(RecordingConnection socket, int count)
    {
        var numbers = new List<int>();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (numbers.Count < count)
        {
            patience.Token.ThrowIfCancellationRequested();
            numbers.AddRange(socket.Read().Select(push => push.Argument.GetProperty("seq").GetInt32()));
            await Task.Yield();
        }
        return numbers;
    }

    private static async Task<IReadOnlyList<string>> DrainAsync(RecordingConnection socket, Func<List<string>, bool> enough)
    {
        var targets = new List<string>();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!enough(targets))
        {
            patience.Token.ThrowIfCancellationRequested();
            targets.AddRange(socket.Read().Select(push => push.Target));
            await Task.Yield();
        }
        return targets;
    }
}
