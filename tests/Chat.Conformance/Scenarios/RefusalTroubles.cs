using Chat.Conformance.Drivers;
using Chat.Conformance.Network;
using Chat.Contracts;

namespace Chat.Conformance.Scenarios;

/// <summary>What the service refuses: for a while, which passes by itself, and for good.</summary>
internal static class RefusalTroubles
{
    public static async Task ForAWhileAsync(Stage stage)
    {
        var rules = stage.Proxy.Rules;
        await stage.TalkAsync(2);
        rules.Refuse("Send", "unavailable", "rate_limited", "draining");
        for (var i = 0; i < 4; i++)
            await stage.SendAsync();
        await ExpectNothingFailsAsync(stage, stage.Talk);
        // Stored all the same: whoever sends it again is told so.
        var unheard = 2;
        rules.OnRecord = record =>
            record.IsAnswerTo("Send") && Interlocked.Decrement(ref unheard) >= 0
                ? Fate.Replace(HubRecord.Refusal(record.Id!, "unavailable"))
                : Fate.Pass;
        await stage.SendAsync();
        await ExpectNothingFailsAsync(stage, stage.Talk);
        rules.OnRecord = null;
        var own = (await stage.UntilAsync()).Items.Last(item => stage.Talk.Promised.Contains(item.Body));
        rules.Refuse("Edit", "rate_limited", "unavailable");
        await stage.EditAsync(own, "edited in the end");
        await ExpectNothingFailsAsync(stage, stage.Talk);
        rules.Refuse("OpenConversation", "unavailable", "draining");
        await ExpectNothingFailsAsync(stage, await stage.OpenAsync());
        rules.Refuse("Hello", "unavailable", "internal");
        stage.Proxy.CutAll();
        await stage.TalkAsync(2);
        await ExpectNothingFailsAsync(stage, stage.Talk);
        // What is missing is asked for again, too.
        rules.Refuse("Sync", "unavailable", "rate_limited");
        var dropped = await MessageTroubles.DropAsync(stage, 1);
        await stage.TalkBackAsync((await stage.LogAsync()).Conversation, 1);
        await stage.UntilAsync(seq: dropped + 1);
    }

    public static async Task ForGoodAsync(Stage stage)
    {
        var peer = stage.Service.Peer;
        await stage.TalkAsync(2);
        var log = await stage.SettleAsync();
        await ExpectFailedAsync(stage, new string('x', 8001), "too_large");
        await ExpectFailedAsync(stage, " \u200b ", "invalid");

        // Words that the service says to nobody who does right, and one of tomorrow: not to be tried again by itself.
        foreach (var code in (string[])["conflict", "closed", "forbidden", "of_tomorrow"])
        {
            stage.Proxy.Rules.Refuse("Send", code);
            await ExpectFailedAsync(stage, $"refused as {code}", code);
        }
        stage.Proxy.Rules.Refuse("Send", "of_tomorrow");
        var body = stage.NextBody();
        await stage.Device.DoAsync("send", new { conversation = stage.Talk.Id, body });
        var failed = (await stage.UntilShownAsync(shown => shown.Find(body)?.State == "failed", "a failed item")).Find(body)!;
        stage.Talk.Promise(body);
        await stage.Device.DoAsync("retry", new { conversation = stage.Talk.Id, key = failed.Key });
        await stage.UntilAsync();

        var own = log.Items.First(item => stage.Talk.Promised.Contains(item.Body));
        var theirs = log.Items.First(item => item.Body?.StartsWith("answer ", StringComparison.Ordinal) == true);
        await ExpectChangeRefusedAsync(stage, "edit", theirs, "forbidden");
        await stage.RemoveAsync(own);
        await stage.UntilAsync();
        await ExpectChangeRefusedAsync(stage, "remove", own, "conflict");
        await peer.ChangeAsync("SetStatus", new SetStatus(log.Conversation, Guid.NewGuid(), ConversationStatus.Closed));
        await stage.UntilShownAsync(shown => shown.Status == "closed", "status closed");
        var other = log.Items.Last(item => stage.Talk.Promised.Contains(item.Body));
        await ExpectChangeRefusedAsync(stage, "edit", other, "closed");
        await stage.SendAsync();
    }

    private static async Task ExpectNothingFailsAsync(Stage stage, Talk talk)
    {
        var log = await stage.UntilAsync(talk);
        var failed = log.Items.FirstOrDefault(item => item.Error is not null);
        Stage.Expect(failed is null, $"'{failed?.Body}' has failed as {failed?.Error}, which passes by itself");
    }

    private static async Task ExpectFailedAsync(Stage stage, string body, string code)
    {
        try
        {
            await stage.Device.DoAsync("send", new { conversation = stage.Talk.Id, body });
        }
        catch (InvalidOperationException e) when (e.Message.Contains(code, StringComparison.Ordinal))
        {
            // It was not taken at all.
            return;
        }
        var log = await stage.UntilShownAsync(
            shown => shown.Items.Any(item => item is { State: "failed", Seq: null } && item.Error == code),
            $"an item that has failed as {code}"
        );
        var failed = log.Items.First(item => item is { State: "failed", Seq: null });
        await stage.Device.DoAsync("discard", new { conversation = stage.Talk.Id, key = failed.Key });
        await stage.UntilShownAsync(shown => shown.Items.All(item => item.Key != failed.Key), "no discarded item");
    }

    private static async Task ExpectChangeRefusedAsync(Stage stage, string change, ShownItem item, string code)
    {
        await stage.Device.DoAsync(
            change,
            new
            {
                conversation = stage.Talk.Id,
                seq = item.Seq,
                body = "changed",
            }
        );
        await stage.UntilShownAsync(log => log.At(item.Seq!.Value)?.Error == code, $"{change} of seq {item.Seq} refused as {code}");
        await stage.Device.DoAsync("discard", new { conversation = stage.Talk.Id, key = item.Key });
        await stage.UntilShownAsync(log => log.At(item.Seq!.Value)?.Error is null, "no discarded change");
    }
}
