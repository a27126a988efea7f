using System.Net;
using Chat.Contracts;

namespace Chat.Server.Tests.Hubs;

/// <summary>Sockets outlive neither their token nor what their holder may do.</summary>
[Collection(HubTests.Name)]
public sealed class LostAccessTests(HubScene scene)
{
    [Fact]
    public async Task An_operator_who_loses_his_membership_loses_his_sockets_and_his_conversations()
    {
        var lars = scene.Seed.Lars;
        await using var visitor = await scene.VisitorSocketAsync();
        var id = await visitor.OpenConversationAsync();
        await using var socket = await scene.StaffSocketAsync(lars);
        Assert.Null((await socket.CallAsync("Open", new OpenQuery(id))).Error);

        scene.Database.Execute(
            "DELETE FROM inbox_member WHERE operator_id = @lars AND inbox_id = @shop",
            new { lars = lars.Id.ToString(), shop = scene.Seed.Shop.Id.ToString() }
        );
        await RefreshUntilClosedAsync(socket, DisconnectReason.AccessChanged);

        await using var again = await scene.StaffSocketAsync(lars);
        Assert.Equal(ErrorCode.NotFound.Code, (await again.CallAsync("Open", new OpenQuery(id))).Error);
        Assert.Equal(ErrorCode.NotFound.Code, (await again.CallAsync("Watch", new Watch([scene.Seed.Shop.Id]))).Error);
        Assert.Null((await again.CallAsync("Watch", new Watch([scene.Seed.Other.Id]))).Error);
        await scene.Bystanders.ChatAsync();
    }

    [Fact]
    public async Task An_operator_who_is_disabled_is_out()
    {
        var dora = scene.Seed.Dora;
        await using var socket = await scene.StaffSocketAsync(dora);

        scene.Database.Execute("UPDATE operator SET disabled = 1 WHERE id = @dora", new { dora = dora.Id.ToString() });
        await RefreshUntilClosedAsync(socket, DisconnectReason.Revoked);

        var refused = await Assert.ThrowsAsync<UpgradeRefusedException>(() => scene.ConnectAsync("operator", scene.Seed.TokenOf(dora)));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.Status);
        await scene.Bystanders.ChatAsync();
    }

    [Fact]
    public async Task A_new_password_closes_the_sockets_of_before_and_none_of_after()
    {
        var gwen = scene.Seed.Gwen;
        await using var before = await scene.StaffSocketAsync(gwen);

        // As another node would: this one has not heard of it when the next socket comes.
        var changed = gwen with
        {
            SecurityStamp = Guid.NewGuid(),
        };
        scene.Database.Execute(
            "UPDATE operator_credential SET security_stamp = @stamp WHERE operator_id = @gwen",
            new { stamp = changed.SecurityStamp.ToString(), gwen = gwen.Id.ToString() }
        );
        await using var after = await scene.StaffSocketAsync(changed);
        await RefreshUntilClosedAsync(before, DisconnectReason.AccessChanged);

        Assert.Null((await after.CallAsync("Watch", new Watch([scene.Seed.Shop.Id]))).Error);
        var refused = await Assert.ThrowsAsync<UpgradeRefusedException>(() => scene.ConnectAsync("operator", scene.Seed.TokenOf(gwen)));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.Status);
    }

    [Fact]
    public async Task A_new_password_closes_a_socket_that_still_shakes_hands()
    {
        var hans = scene.Seed.Hans;
        await using var known = await scene.StaffSocketAsync(hans);
        await using var socket = await scene.ConnectAsync("operator", scene.Seed.TokenOf(hans));
        scene.Database.Execute(
            "UPDATE operator_credential SET security_stamp = @stamp WHERE operator_id = @hans",
            new { stamp = Guid.NewGuid().ToString(), hans = hans.Id.ToString() }
        );
        await RefreshUntilClosedAsync(known, DisconnectReason.AccessChanged);

        await socket.ShakeHandsAsync();

        await socket.ClosedAsync();
        Assert.Equal(DisconnectReason.AccessChanged.Code, Assert.Single(socket.Pushes(Push.GoAway)).GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Signing_out_closes_a_socket_that_still_shakes_hands_and_its_token_opens_no_other()
    {
        var session = await scene.NewVisitorAsync();
        await using var socket = await scene.ConnectAsync("visitor", session.Token);
        using var answer = await scene.PostAsync("visitor/logout", new VisitorLogout(session.RefreshToken));

        await socket.ShakeHandsAsync();

        await socket.ClosedAsync();
        Assert.Equal(DisconnectReason.Revoked.Code, Assert.Single(socket.Pushes(Push.GoAway)).GetProperty("reason").GetString());
        var refused = await Assert.ThrowsAsync<UpgradeRefusedException>(() => scene.ConnectAsync("visitor", session.Token));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.Status);
    }

    [Fact]
    public async Task A_socket_ends_with_its_token_and_its_client_may_come_back()
    {
        var session = await scene.NewVisitorAsync();
        var soon = TimeProvider.System.GetUtcNow().AddSeconds(2);
        await using var visitor = await scene.SocketAsync("visitor", scene.Seed.TokenOf(session.VisitorId, scene.Seed.Shop.Id, soon));

        var close = await visitor.ClosedAsync();

        Assert.Equal(DisconnectReason.Expired.Code, Assert.Single(visitor.Pushes(Push.GoAway)).GetProperty("reason").GetString());
        Assert.True(close!.Value.GetProperty("allowReconnect").GetBoolean());
        Assert.True(TimeProvider.System.GetUtcNow() >= soon.AddSeconds(-1));
    }

    private async Task RefreshUntilClosedAsync(RawSocket socket, DisconnectReason reason)
    {
        var closed = socket.ClosedAsync();
        await scene.RefreshDirectoryAsync(() => Task.FromResult(closed.IsCompleted));
        Assert.Equal(reason.Code, Assert.Single(socket.Pushes(Push.GoAway)).GetProperty("reason").GetString());
        var close = await closed;
        var mayReconnect = close is { } message && message.TryGetProperty("allowReconnect", out var allow) && allow.GetBoolean();
        Assert.Equal(reason.Reconnect, mayReconnect);
    }
}
