using Chat.Server.Bus;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Server.Tests.Bus;

public sealed class LocalPresenceTests : PresenceContract
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_renewed_lease_holds_on()
    {
        var presence = await NewAsync();
        var subject = Guid.NewGuid();
        await presence.RenewAsync([subject], CancellationToken.None);
        _time.Advance(IPresence.Lifetime * 0.9);
        await presence.RenewAsync([subject], CancellationToken.None);
        _time.Advance(IPresence.Lifetime * 0.9);

        Assert.Single(await presence.OnlineAsync([subject], CancellationToken.None));
    }

    [Fact]
    public async Task Leases_that_ended_are_forgotten_though_nobody_asks_for_them()
    {
        var presence = new LocalPresence(_time);
        await presence.RenewAsync([Guid.NewGuid(), Guid.NewGuid()], CancellationToken.None);
        _time.Advance(IPresence.Lifetime);

        await presence.RenewAsync([Guid.NewGuid()], CancellationToken.None);

        Assert.Equal(1, presence.Count);
    }

    private protected override Task<IPresence> NewAsync() => Task.FromResult<IPresence>(new LocalPresence(_time));

    private protected override Task PassLifetimeAsync(IPresence presence, Guid renewedLast)
    {
        _time.Advance(IPresence.Lifetime);
        return Task.CompletedTask;
    }
}
