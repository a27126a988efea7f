using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Chat.Conformance.Network;
using Chat.Contracts;
using Chat.Testing.Clients;
using Chat.Testing.Nodes;

namespace Chat.Conformance.Scenarios;

/// <summary>Whom the service takes a client for, and for how long.</summary>
internal static class SessionTroubles
{
    private const string SessionPath = "/api/v1/visitor/session";

    public static async Task BlockAsync(Stage stage)
    {
        await stage.TalkAsync(2);
        var visitor = await stage.Service.Facts.VisitorOfAsync((await stage.SettleAsync()).Conversation);
        await stage.Service.Staff.CallAsync(HttpMethod.Put, $"visitors/{visitor}/block", new BlockVisitor("Proof of a client"));
        await ExpectStoppedAsync(stage, "blocked");
        await stage.Device.RestartAsync();
        await ExpectStoppedAsync(stage, "blocked");
        await stage.Service.Staff.CallAsync(HttpMethod.Delete, $"visitors/{visitor}/block");
        await stage.Device.RestartAsync();
        await stage.UntilAsync();
        await stage.TalkAsync(2);
    }

    public static async Task SignOutElsewhereAsync(Stage stage)
    {
        await stage.TalkAsync(2);
        await stage.SettleAsync();
        await stage.Service.Staff.AnonymousAsync("visitor/logout", new VisitorLogout(stage.Proxy.Traffic.RefreshToken!));
        await ExpectStoppedAsync(stage, "revoked");
        stage.IsOver = true;
    }

    /// <summary>More connections of one visitor than a node bears: the oldest ends for good.</summary>
    public static async Task ReplaceAsync(Stage stage)
    {
        await stage.TalkAsync(2);
        await stage.SettleAsync();
        var others = new List<WireSocket>();
        try
        {
            for (var i = 0; i < Limits.VisitorConnections; i++)
            {
                var node = stage.Service.Cluster.Nodes[0].BaseAddress;
                others.Add(await WireSocket.ConnectAsync(node, "visitor", stage.Proxy.Traffic.AccessToken!));
                await others[^1].ShakeHandsAsync();
            }
            await ExpectStoppedAsync(stage, "replaced");
        }
        finally
        {
            others.ForEach(other => other.Dispose());
        }
        await stage.Device.RestartAsync();
        await stage.UntilAsync();
        await stage.TalkAsync(2);
    }

    /// <summary>The server says that the token has expired, three times: each time the refresh token of the answer before must be used, and at a start too.</summary>
    public static async Task RefreshAsync(Stage stage)
    {
        var traffic = stage.Proxy.Traffic;
        await stage.TalkAsync(1);
        for (var i = 0; i < 3; i++)
        {
            await stage.UntilAsync();
            var (newest, many) = (traffic.RefreshToken, Sessions(traffic).Count);
            await stage.Proxy.PushAsync("goAway", new { reason = "expired" });
            await ExpectRefreshAsync(traffic, many, newest);
            await stage.TalkAsync(1);
        }
        await stage.UntilAsync();
        var (last, before) = (traffic.RefreshToken, Sessions(traffic).Count);
        await stage.Device.RestartAsync();
        await ExpectRefreshAsync(traffic, before, last);
        await stage.UntilAsync();
        await stage.TalkAsync(1);
    }

    public static async Task UseTwoDevicesAsync(Stage stage)
    {
        var second = await stage.AddDeviceAsync(stage.Subject, stage.Service.Cluster.Nodes[1].BaseAddress);
        await stage.TalkAsync(2);
        var log = await stage.SettleAsync();
        var id = log.Conversation.ToString();
        await second.UntilAsync(id);
        for (var i = 0; i < 3; i++)
        {
            var body = await stage.SendAsync(device: i % 2 == 0 ? second : stage.Device);
            await second.UntilShownAsync(id, shown => shown.Find(body)?.Seq is not null, "what was sent, on the second device");
            await stage.UntilShownAsync(shown => shown.Find(body)?.Seq is not null, "what was sent, on the first device");
        }
        // What one's other device wrote is one's own.
        await stage.UntilShownAsync(shown => shown.Unread == 2, "2 unread on the first device");
        await second.UntilShownAsync(id, shown => shown.Unread == 2, "2 unread on the second device");
        await stage.ReadAsync();
        await second.UntilShownAsync(id, shown => shown.Unread == 0, "nothing unread on the second device once the first has read");
        var own = log.Items.First(item => stage.Talk.Promised.Contains(item.Body));
        await stage.EditAsync(own, "edited on the first device");
        await second.UntilShownAsync(
            id,
            shown => shown.At(own.Seq!.Value)?.Body == "edited on the first device",
            "an edit of the other device"
        );
        var opened = await stage.OpenAsync();
        var there = (await stage.UntilAsync(opened)).Conversation;
        await second.UntilListAsync(list => list.Conversations.Any(one => one.Conversation == there), "what the first device has opened");
    }

    public static async Task IdentifyAsync(Stage stage)
    {
        await stage.TalkAsync(2);
        var id = (await stage.SettleAsync()).Conversation;
        var subject = $"user {Guid.NewGuid():N}";
        var second = await stage.AddDeviceAsync(subject);
        await stage.Device.DoAsync("identify", new { token = HostSite.Vouch(subject) });
        await stage.TalkAsync(2);
        await stage.SettleAsync();
        Stage.Expect(await stage.Service.Facts.SubjectOfAsync(id) == subject, "the conversation is not that of the identified visitor");
        await stage.Device.RestartAsync();
        await stage.UntilAsync();
        await stage.TalkAsync(2);
        await stage.SettleAsync();
        await second.UntilListAsync(list => list.Conversations.Any(one => one.Conversation == id), "the conversation, on another device");
    }

    public static async Task LogOutAsync(Stage stage)
    {
        var traffic = stage.Proxy.Traffic;
        await stage.TalkAsync(3);
        stage.Proxy.Weather.BlackHole = true;
        await stage.SendAsync();
        stage.Proxy.Calm();
        await stage.UntilAsync();
        var device = (string)JsonNode.Parse(Sessions(traffic)[0].Body)!["deviceId"]!;
        var refreshToken = traffic.RefreshToken!;
        await stage.Device.DoAsync("logout");
        await stage.StayAwayAsync("the visitor has logged out");
        await stage.Device.Process.KillAsync();
        ExpectNothingLeft(stage, [.. stage.Talk.Promised, refreshToken, traffic.AccessToken!, device]);
        var again = new VisitorSessionRequest(ChatCluster.Inbox, Guid.Parse(device), RefreshToken: refreshToken);
        var answer = await stage.Service.Staff.AnonymousAsync("visitor/session", again);
        Stage.Expect(answer == HttpStatusCode.Unauthorized, $"the session goes on after the logout: {answer}");

        var many = Sessions(traffic).Count;
        await stage.Device.RestartAsync();
        await traffic.UntilAsync(() => Sessions(traffic).Count > many, "a new session");
        var next = JsonNode.Parse(Sessions(traffic)[many].Body)!;
        Stage.Expect((string?)next["deviceId"] != device, "the device keeps its id over the logout");
        Stage.Expect(next["refreshToken"] is null, "the session is continued after the logout");
        stage.IsOver = true;
    }

    private static async Task ExpectStoppedAsync(Stage stage, string reason)
    {
        var state = await stage.Device.UntilStateAsync("stopped");
        Stage.Expect(state.Reason == reason, $"the client has stopped as '{state.Reason}' and not as '{reason}'");
        await stage.StayAwayAsync($"it was {reason}");
    }

    private static async Task ExpectRefreshAsync(Traffic traffic, int many, string? newest)
    {
        await traffic.UntilAsync(() => Sessions(traffic).Count > many, "a refresh of the token");
        var shown = (string?)JsonNode.Parse(Sessions(traffic)[many].Body)!["refreshToken"];
        Stage.Expect(shown == newest, "the refresh token is not that of the last answer");
    }

    private static List<Traffic.Request> Sessions(Traffic traffic) => [.. traffic.Requests.Where(request => request.Path == SessionPath)];

    private static void ExpectNothingLeft(Stage stage, IReadOnlyList<string> secrets)
    {
        foreach (var file in Directory.EnumerateFiles(stage.Device.Folder, "*", SearchOption.AllDirectories))
        {
            var bytes = File.ReadAllBytes(file);
            var left = secrets.FirstOrDefault(secret => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) >= 0);
            Stage.Expect(left is null, $"'{left}' can be read in {Path.GetFileName(file)} after the logout");
        }
    }
}
