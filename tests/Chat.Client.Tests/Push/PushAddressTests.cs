using Chat.Contracts;
using Xunit;

namespace Chat.Client.Tests.Push;

/// <summary>A server wakes a device for whoever it was told of last: it hears of every other one, sooner or later.</summary>
public sealed class PushAddressTests : IDisposable
{
    private readonly Phone _phone = new();

    public void Dispose() => _phone.Dispose();

    [Fact]
    public async Task An_address_is_told_once_at_each_start_for_the_server_may_have_lost_it()
    {
        await using (var app = _phone.Open())
        {
            await app.StartAsync();
            await app.RegisterDeviceAsync("fcm", "address");
            await app.RegisterDeviceAsync("fcm", "address");
            await app.StopAsync();
            await app.StartAsync();
        }
        await using (var app = _phone.Open())
            await app.StartAsync();

        Assert.Equal(["register address", "register address"], _phone.Heard);
    }

    [Fact]
    public async Task Of_a_logout_without_a_network_the_server_hears_on_the_next_connection_before_anything_else()
    {
        await using (var app = _phone.Open())
        {
            await app.StartAsync();
            await app.RegisterDeviceAsync("fcm", "address");
            _phone.HasNetwork = false;
            await app.StopAsync();
            await app.UnregisterDeviceAsync();
            await app.LogoutAsync();
        }
        _phone.HasNetwork = true;
        _phone.Visitor = new VisitorId(Guid.CreateVersion7());
        await using (var app = _phone.Open())
        {
            await app.RegisterDeviceAsync("fcm", "address");
            await app.StartAsync();
        }
        await using (var app = _phone.Open())
            await app.StartAsync();

        Assert.Equal(["register address", "logout refresh 1", "register address", "register address"], _phone.Heard);
    }

    [Fact]
    public async Task A_logout_that_does_not_wait_for_the_server_is_one_all_the_same_and_told_later()
    {
        await using var app = _phone.Open();
        await app.StartAsync();

        await app.LogoutAsync(new CancellationToken(canceled: true));

        Assert.Null(app.Session.Value.VisitorId);
        Assert.Empty(_phone.Heard);
        await app.StartAsync();
        Assert.Equal(["logout refresh 1"], _phone.Heard);
    }

    [Fact]
    public async Task Of_a_logout_that_the_server_has_heard_nothing_is_told_again()
    {
        await using (var app = _phone.Open())
        {
            await app.StartAsync();
            await app.LogoutAsync();
            await app.StartAsync();
        }

        Assert.Equal(["logout refresh 1"], _phone.Heard);
    }

    [Fact]
    public async Task A_user_in_whose_place_another_is_identified_is_logged_out_once()
    {
        await using var app = _phone.Open();
        await app.IdentifyAsync("Anna's token");
        await app.RegisterDeviceAsync("fcm", "address");
        await app.StartAsync();

        _phone.Visitor = new VisitorId(Guid.CreateVersion7());
        await app.IdentifyAsync("Bea's token");
        await app.Connection.UntilAsync(_ => _phone.Heard.Count == 3);

        Assert.Equal(["register address", "logout refresh 1", "register address"], _phone.Heard);
    }

    [Fact]
    public async Task An_address_that_the_server_does_not_take_is_an_error_and_not_kept()
    {
        await using (var app = _phone.Open())
        {
            await app.StartAsync();
            _phone.Refusal = ErrorCode.Invalid;

            var refusal = await Assert.ThrowsAsync<ChatException>(() => app.RegisterDeviceAsync("fcm", "bad"));
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
                app.RegisterDeviceAsync("fcm", new string('a', Limits.PushTokenLength + 1))
            );

            Assert.Equal("invalid", refusal.Code);
        }
        await using (var app = _phone.Open())
            await app.StartAsync();

        Assert.Equal(["refused bad"], _phone.Heard);
    }
}
