namespace Chat.Conformance.Scenarios;

/// <summary>What happens to the service, and so to all of its clients at once.</summary>
internal static class ServiceTroubles
{
    public static async Task DrainAsync(Stage stage, int messages)
    {
        var node = stage.Service.Cluster.Nodes[0];
        stage.Proxy.TargetPort = stage.Service.Cluster.Nodes[1].BaseAddress.Port;
        var talk = stage.TalkAsync(messages);
        await stage.Meeting.MeetAsync(() =>
        {
            node.Terminate();
            return Task.CompletedTask;
        });
        try
        {
            await talk;
        }
        finally
        {
            // What comes next needs both.
            await stage.Meeting.MeetAsync(async () =>
            {
                await node.WaitForExitAsync();
                await node.RestartAsync();
            });
        }
    }

    public static async Task RaiseEpochAsync(Stage stage)
    {
        await stage.TalkAsync(3);
        await stage.UntilAsync();
        await RaiseAsync(stage);
        await stage.TalkAsync(3);
    }

    public static async Task RaiseEpochAwayAsync(Stage stage)
    {
        await stage.TalkAsync(3);
        stage.Proxy.Weather.BlackHole = true;
        stage.Proxy.CutAll();
        await stage.SendAsync();
        await RaiseAsync(stage);
        await stage.SendAsync();
    }

    /// <summary>An older copy of the database under living clients: what was said since is lost, and its seqs are given to others.</summary>
    public static async Task RestoreAsync(Stage stage)
    {
        await stage.TalkAsync(3);
        var epoch = (await stage.SettleAsync()).Epoch;
        await stage.Meeting.MeetAsync(stage.Service.Postgres.TakeBaseBackupAsync);
        var kept = stage.Talk.Promised.Count;
        await stage.TalkAsync(4);
        var id = (await stage.LogAsync()).Conversation;
        var last = (await stage.TalkBackAsync(id, 1))[0];
        await stage.SettleAsync();
        await stage.Device.DoAsync("read", new { conversation = stage.Talk.Id });
        await stage.Service.Facts.UntilVisitorIsAtAsync(id, last, last);
        await stage.Meeting.MeetAsync(stage.Service.Postgres.FailOverToBackupAsync);
        stage.Talk.Forget(afterMany: kept);
        await stage.UntilAsync(epoch: epoch + 1);
        await stage.TalkAsync(1);
        // What was read is lost with the rest.
        await stage.UntilShownAsync(shown => shown.Unread == 4, "4 unread, of which 3 had been read before the restore");
    }

    private static Task RaiseAsync(Stage stage) => stage.Meeting.MeetAsync(() => stage.Service.Cluster.CommandAsync("epoch", "raise"));
}
