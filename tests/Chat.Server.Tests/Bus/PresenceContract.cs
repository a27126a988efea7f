using Chat.Server.Bus;

namespace Chat.Server.Tests.Bus;

/// <summary>What presence promises on one node. Inherited once for each.</summary>
public abstract class PresenceContract
{
    private protected abstract Task<IPresence> NewAsync();

    /// <summary>Lets the time of a lease pass.</summary>
    private protected abstract Task PassLifetimeAsync(IPresence presence, Guid renewedLast);

    [Fact]
    public async Task Nobody_is_online_at_first()
    {
        var presence = await NewAsync();

        Assert.Empty(await presence.OnlineAsync([Guid.NewGuid(), Guid.NewGuid()], CancellationToken.None));
    }

    [Fact]
    public async Task Exactly_those_claimed_are_online()
    {
        var presence = await NewAsync();
        var claimed = Enumerable.Range(0, 1000).Select(_ => Guid.NewGuid()).ToList();
        var others = Enumerable.Range(0, 1000).Select(_ => Guid.NewGuid()).ToList();

        await presence.RenewAsync(claimed, CancellationToken.None);

        var online = await presence.OnlineAsync([.. others, .. claimed], CancellationToken.None);
        Assert.True(online.SetEquals(claimed));
        Assert.True((await presence.LookAsync([.. others, .. claimed], CancellationToken.None))!.SetEquals(claimed));
    }

    [Fact]
    public async Task A_subject_given_up_is_gone_and_nobody_else_has_it()
    {
        var presence = await NewAsync();
        var subject = Guid.NewGuid();
        await presence.RenewAsync([subject], CancellationToken.None);

        Assert.False(await presence.ReleaseAsync(subject, CancellationToken.None));

        Assert.Empty(await presence.OnlineAsync([subject], CancellationToken.None));
    }

    [Fact]
    public async Task Giving_up_what_was_never_claimed_is_nothing()
    {
        var presence = await NewAsync();

        Assert.False(await presence.ReleaseAsync(Guid.NewGuid(), CancellationToken.None));
    }

    [Fact]
    public async Task No_subjects_are_no_work()
    {
        var presence = await NewAsync();

        await presence.RenewAsync([], CancellationToken.None);

        Assert.Empty(await presence.OnlineAsync([], CancellationToken.None));
        Assert.Empty((await presence.LookAsync([], CancellationToken.None))!);
    }

    [Fact]
    public async Task A_lease_that_is_not_renewed_ends_by_itself()
    {
        var presence = await NewAsync();
        var subject = Guid.NewGuid();
        await presence.RenewAsync([subject], CancellationToken.None);

        await PassLifetimeAsync(presence, subject);

        Assert.Empty(await presence.OnlineAsync([subject], CancellationToken.None));
    }
}
