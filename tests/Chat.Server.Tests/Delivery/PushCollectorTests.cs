using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Delivery;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Server.Tests.Delivery;

/// <summary>Typing and cursors on their way to other nodes.</summary>
public sealed class PushCollectorTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ListeningBus _bus = new();
    private readonly PushCollector _collector;

    public PushCollectorTests() => _collector = new PushCollector(_bus, _time);

    [Fact]
    public void What_comes_within_a_few_milliseconds_leaves_in_one_envelope_and_in_order()
    {
        var pushes = Enumerable.Range(0, 20).Select(_ => NewId()).ToList();
        pushes.ForEach(Add);
        Assert.Empty(_bus.Envelopes);

        _time.Advance(TimeSpan.FromMilliseconds(5));

        Assert.Equal(pushes, Assert.Single(_bus.Envelopes));
    }

    [Fact]
    public void Nothing_is_sent_twice_and_nothing_waits_for_the_next()
    {
        Add(NewId());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(_bus.Envelopes);

        var next = NewId();
        Add(next);
        _time.Advance(TimeSpan.FromMilliseconds(5));

        Assert.Equal([next], _bus.Envelopes[1]);
        Assert.Equal(2, _bus.Envelopes.Count);
    }

    [Fact]
    public void Much_does_not_wait_for_the_clock()
    {
        for (var i = 0; i < 50; i++)
            Add(NewId(), size: 1000);

        Assert.InRange(Assert.Single(_bus.Envelopes).Count, 30, 40);
    }

    [Fact]
    public void While_the_bus_is_down_nothing_is_kept()
    {
        _bus.IsUp = false;
        Add(NewId());
        _bus.IsUp = true;
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Empty(_bus.Envelopes);
    }

    public void Dispose() => _collector.Dispose();

    private static ConversationId NewId() => new(Guid.CreateVersion7());

    private void Add(ConversationId id) => Add(id, size: 10);

    private void Add(ConversationId id, int size) => _collector.Add(EnvelopeItem.Push(id, PushTarget.Ephemeral, new byte[size], default));

    /// <summary>Keeps of each envelope what its pushes are about.</summary>
    private sealed class ListeningBus : IEventBus
    {
        public List<List<ConversationId>> Envelopes { get; } = [];

        public bool IsUp { get; set; } = true;

        public void Attach(Action<ReadOnlyMemory<byte>> receive, Action<bool> stateChanged) { }

        public Task StartAsync(CancellationToken cancellation) => Task.CompletedTask;

        public void Publish(int shard, ReadOnlyMemory<byte> envelope)
        {
            var ids = new List<ConversationId>();
            var reader = new EnvelopeReader(envelope.ToArray());
            while (reader.TryRead(out var item))
                ids.Add(item.ConversationId);
            Envelopes.Add(ids);
        }
    }
}
