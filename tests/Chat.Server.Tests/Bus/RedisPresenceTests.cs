using Chat.Server.Bus;
using Chat.Testing.Services;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;

namespace Chat.Server.Tests.Bus;

public sealed class RedisPresenceTests : PresenceContract, IAsyncDisposable
{
    private readonly string _prefix = RedisNode.NewPrefix();
    private readonly List<BusProbe> _buses = [];

    // Of what a node knows itself; Redis has a clock of its own.
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_subject_on_two_nodes_is_online_until_both_gave_it_up()
    {
        var (a, b) = (await NewAsync(), await NewAsync());
        var subject = Guid.NewGuid();
        await a.RenewAsync([subject], CancellationToken.None);
        await b.RenewAsync([subject], CancellationToken.None);

        Assert.True(await a.ReleaseAsync(subject, CancellationToken.None));
        Assert.Single(await a.OnlineAsync([subject], CancellationToken.None));
        Assert.False(await b.ReleaseAsync(subject, CancellationToken.None));
        Assert.Empty(await a.OnlineAsync([subject], CancellationToken.None));
    }

    [Fact]
    public async Task The_lease_of_one_node_ends_while_another_goes_on_renewing()
    {
        var configuration = (await RedisService.SharedAsync()).Configuration;
        var dying = await NewAsync(configuration, TimeSpan.FromMilliseconds(50));
        var living = await NewAsync(configuration, IPresence.Lifetime);
        var subject = Guid.NewGuid();
        await dying.RenewAsync([subject], CancellationToken.None);
        await living.RenewAsync([subject], CancellationToken.None);

        await using var raw = await ConnectionMultiplexer.ConnectAsync(configuration);
        var key = $"{_prefix}:p:{subject:N}";
        while (await raw.GetDatabase().SortedSetLengthAsync(key) != 1)
            await living.RenewAsync([subject], CancellationToken.None);

        Assert.False(await living.ReleaseAsync(subject, CancellationToken.None));
    }

    [Fact]
    public async Task While_Redis_is_stalled_the_answer_is_the_nodes_own_and_waits_for_nobody()
    {
        await using var redis = await RedisService.StartOwnAsync();
        var a = await NewAsync(redis.Configuration, time: TimeProvider.System);
        var b = await NewAsync(redis.Configuration, time: TimeProvider.System);
        var (mine, theirs) = (Guid.NewGuid(), Guid.NewGuid());
        await b.RenewAsync([theirs], CancellationToken.None);
        await redis.PauseAsync();

        // Redis takes this one and does not answer; by the end of its patience, or soon after, the bus knows that it is down.
        await a.RenewAsync([mine], CancellationToken.None);
        await _buses[0].BecomesAsync(up: false);
        var online = a.OnlineAsync([mine, theirs], CancellationToken.None);
        var known = a.LookAsync([mine, theirs], CancellationToken.None);
        var other = a.ReleaseAsync(mine, CancellationToken.None);

        Assert.True(online.IsCompleted && known.IsCompleted && other.IsCompleted, "The node waited for a Redis that it knows to be away.");
        Assert.Equal([mine], await online);
        Assert.Null(await known);
        Assert.Null(await other);
        await redis.ResumeAsync();
    }

    [Fact]
    public async Task Without_Redis_it_never_throws()
    {
        await using var redis = await RedisService.StartOwnAsync();
        var presence = await NewAsync(redis.Configuration);
        var subject = Guid.NewGuid();

        await redis.KillAsync();
        await presence.RenewAsync([subject], CancellationToken.None);

        Assert.Single(await presence.OnlineAsync([subject], CancellationToken.None));
        Assert.Null(await presence.LookAsync([subject], CancellationToken.None));
        Assert.Null(await presence.ReleaseAsync(subject, CancellationToken.None));
    }

    [Fact]
    public async Task Keys_end_by_themselves()
    {
        var configuration = (await RedisService.SharedAsync()).Configuration;
        var presence = await NewAsync(configuration);
        var subject = Guid.NewGuid();

        await presence.RenewAsync([subject], CancellationToken.None);

        await using var raw = await ConnectionMultiplexer.ConnectAsync(configuration);
        var left = await raw.GetDatabase().KeyTimeToLiveAsync($"{_prefix}:p:{subject:N}");
        Assert.InRange(left!.Value, TimeSpan.FromTicks(1), IPresence.Lifetime);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var bus in _buses)
            await bus.DisposeAsync();
    }

    private protected override async Task<IPresence> NewAsync() =>
        await NewAsync((await RedisService.SharedAsync()).Configuration, TimeSpan.FromSeconds(1));

    private protected override async Task PassLifetimeAsync(IPresence presence, Guid renewedLast)
    {
        _time.Advance(IPresence.Lifetime);
        using var timeout = new CancellationTokenSource(BusProbe.Generous);
        while ((await presence.OnlineAsync([renewedLast], timeout.Token)).Count > 0) { }
    }

    private async Task<IPresence> NewAsync(string configuration, TimeSpan? lifetime = null, TimeProvider? time = null)
    {
        var node = NodeId.New();
        var bus = RedisNode.New(configuration, _prefix, node);
        _buses.Add(await BusProbe.StartUpAsync(bus));
        return new RedisPresence(bus, node, _prefix, lifetime ?? IPresence.Lifetime, time ?? _time, NullLogger<RedisPresence>.Instance);
    }
}
