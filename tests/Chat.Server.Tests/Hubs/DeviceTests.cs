using Chat.Contracts;

namespace Chat.Server.Tests.Hubs;

[Collection(HubTests.Name)]
public sealed class DeviceTests(HubScene scene)
{
    [Fact]
    public async Task A_message_waits_to_wake_a_registered_device_until_the_device_says_that_it_has_it()
    {
        await using var phone = await scene.VisitorSocketAsync();
        await using var olga = await scene.StaffSocketAsync(scene.Seed.Olga);
        var id = await phone.OpenConversationAsync();
        await olga.CallAsync("Open", new OpenQuery(id));
        await olga.WriteAsync(id, "Before the device was known");
        Assert.Null((await phone.CallAsync("RegisterDevice", new RegisterDevice("fcm", id.ToString()))).Error);

        var message = await olga.WriteAsync(id, "Good morning");
        Assert.Equal([message.Seq], scene.Database.PushesOf(id));
        await phone.CallAsync("Delivered", new MarkSeq(id, message.Seq));
        await olga.UntilPushedAsync(Push.Cursor, push => SceneCalls.IsOf(push, id), "the mark is written");

        Assert.Empty(scene.Database.PushesOf(id));
    }

    [Theory]
    [InlineData("", 10, "invalid")]
    [InlineData("fcm", 0, "invalid")]
    [InlineData("f\0m", 10, "invalid")]
    [InlineData("a platform that has far more than 32 characters", 10, "too_large")]
    [InlineData("fcm", Limits.PushTokenLength + 1, "too_large")]
    public async Task An_address_that_breaks_a_limit_is_refused(string platform, int length, string code)
    {
        await using var phone = await scene.VisitorSocketAsync();

        Assert.Equal(code, (await phone.CallAsync("RegisterDevice", new RegisterDevice(platform, new string('t', length)))).Error);
    }
}
