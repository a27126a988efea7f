using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Conversations.Changes;
using Chat.Server.Delivery;
using Chat.Server.Inboxes;
using Chat.Server.Operators;
using Chat.Server.Presence;
using Chat.Server.Storage;
using Chat.Server.Tests.Delivery;

namespace Chat.Server.Tests.Presence;

/// <summary>What nobody said of an operator, or what was lost on its way, is told late and not never.</summary>
public sealed class OperatorSweepTests : IAsyncLifetime
{
    private static readonly VisitorId Vera = new(Guid.CreateVersion7());

    private static readonly Inbox Club = new()
    {
        Id = new InboxId(Guid.CreateVersion7()),
        Key = "club",
        Name = "Club",
    };

    private PresenceScene _scene = null!;
    private OperatorProfile _pia = null!;
    private RecordingConnection _olga = null!;

    public async ValueTask InitializeAsync()
    {
        _scene = await PresenceScene.StartAsync();
        _pia = await _scene.HireAsync("Pia");
        _olga = _scene.Connect(await _scene.HireAsync("Olga"));
    }

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task That_one_is_gone_is_told_once_to_colleagues_and_to_whom_he_answers()
    {
        var page = await _scene.OpenAsync(Vera);
        await ClaimAsync(page);
        var visitor = _scene.Connect(Vera, page);
        await ComeAsync();
        await _scene.Get<PresenceNotices>().OperatorAsync(_pia.Id, online: true, CancellationToken.None);
        Assert.Equal([true], Heard());
        Assert.Single(visitor.Read(), push => PresenceScene.IsPresence(push.Target, push.Argument, page, "operator", online: true));

        // Her node died with the lease.
        _scene.Time.Advance(IPresence.Lifetime);
        await SweepAsync();
        Assert.Empty(Heard());
        await SweepAsync();
        await SweepAsync();

        Assert.Equal([false], Heard());
        Assert.Single(visitor.Read(), push => PresenceScene.IsPresence(push.Target, push.Argument, page, "operator", online: false));
    }

    [Theory]
    [InlineData("lost the inbox")]
    [InlineData("disabled")]
    public async Task Who_has_lost_their_rights_is_said_to_be_gone_like_anybody(string why)
    {
        var page = await _scene.OpenAsync(Vera);
        await ClaimAsync(page);
        var visitor = _scene.Connect(Vera, page);
        await ComeAsync();
        await _scene.Get<PresenceNotices>().OperatorAsync(_pia.Id, online: true, CancellationToken.None);
        Assert.Equal([true], Heard());

        if (why == "disabled")
            await _scene.Get<OperatorStore>().SetDisabledAsync(_pia.Id, disabled: true, CancellationToken.None);
        else
            await _scene.Get<InboxStore>().RemoveMemberAsync(_scene.Shop.Id, _pia.Id, CancellationToken.None);
        await _scene.Get<IInboxDirectory>().RefreshAsync(CancellationToken.None);
        await _scene.Get<IPresence>().ReleaseAsync(_pia.Id.Value, CancellationToken.None);
        for (var i = 0; i < 3; i++)
            await SweepAsync();

        Assert.Equal([false], Heard());
        Assert.Single(visitor.Read(), push => PresenceScene.IsPresence(push.Target, push.Argument, page, "operator", online: false));
    }

    [Fact]
    public async Task Who_loses_one_of_two_inboxes_is_gone_for_colleagues_of_that_one_alone()
    {
        var sam = await _scene.HireAsync("Sam");
        await _scene.Get<InboxStore>().AddAsync(Club, CancellationToken.None);
        foreach (var member in (OperatorProfile[])[_pia, sam])
            await _scene.Get<InboxStore>().AddMemberAsync(Club.Id, member.Id, CancellationToken.None);
        await _scene.Get<IInboxDirectory>().RefreshAsync(CancellationToken.None);
        var friend = _scene.Connect(sam);
        await ComeAsync();
        await _scene.Get<PresenceNotices>().OperatorAsync(_pia.Id, online: true, CancellationToken.None);
        Assert.Equal([true], Heard());
        friend.Read();

        await _scene.Get<InboxStore>().RemoveMemberAsync(_scene.Shop.Id, _pia.Id, CancellationToken.None);
        await _scene.Get<IInboxDirectory>().RefreshAsync(CancellationToken.None);

        Assert.Equal([false], Heard());
        Assert.DoesNotContain(friend.Read(), push => PresenceScene.IsOf(push, _pia));

        await _scene.Get<InboxStore>().AddMemberAsync(_scene.Shop.Id, _pia.Id, CancellationToken.None);
        await _scene.Get<IInboxDirectory>().RefreshAsync(CancellationToken.None);

        Assert.Equal([true], Heard());
    }

    [Fact]
    public async Task That_one_came_is_told_once()
    {
        await SweepAsync();
        await ComeAsync();
        await SweepAsync();
        await SweepAsync();

        Assert.Equal([true], Heard());
    }

    [Fact]
    public async Task Of_those_who_were_here_before_the_node_only_that_they_leave_is_news()
    {
        await ComeAsync();
        await SweepAsync();
        Assert.Empty(Heard());

        _scene.Time.Advance(IPresence.Lifetime);
        await SweepAsync();
        await SweepAsync();
        Assert.Equal([false], Heard());
    }

    [Fact]
    public async Task That_a_new_one_came_is_told_when_the_node_knows_him()
    {
        await SweepAsync();
        var nina = await _scene.AddAsync("Nina");
        var change = new OperatorChange(nina, Availability.Online, 5, Online: true);
        _scene.Get<StaffPushes>().Deliver(nina, JsonSerializer.SerializeToUtf8Bytes(change, ChatJson.Wire.OperatorChange));
        await _scene.Get<IPresence>().RenewAsync([nina.Value], CancellationToken.None);
        Assert.Empty(_olga.Read());

        await _scene.Get<IInboxDirectory>().RefreshAsync(CancellationToken.None);
        await SweepAsync();

        Assert.Contains(_olga.Read(), push => PresenceScene.IsOf(push, _scene.Get<IInboxDirectory>().FindOperator(nina)!));
    }

    /// <summary>What Olga has been told of Pia since the last call.</summary>
    private IEnumerable<bool> Heard() =>
        _olga.Read().Where(push => PresenceScene.IsOf(push, _pia)).Select(push => push.Argument.GetProperty("online").GetBoolean());

    private Task ComeAsync() => _scene.Get<IPresence>().RenewAsync([_pia.Id.Value], CancellationToken.None);

    private Task SweepAsync() => _scene.Get<OperatorSweep>().SweepAsync(CancellationToken.None);

    private async Task ClaimAsync(ConversationPage page)
    {
        var actor = new Actor(ActorKind.Operator, _pia.Id.Value, _pia.Name);
        await using var writer = _scene.Get<IEventLog>().CreateWriter();
        await writer.ChangeAsync(ClaimChange.Of(page.Conversation.Id, Guid.NewGuid(), actor, _pia.Face), CancellationToken.None);
    }
}
