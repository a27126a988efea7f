using System.Text.Json.Nodes;
using Chat.Conformance.Network;
using Chat.Contracts;

namespace Chat.Conformance.Scenarios;

/// <summary>What happens to single pushes while the connection lives on.</summary>
internal static class PushTroubles
{
    public static async Task DropAsync(Stage stage, int messages)
    {
        stage.Proxy.Rules.OneEventOf(3, Fate.Drop);
        await stage.TalkAsync(messages);
        stage.Proxy.Rules.Clear();
        // Shows that something is missing before it.
        await stage.TalkBackAsync((await stage.LogAsync()).Conversation, 1);
        await stage.Proxy.Traffic.UntilAsync(() => stage.Proxy.Traffic.Calls("Sync").Count > 0, "a Sync for what is missing");
    }

    public static async Task SwapAsync(Stage stage, int messages)
    {
        stage.Proxy.Rules.OneEventOf(3, Fate.Swap);
        await stage.TalkAsync(messages);
        await stage.TalkBackAsync((await stage.LogAsync()).Conversation, messages);
    }

    /// <summary>Notes of the staff, which are skips for visitors, some of them as events of a type that nobody knows; and pushes of which nobody has heard.</summary>
    public static async Task SayUnknownWordsAsync(Stage stage, int messages)
    {
        var id = (await stage.UntilAsync()).Conversation;
        var before = Ends(stage);
        var skips = 0;
        stage.Proxy.Rules.OnRecord = record =>
            record.IsPushOf("skip") && Interlocked.Increment(ref skips) % 2 == 1
                ? Fate.Replace(OfTomorrow(record.Content!, id))
                : Fate.Pass;
        for (var i = 0; i < messages; i++)
        {
            await stage.Service.Peer.ChangeAsync("Note", new WriteNote(id, Guid.NewGuid(), $"answer that no visitor sees {i}"));
            await stage.TalkAsync(1);
        }
        var head = (await stage.Service.ReadAsync()).Heads[id];
        var log = await stage.UntilAsync(seq: head);
        Stage.Expect(skips > 0, "no skip was pushed");
        Stage.Expect(Ends(stage) == before, "the client gave up its connection over a word");
        var foreign = log.Items.FirstOrDefault(item => item.Body?.Contains("no visitor sees", StringComparison.Ordinal) == true);
        Stage.Expect(foreign is null && !log.Typing, $"something is shown of what nobody knows: {foreign}");
    }

    /// <summary>What was lost is lost without a sign, but for the word of the server.</summary>
    public static async Task ResyncAsync(Stage stage)
    {
        await stage.TalkAsync(2);
        var id = (await stage.SettleAsync()).Conversation;
        var head = await MessageTroubles.DropAsync(stage, 3);
        await stage.Proxy.PushAsync("resync", new { conversationId = id, reason = "overflow" });
        await stage.UntilAsync(seq: head);

        var greetings = stage.Proxy.Traffic.Calls("Hello").Count;
        head = await MessageTroubles.DropAsync(stage, 3);
        await stage.Proxy.PushAsync("resync", new { reason = "overflow" });
        await stage.Proxy.Traffic.UntilAsync(
            () => stage.Proxy.Traffic.Calls("Hello").Count > greetings,
            "a Hello after a resync of everything"
        );
        await stage.UntilAsync(seq: head);
    }

    // A connection whose token has expired is made with a new one.
    private static int Ends(Stage stage) =>
        stage.Proxy.Traffic.Calls("Hello").Count
        - stage.Proxy.Traffic.Requests.Count(request => request.Path.EndsWith("/visitor/session", StringComparison.Ordinal));

    private static string[] OfTomorrow(JsonNode skip, ConversationId id)
    {
        var later = skip.DeepClone();
        later["type"] = "ofTomorrow";
        later["actor"] = new JsonObject { ["kind"] = "operator", ["name"] = "Peer" };
        later["at"] = "2026-11-30T09:15:00.250Z";
        later["data"] = new JsonObject { ["body"] = "answer that no visitor sees", ["targetSeq"] = 1 };
        var gesture = new JsonObject
        {
            ["conversationId"] = id.ToString(),
            ["type"] = "waving",
            ["actor"] = new JsonObject { ["kind"] = "operator", ["name"] = "Peer" },
            ["ttlMs"] = 60_000,
        };
        return
        [
            HubRecord.Push("ofTomorrow", new JsonObject { ["seq"] = 1 }),
            HubRecord.Push("ephemeral", gesture),
            HubRecord.Push("event", later),
        ];
    }
}
