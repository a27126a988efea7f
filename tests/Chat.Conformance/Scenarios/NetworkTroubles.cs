using System.Buffers.Text;
using System.Text.Json.Nodes;
using Chat.Conformance.Network;
using Chat.Contracts;

namespace Chat.Conformance.Scenarios;

/// <summary>What a network does to connections.</summary>
internal static class NetworkTroubles
{
    // Of PROTOCOL.md: the first pause is anything up to this.
    private static readonly TimeSpan Base = TimeSpan.FromSeconds(0.5);

    public static async Task InWeatherAsync(Stage stage, int messages, Action<Weather> begin)
    {
        begin(stage.Proxy.Weather);
        await stage.TalkAsync(messages);
        await stage.UntilAsync();
    }

    // More than the way carries in the time that a call is waited for.
    public static async Task ComeBackAsync(Stage stage)
    {
        await stage.TalkAsync(3);
        var id = (await stage.UntilAsync()).Conversation;
        stage.Proxy.Weather.BlackHole = true;
        stage.Proxy.CutAll();
        var head = 0;
        for (var i = 0; i < 24; i++)
            head = (await stage.Service.Peer.SendAsync(id, $"answer {i}: {new string('x', 4000)}")).Event!.Seq;
        stage.Proxy.Calm();
        stage.Proxy.Weather.BytesPerSecond = 8_000;
        stage.Proxy.CutAll();
        await stage.UntilAsync(seq: head);
    }

    public static async Task CutAsync(Stage stage, int messages)
    {
        for (var i = 0; i < 6; i++)
        {
            var talk = stage.TalkAsync(messages / 4);
            stage.Proxy.CutAll();
            await talk;
            stage.Proxy.CutAll();
        }
    }

    public static async Task RefuseAsync(Stage stage, int messages)
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
    public static async Task StandStillAsync(Stage stage, Action<Weather> begin)
    {
        begin(stage.Proxy.Weather);
        var connects = stage.Proxy.Connects;
        await stage.SendAsync();
        await stage.TalkAsync(3);
        await stage.Proxy.UntilConnectsAsync(connects + 1);
        await stage.SendAsync();
    }

    public static async Task BlockSocketsAsync(Stage stage, int messages)
    {
        stage.Proxy.Weather.NoWebSockets = true;
        stage.Proxy.CutAll();
        await stage.TalkAsync(messages);
        // Without a socket, and before the weather is better.
        await stage.UntilAsync();
    }

    public static async Task ExpireAsync(Stage stage)
    {
        var connects = stage.Proxy.Connects;
        await stage.TalkAsync(3);
        await stage.Proxy.UntilConnectsAsync(connects + 1, Patience.ToExpire);
        await stage.TalkAsync(3);
    }

    /// <summary>In the last fifth of its time a token is shown no more: the connection would end soon after.</summary>
    public static async Task RefreshEarlyAsync(Stage stage)
    {
        await stage.TalkAsync(2);
        await stage.UntilAsync();
        var traffic = stage.Proxy.Traffic;
        var (old, greetings) = (traffic.AccessToken!, traffic.Calls("Hello").Count);
        var ends = DateTimeOffset.FromUnixTimeSeconds(
            JsonNode.Parse(Base64Url.DecodeFromChars(old.Split('.')[1]))!["exp"]!.GetValue<long>()
        );
        var left = ends - (Service.TokenLife / 8) - TimeProvider.System.GetUtcNow();
        // The age is the trouble.
        await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        stage.Proxy.CutAll();
        await traffic.UntilAsync(() => traffic.Calls("Hello").Count > greetings, "a connection after the cut");
        Stage.Expect(traffic.AccessToken != old, "it connected with a token that had an eighth of its life left");
        await stage.TalkAsync(2);
    }

    /// <summary>
    /// Judged one-sidedly and by many: of eight pauses after a success each is anything up to half a second, so that they are neither all nothing nor all the whole of
    /// it, and the fourth is no longer than the first; those after refusals add up. A slow machine only makes them longer, by far less than a second.
    /// </summary>
    public static async Task BackOffAsync(Stage stage, bool isLong)
    {
        var pauses = new List<TimeSpan>();
        for (var i = 0; i < 8; i++)
        {
            await stage.UntilAsync();
            pauses.Add(await CutOnceAsync(stage));
        }
        Stage.Expect(pauses.Min() < 0.9 * Base, $"there is no jitter: {Text(pauses)}");
        Stage.Expect(pauses.Order().ElementAt(6) > 0.2 * Base, $"it comes back at once: {Text(pauses)}");
        Stage.Expect(pauses.TakeLast(4).Order().ElementAt(1) < 3 * Base, $"the pauses grow although connections succeed: {Text(pauses)}");

        await stage.UntilAsync();
        var (before, began) = (stage.Proxy.Connects, stage.Proxy.Traffic.Now);
        var refusals = isLong ? 6 : 4;
        stage.Proxy.Weather.RefuseOneOf = 1;
        stage.Proxy.CutAll();
        // Each pause at its longest.
        var patience = Patience.ToShow + (Base * (1 << (refusals + 1)));
        await stage.Proxy.UntilConnectsAsync(before + refusals, patience);
        stage.Proxy.Weather.RefuseOneOf = 0;
        await stage.Proxy.UntilConnectsAsync(before + refusals + 1, patience);
        var took = stage.Proxy.Traffic.Connects[before + refusals].At - began;
        // The sum of pauses up to 0.5, 1, 2 … is below this once in a thousand times.
        var least = isLong ? TimeSpan.FromSeconds(2.4) : TimeSpan.FromSeconds(1.3);
        Stage.Expect(took > least, $"{refusals + 1} attempts within {took.TotalSeconds:0.00} s: the pauses do not grow");
        await stage.TalkAsync(2);
    }

    /// <summary>A goAway is answered within a second of jitter. Of ten at least two take longer than three tenths of it: by chance not once in 5,000 times.</summary>
    public static async Task SpreadAsync(Stage stage)
    {
        var delays = new List<TimeSpan>();
        for (var i = 0; i < 10; i++)
        {
            await stage.UntilAsync();
            var (connects, began) = (stage.Proxy.Connects, stage.Proxy.Traffic.Now);
            await stage.Proxy.PushAsync("goAway", new { reason = i % 2 == 0 ? "drain" : "rebalance" });
            await stage.SendAsync();
            await stage.Proxy.UntilConnectsAsync(connects + 1);
            delays.Add(stage.Proxy.Traffic.Connects[connects].At - began);
        }
        Stage.Expect(delays.Order().ElementAt(8) > TimeSpan.FromSeconds(0.3), $"goAway is answered at once: {Text(delays)}");
        await stage.TalkAsync(2);
    }

    /// <summary>A client that says nothing for longer than the server bears must keep its connection by pings.</summary>
    public static async Task KeepSilentAsync(Stage stage)
    {
        await stage.TalkAsync(2);
        await stage.UntilAsync();
        var greetings = stage.Proxy.Traffic.Calls("Hello").Count;
        // The silence is the trouble.
        await Task.Delay(TimeSpan.FromMilliseconds(Limits.SilenceMs + 5000));
        Stage.Expect(stage.Proxy.Traffic.Calls("Hello").Count == greetings, "the server took the silent client for dead");
        await stage.TalkAsync(2);
    }

    private static async Task<TimeSpan> CutOnceAsync(Stage stage)
    {
        var (connects, began) = (stage.Proxy.Connects, stage.Proxy.Traffic.Now);
        stage.Proxy.CutAll();
        await stage.Proxy.UntilConnectsAsync(connects + 1);
        return stage.Proxy.Traffic.Connects[connects].At - began;
    }

    private static string Text(IEnumerable<TimeSpan> spans) =>
        string.Join(", ", spans.Select(span => FormattableString.Invariant($"{span.TotalSeconds:0.00}"))) + " s";
}
