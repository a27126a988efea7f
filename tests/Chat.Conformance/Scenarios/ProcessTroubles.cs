namespace Chat.Conformance.Scenarios;

/// <summary>What happens to the process of a client and to its storage.</summary>
internal static class ProcessTroubles
{
    public static async Task KillAsync(Stage stage, int times)
    {
        for (var i = 0; i < times; i++)
        {
            // Now and then with a connection, so that it dies between the server's commit and its own.
            if (i % 3 == 0)
                await stage.UntilAsync();
            await stage.SendAndKillAsync(TimeSpan.FromMilliseconds(stage.Random.NextDouble() * 30));
        }
    }

    public static async Task KillOfflineAsync(Stage stage, int messages)
    {
        stage.Proxy.Weather.BlackHole = true;
        stage.Proxy.CutAll();
        for (var i = 0; i < messages; i++)
            await stage.SendAsync();
        await stage.Device.RestartAsync();
        await stage.SendAsync();
        await stage.Device.RestartAsync();
    }

    // What it cannot store it must not promise; what comes meanwhile it shows all the same.
    public static async Task FillDiskAsync(Stage stage)
    {
        await stage.TalkAsync(3);
        await stage.UntilAsync();
        await stage.Device.FillDiskAsync();
        // A client may make room by writing its file anew, but not for ever: what it gives up is filled.
        for (var promised = 0; await stage.TrySendAsync(); promised++)
        {
            Stage.Expect(promised < 200, "the disk was not full");
            await stage.Device.FillDiskAsync();
        }
        await stage.TrySendAsync();
        await stage.TalkBackAsync((await stage.LogAsync()).Conversation, 3);
        await stage.UntilAsync();
        await stage.Device.Process.LimitFilesAsync(null);
        await stage.SendAsync();
        await stage.Device.RestartAsync();
        await stage.SendAsync();
    }

    public static async Task RestartUnreadAsync(Stage stage)
    {
        await stage.TalkAsync(2);
        var log = await stage.SettleAsync();
        await stage.ReadAsync();
        await stage.Service.Facts.UntilVisitorIsAtAsync(log.Conversation, 0, NewestAnswer(log.Seq, log));
        await stage.TalkBackAsync(log.Conversation, 3);
        await stage.SettleAsync();
        await stage.Device.RestartAsync();
        var unread = (await stage.SettleAsync()).Unread;
        Stage.Expect(unread == 3, $"after a restart {unread} are unread and not 3");
        await stage.ReadAsync();
        var newest = (await stage.LogAsync()).Seq;
        await stage.Service.Facts.UntilVisitorIsAtAsync(log.Conversation, 0, newest);
        await stage.Device.RestartAsync();
        unread = (await stage.SettleAsync()).Unread;
        Stage.Expect(unread == 0, $"after a restart {unread} are unread although all was read");
    }

    // How far a client says that it has read: to the head, or to the newest of the other side.
    private static int NewestAnswer(int seq, Drivers.ShownLog log) =>
        log.Items.LastOrDefault(item => item.Body?.StartsWith("answer ", StringComparison.Ordinal) == true)?.Seq ?? seq;
}
