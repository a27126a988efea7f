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

    private protected override Task<IPresence> NewAsync() => Task.FromResult<IPresence>(new LocalPresence(_time));

    private protected override Task PassLifetimeAsync(IPresence presence, Guid renewedLast)
    {
        _time.Advance(IPresence.Lifetime);
        return Task.CompletedTask;
    }
}
