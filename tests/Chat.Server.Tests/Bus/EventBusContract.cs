using System.Buffers.Binary;
using Chat.Server.Bus;

namespace Chat.Server.Tests.Bus;

/// <summary>What every bus promises. Inherited once for each.</summary>
public abstract class EventBusContract
{
    /// <summary>A bus of one more node on the same network; not started.</summary>
    private protected abstract Task<IEventBus> NewNodeAsync();

    [Fact]
    public async Task A_bus_is_down_before_it_starts_and_up_soon_after()
    {
        var bus = await NewNodeAsync();
        Assert.False(bus.IsUp);

        await using var node = await BusProbe.StartUpAsync(bus);

        Assert.True(bus.IsUp);
    }

    [Fact]
    public async Task Envelopes_of_one_node_on_one_shard_arrive_in_order()
    {
        // Fewer than may wait: a node that is further behind skips them, and repairs.
        const int Count = RedisLink.MaxBehind - 1;
        await using var a = await StartNodeAsync();
        await using var b = await StartNodeAsync();

        for (var i = 0; i < Count; i++)
            a.Bus.Publish(7, BitConverter.GetBytes(i));

        for (var i = 0; i < Count; i++)
            Assert.Equal(i, BitConverter.ToInt32(await b.NextAsync()));
    }

    [Fact]
    public async Task A_node_never_gets_its_own_envelopes()
    {
        await using var a = await StartNodeAsync();
        await using var b = await StartNodeAsync();

        a.Bus.Publish(3, new byte[] { 1 });
        Assert.Equal([1], await b.NextAsync());
        // What comes back on the same shard after it shows that it did not.
        b.Bus.Publish(3, new byte[] { 2 });

        Assert.Equal([2], await a.NextAsync());
        Assert.True(a.IsEmpty);
    }

    [Fact]
    public async Task Every_shard_reaches_every_other_node()
    {
        await using var a = await StartNodeAsync();
        await using var b = await StartNodeAsync();
        await using var c = await StartNodeAsync();

        for (var shard = 0; shard < Shards.Count; shard++)
            a.Bus.Publish(shard, new[] { (byte)shard });

        foreach (var other in (BusProbe[])[b, c])
        {
            // A cluster whose slots move may give one twice.
            var shards = new HashSet<byte>();
            while (shards.Count < Shards.Count)
                shards.Add(Assert.Single(await other.NextAsync()));
        }
    }

    [Fact]
    public async Task A_large_envelope_arrives_whole()
    {
        await using var a = await StartNodeAsync();
        await using var b = await StartNodeAsync();
        var large = new byte[1024 * 1024];
        for (var i = 0; i < large.Length; i += 4)
            BinaryPrimitives.WriteInt32LittleEndian(large.AsSpan(i), i);

        a.Bus.Publish(63, large);

        Assert.Equal(large, await b.NextAsync());
    }

    [Fact]
    public async Task An_empty_envelope_arrives()
    {
        await using var a = await StartNodeAsync();
        await using var b = await StartNodeAsync();

        a.Bus.Publish(0, ReadOnlyMemory<byte>.Empty);

        Assert.Empty(await b.NextAsync());
    }

    [Fact]
    public async Task The_publisher_may_use_its_buffer_again_at_once()
    {
        await using var a = await StartNodeAsync();
        await using var b = await StartNodeAsync();
        var buffer = new byte[] { 1 };

        a.Bus.Publish(5, buffer);
        buffer[0] = 2;
        a.Bus.Publish(5, buffer);

        Assert.Equal([1], await b.NextAsync());
        Assert.Equal([2], await b.NextAsync());
    }

    [Fact]
    public async Task A_receiver_that_throws_gets_the_next_envelope_all_the_same()
    {
        await using var a = await StartNodeAsync();
        var bus = await NewNodeAsync();
        await using var owner = (IAsyncDisposable)bus;
        var second = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bus.Attach(
            envelope =>
            {
                if (envelope.Span[0] == 1)
                    throw new InvalidOperationException("The first one fails.");
                second.TrySetResult();
            },
            isUp =>
            {
                if (isUp)
                    up.TrySetResult();
            }
        );
        await bus.StartAsync(CancellationToken.None);
        await up.Task.WaitAsync(BusProbe.Generous);

        a.Bus.Publish(9, new byte[] { 1 });
        a.Bus.Publish(9, new byte[] { 2 });

        await second.Task.WaitAsync(BusProbe.Generous);
    }

    [Fact]
    public async Task Publishing_before_the_start_and_after_the_end_does_nothing()
    {
        await using var b = await StartNodeAsync();
        var bus = await NewNodeAsync();

        bus.Publish(1, new byte[] { 1 });
        var a = await BusProbe.StartUpAsync(bus);
        bus.Publish(1, new byte[] { 2 });
        Assert.Equal([2], await b.NextAsync());
        await a.DisposeAsync();
        await a.BecomesAsync(up: false);
        bus.Publish(1, new byte[] { 3 });

        Assert.False(bus.IsUp);
        await using var c = await StartNodeAsync();
        c.Bus.Publish(1, new byte[] { 4 });
        Assert.Equal([4], await b.NextAsync());
    }

    private protected async Task<BusProbe> StartNodeAsync() => await BusProbe.StartUpAsync(await NewNodeAsync());
}
