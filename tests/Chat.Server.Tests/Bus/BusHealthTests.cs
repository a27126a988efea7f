using Chat.Server.Bus;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Server.Tests.Bus;

public sealed class BusHealthTests
{
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(1500);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(15);

    private readonly FakeTimeProvider _time = new();
    private readonly BusHealth _health;

    public BusHealthTests() => _health = new BusHealth(Silence, ProbeInterval, _time);

    [Fact]
    public void A_bus_that_heard_nothing_is_down_and_asks_for_no_probes()
    {
        var turn = _health.Next();

        Assert.False(turn.IsUp);
        Assert.Equal(0UL, turn.Probes);
    }

    [Fact]
    public void The_first_heartbeat_asks_for_all_probes_at_once()
    {
        Assert.True(_health.HeardHeartbeat(_health.Next().Generation));

        var turn = _health.Next();

        Assert.False(turn.IsUp);
        Assert.Equal(ulong.MaxValue, turn.Probes);
    }

    [Fact]
    public void It_is_up_when_the_last_shard_is_proven()
    {
        var generation = _health.Next().Generation;
        _health.HeardHeartbeat(generation);
        for (var shard = 0; shard < Shards.Count - 1; shard++)
            Assert.False(_health.HeardProbe(shard, generation));
        Assert.False(_health.Next().IsUp);

        Assert.True(_health.HeardProbe(Shards.Count - 1, generation));

        Assert.True(_health.Next().IsUp);
    }

    [Fact]
    public void Three_missed_heartbeats_take_it_down()
    {
        BringUp();

        _time.Advance(Silence);
        Assert.True(_health.Next().IsUp);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(_health.Next().IsUp);
    }

    [Fact]
    public void Signals_sent_before_a_lost_connection_prove_nothing_after_it()
    {
        var before = BringUp();
        _health.Doubt();

        Assert.False(_health.HeardHeartbeat(before));
        for (var shard = 0; shard < Shards.Count; shard++)
            Assert.False(_health.HeardProbe(shard, before));

        Assert.False(_health.Next().IsUp);
        BringUp();
    }

    [Fact]
    public void Each_shard_is_probed_once_in_a_probe_interval()
    {
        var generation = BringUp();
        var asked = new int[Shards.Count];

        for (var passed = TimeSpan.Zero; passed < ProbeInterval; passed += Silence / 3)
        {
            _time.Advance(Silence / 3);
            _health.HeardHeartbeat(generation);
            var turn = _health.Next();
            Assert.True(turn.IsUp);
            foreach (var shard in ShardsOf(turn.Probes))
            {
                asked[shard]++;
                _health.HeardProbe(shard, generation);
            }
        }

        Assert.All(asked, times => Assert.Equal(1, times));
    }

    [Fact]
    public void A_shard_whose_probe_stays_away_while_heartbeats_come_lapses_and_takes_the_bus_down_until_it_is_back()
    {
        const int Deaf = 17;
        var generation = BringUp();

        BusTurn turn;
        do
        {
            _time.Advance(Silence / 3);
            _health.HeardHeartbeat(generation);
            turn = _health.Next();
            foreach (var shard in ShardsOf(turn.Probes).Where(shard => shard != Deaf))
                _health.HeardProbe(shard, generation);
        } while (turn.Lapsed == 0);

        Assert.Equal([Deaf], ShardsOf(turn.Lapsed));
        Assert.False(turn.IsUp);
        Assert.Contains(Deaf, ShardsOf(turn.Probes));
        Assert.True(_health.HeardProbe(Deaf, generation));
        Assert.True(_health.Next().IsUp);
    }

    [Fact]
    public void A_doubted_shard_takes_the_bus_down_until_its_next_probe_and_is_news_once()
    {
        var generation = BringUp();

        Assert.True(_health.Doubt(5));
        Assert.False(_health.Doubt(5));

        var turn = _health.Next();
        Assert.False(turn.IsUp);
        Assert.Equal([5], ShardsOf(turn.Probes));
        Assert.True(_health.HeardProbe(5, generation));
        Assert.True(_health.Next().IsUp);
    }

    [Fact]
    public void New_connections_start_down_and_with_their_own_silence()
    {
        BringUp();
        _time.Advance(TimeSpan.FromMinutes(1));

        _health.Renew();

        var turn = _health.Next();
        Assert.False(turn.IsUp);
        Assert.Equal(TimeSpan.Zero, turn.Silence);
    }

    private long BringUp()
    {
        var generation = _health.Next().Generation;
        _health.HeardHeartbeat(generation);
        for (var shard = 0; shard < Shards.Count; shard++)
            _health.HeardProbe(shard, generation);
        Assert.True(_health.Next().IsUp);
        return generation;
    }

    private static IEnumerable<int> ShardsOf(ulong bits) => Enumerable.Range(0, Shards.Count).Where(shard => (bits & (1UL << shard)) != 0);
}
