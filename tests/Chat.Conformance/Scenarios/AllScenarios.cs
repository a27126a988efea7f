using System.Text;

namespace Chat.Conformance.Scenarios;

/// <summary>The table of troubles.</summary>
internal static class AllScenarios
{
    /// <param name="isLong">Full counts.</param>
    public static IReadOnlyList<Scenario> Of(bool isLong)
    {
        var messages = isLong ? 100 : 12;
        return
        [
            new("calm", stage => stage.TalkAsync(messages)),
            new("connections are cut", stage => CutAsync(stage, messages)),
            new("a tenth of all connects is refused", stage => RefuseAsync(stage, messages)),
            new("everything comes late", stage => InWeatherAsync(stage, messages, () => stage.Proxy.Weather.DelayMs = 300)),
            new("64 kbit/s", stage => InWeatherAsync(stage, messages, () => stage.Proxy.Weather.BytesPerSecond = 8_000)),
            new("64 kbit/s after a long absence", ComeBackAsync),
            new("frames come twice", stage => InWeatherAsync(stage, messages, () => stage.Proxy.Weather.DuplicateOneOf = 3)),
            new("frames are truncated", stage => InWeatherAsync(stage, messages, () => stage.Proxy.Weather.TruncateOneOf = 5)),
            new("half-open: the server is not heard", stage => StandStillAsync(stage, () => stage.Proxy.Weather.HalfOpen = true)),
            new("black hole", stage => StandStillAsync(stage, () => stage.Proxy.Weather.BlackHole = true)),
            new("no WebSocket comes through", stage => BlockSocketsAsync(stage, messages)),
            new("REST from the start", stage => stage.TalkAsync(messages)) { Weather = weather => weather.NoWebSockets = true },
            new("the server is a version later", stage => stage.TalkAsync(messages)) { Weather = weather => weather.LaterVersion = true },
            new("the token expires", ExpireAsync),
            new("killed while sending", stage => KillAsync(stage, isLong ? 200 : 15)) { NeedsStorage = true },
            new("killed while offline", stage => KillOfflineAsync(stage, messages)) { NeedsStorage = true },
            new("the disk is full for a while", FillDiskAsync) { NeedsStorage = true },
            new("logout leaves nothing", LogOutAsync) { NeedsStorage = true },
            new("goAway", stage => DrainAsync(stage, messages)) { IsAlone = true },
            new("the epoch rises while connected", RaiseEpochAsync) { IsAlone = true },
            new("the epoch rises while away", RaiseEpochAwayAsync) { IsAlone = true },
        ];
    }

    private static async Task InWeatherAsync(Stage stage, int messages, Action begin)
    {
        begin();
        await stage.TalkAsync(messages);
        await stage.UntilAsync();
    }

    // More than the way carries in the time that a call is waited for.
    private static async Task ComeBackAsync(Stage stage)
    {
        await stage.TalkAsync(3);
        var id = (await stage.UntilAsync()).Conversation;
        stage.Proxy.Weather.BlackHole = true;
        stage.Proxy.CutAll();
        var head = 0;
        for (var i = 0; i < 24; i++)
            head = (await stage.Service.Peer.SendAsync(id, $"{i}: {new string('x', 4000)}")).Event!.Seq;
        stage.Proxy.Calm();
        stage.Proxy.Weather.BytesPerSecond = 8_000;
        stage.Proxy.CutAll();
        await stage.UntilAsync(head);
    }

    private static async Task CutAsync(Stage stage, int messages)
    {
        for (var i = 0; i < 6; i++)
        {
            var talk = stage.TalkAsync(messages / 4);
            stage.Proxy.CutAll();
            await talk;
            stage.Proxy.CutAll();
        }
    }

    private static async Task RefuseAsync(Stage stage, int messages)
    {
        stage.Proxy.Weather.RefuseOneOf = 10;
        await CutAsync(stage, messages);
        do
        {
            stage.Proxy.CutAll();
            await stage.SendAsync();
            await stage.UntilAsync();
        } while (stage.Proxy.Refusals < 2);
    }

    // A client finds out by itself: by calls without an answer, or by a silent connection. It ends before the weather does.
    private static async Task StandStillAsync(Stage stage, Action begin)
    {
        begin();
        var connects = stage.Proxy.Connects;
        await stage.SendAsync();
        await stage.TalkAsync(3);
        await stage.Proxy.UntilConnectsAsync(connects + 1);
        await stage.SendAsync();
    }

    private static async Task BlockSocketsAsync(Stage stage, int messages)
    {
        stage.Proxy.Weather.NoWebSockets = true;
        stage.Proxy.CutAll();
        await stage.TalkAsync(messages);
        // Without a socket, and before the weather is better.
        await stage.UntilAsync();
    }

    private static async Task ExpireAsync(Stage stage)
    {
        var connects = stage.Proxy.Connects;
        await stage.TalkAsync(3);
        await stage.Proxy.UntilConnectsAsync(connects + 1);
        await stage.TalkAsync(3);
    }

    private static async Task KillAsync(Stage stage, int times)
    {
        for (var i = 0; i < times; i++)
        {
            // Now and then with a connection, so that it dies between the server's commit and its own.
            if (i % 3 == 0)
                await stage.UntilAsync();
            await stage.SendAndKillAsync(TimeSpan.FromMilliseconds(stage.Random.NextDouble() * 30));
        }
    }

    private static async Task KillOfflineAsync(Stage stage, int messages)
    {
        stage.Proxy.Weather.BlackHole = true;
        stage.Proxy.CutAll();
        for (var i = 0; i < messages; i++)
            await stage.SendAsync();
        await stage.RestartAsync();
        await stage.SendAsync();
        await stage.RestartAsync();
    }

    // What it cannot store it must not promise; what comes meanwhile it shows all the same.
    private static async Task FillDiskAsync(Stage stage)
    {
        await stage.TalkAsync(3);
        await stage.UntilAsync();
        await stage.FillDiskAsync();
        // A client may make room by writing its file anew, but not for ever: what it gives up is filled.
        for (var promised = 0; await stage.TrySendAsync(); promised++)
        {
            if (promised == 200)
                throw new InvalidOperationException("the disk was not full");
            await stage.FillDiskAsync();
        }
        await stage.TrySendAsync();
        await stage.TalkBackAsync((await stage.LogAsync()).Conversation, 3);
        await stage.UntilAsync();
        await stage.Client.LimitFilesAsync(null);
        await stage.SendAsync();
        await stage.RestartAsync();
        await stage.SendAsync();
    }

    private static async Task LogOutAsync(Stage stage)
    {
        await stage.TalkAsync(3);
        stage.Proxy.Weather.BlackHole = true;
        await stage.SendAsync();
        stage.Proxy.Calm();
        await stage.UntilAsync();
        await stage.Client.DoAsync("logout");
        await stage.Client.KillAsync();
        foreach (var file in Directory.EnumerateFiles(stage.Folder, "*", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            if (stage.Promised.Any(body => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(body)) >= 0))
                throw new InvalidOperationException($"{Path.GetFileName(file)} can be read after the logout");
        }
        stage.IsOver = true;
    }

    private static async Task DrainAsync(Stage stage, int messages)
    {
        var nodes = stage.Service.Cluster.Nodes;
        stage.Proxy.TargetPort = nodes[1].BaseAddress.Port;
        var talk = stage.TalkAsync(messages);
        nodes[0].Terminate();
        try
        {
            await talk;
        }
        finally
        {
            // What comes next needs both.
            await nodes[0].WaitForExitAsync();
            await nodes[0].RestartAsync();
        }
    }

    private static async Task RaiseEpochAsync(Stage stage)
    {
        await stage.TalkAsync(3);
        await stage.UntilAsync();
        await stage.Service.Cluster.CommandAsync("epoch", "raise");
        await stage.TalkAsync(3);
    }

    private static async Task RaiseEpochAwayAsync(Stage stage)
    {
        await stage.TalkAsync(3);
        stage.Proxy.Weather.BlackHole = true;
        stage.Proxy.CutAll();
        await stage.SendAsync();
        await stage.Service.Cluster.CommandAsync("epoch", "raise");
        await stage.SendAsync();
    }
}
