using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Delivery;
using Chat.Server.Presence;
using Chat.Server.Storage;
using Chat.Server.Tests.Delivery;

namespace Chat.Server.Tests.Presence;

/// <summary>What nobody said of a visitor, or what was lost on its way, is told late and not never.</summary>
public sealed class VisitorSweepTests : IAsyncLifetime
{
    private static readonly VisitorId Vera = new(Guid.CreateVersion7());

    private PresenceScene _scene = null!;

    public async ValueTask InitializeAsync() => _scene = await PresenceScene.StartAsync();

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task That_a_visitor_is_gone_is_told_once_to_who_watches_or_follows(bool watches, bool follows)
    {
        var page = await _scene.OpenAsync(Vera);
        await ComeAsync();
        var olga = await ListenAsync(page, watches, follows);
        var owner = new ConversationOwner(page.Conversation.Id, _scene.Shop.Id, Vera);
        _scene.Get<VisitorPushes>().Publish([owner], new Actor(ActorKind.Visitor, Vera.Value), online: true);
        Assert.Equal(1, Count(olga, page, online: true));

        // His node died with the lease.
        _scene.Time.Advance(IPresence.Lifetime);
        await SweepAsync();
        Assert.Empty(olga.Read());
        await SweepAsync();
        Assert.Equal(1, Count(olga, page, online: false));
        await SweepAsync();
        Assert.Empty(olga.Read());
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task That_a_visitor_came_is_told_once_to_who_watches_or_follows(bool watches, bool follows)
    {
        var page = await _scene.OpenAsync(Vera);
        var olga = await ListenAsync(page, watches, follows);

        await ComeAsync();
        await SweepAsync();
        Assert.Equal(1, Count(olga, page, online: true));
        await SweepAsync();
        Assert.Empty(olga.Read());
    }

    [Fact]
    public async Task Who_is_there_under_another_name_is_not_said_to_be_gone_to_whoever_follows_since_before()
    {
        var page = await _scene.OpenAsync(Vera);
        await ComeAsync();
        var olga = await ListenAsync(page, watches: false, follows: true);
        await SweepAsync();
        olga.Read();

        var identified = await _scene.IdentifyAsync(_scene.TokenOf(Vera));
        await _scene.Get<IPresence>().ReleaseAsync(Vera.Value, CancellationToken.None);
        for (var i = 0; i < 3; i++)
        {
            await _scene.Get<IPresence>().RenewAsync([identified.Value], CancellationToken.None);
            await SweepAsync();
        }
        Assert.Empty(olga.Read());

        _scene.Time.Advance(IPresence.Lifetime);
        await SweepAsync();
        await SweepAsync();
        Assert.Equal(1, Count(olga, page, online: false));
    }

    private Task ComeAsync() => _scene.Get<IPresence>().RenewAsync([Vera.Value], CancellationToken.None);

    private Task SweepAsync() => _scene.Get<VisitorSweep>().SweepAsync(CancellationToken.None);

    private async Task<RecordingConnection> ListenAsync(ConversationPage page, bool watches, bool follows)
    {
        var who = await _scene.HireAsync("Olga");
        var olga = watches ? await _scene.WatchAsync(who) : _scene.Connect(who);
        if (follows)
            _scene.Follow(olga, page);
        return olga;
    }

    private static int Count(RecordingConnection olga, ConversationPage page, bool online) =>
        olga.Read().Count(push => PresenceScene.IsVisitor(push.Target, push.Argument, page, online));
}
