using System.Text.Json.Nodes;
using Chat.Conformance.Drivers;
using Chat.Conformance.Network;
using Chat.Contracts;

namespace Chat.Conformance.Scenarios;

/// <summary>What an operator's client must bear besides.</summary>
internal static class OperatorTroubles
{
    /// <summary>The visitor writes while the operator does: the answer is held, with what the operator has not seen, until a person decides.</summary>
    public static async Task HoldStaleAsync(OperatorStage stage)
    {
        var (visitor, id) = await stage.VisitAsync();
        var log = await stage.OpenAsync(id);
        var sent = await SendAsync(stage, id, "answer in time", log.Seq);
        await stage.Device.UntilShownAsync(
            id.ToString(),
            shown => shown.Items.Any(item => item.Key == sent && item.Seq > 0),
            "a sent answer"
        );

        var seen = (await stage.Device.LogAsync(id.ToString())).Seq;
        var missed = new[]
        {
            (await visitor.SendAsync(id, stage.NextBody())).Event!.Seq,
            (await visitor.SendAsync(id, stage.NextBody())).Event!.Seq,
        };
        var released = await SendAsync(stage, id, "answer that is late", seen);
        await UntilHeldAsync(stage, id, released, missed);
        var discarded = await SendAsync(stage, id, "answer that is not wanted", seen);
        await UntilHeldAsync(stage, id, discarded, missed);
        Stage.Expect(
            !(await stage.StoredAsync(id)).Any(e => e.Body is "answer that is late"),
            "a stale answer is sent before anybody decided"
        );

        await stage.Device.UntilAsync(id.ToString(), missed[1]);
        await stage.Device.DoAsync("release", new { conversation = id, key = released });
        await stage.Device.DoAsync("discard", new { conversation = id, key = discarded });
        await Device.LookUntilAsync(() => stage.HeldAsync(id), held => held.Held.Count == 0, "nothing held");
        await stage.Device.UntilShownAsync(id.ToString(), shown => shown.Find("answer that is late")?.Seq > 0, "the released answer");
        var stored = await stage.StoredAsync(id);
        Stage.Expect(stored.Count(e => e.Body is "answer that is late") == 1, "a released answer is not stored once");
        Stage.Expect(stored.All(e => e.Body is not "answer that is not wanted"), "a discarded answer is stored");
        await stage.ExpectLogIsRightAsync(id);
    }

    public static async Task WatchAsync(OperatorStage stage)
    {
        var (one, two) = (await stage.VisitAsync(), await stage.VisitAsync());
        await stage.WatchAsync();
        await stage.UntilRowsAreRightAsync();

        // An older row that comes behind a newer one is dropped.
        JsonNode? older = null;
        stage.Proxy.Rules.OnRecord = record =>
        {
            if (record.IsPushOf("inbox"))
                older ??= record.Content!.DeepClone();
            return Fate.Pass;
        };
        await one.Visitor.SendAsync(one.Id, stage.NextBody());
        await stage.UntilRowsAreRightAsync();
        await one.Visitor.SendAsync(one.Id, stage.NextBody());
        await stage.UntilRowsAreRightAsync();
        stage.Proxy.Rules.Clear();
        await stage.Proxy.PushAsync("inbox", older!);
        await ExpectAfterNextAsync(stage, two);

        await stage.Device.DoAsync("claim", new { conversation = one.Id });
        await two.Visitor.ChangeAsync("Close", new ConversationCommand(two.Id, Guid.NewGuid()));
        var three = await stage.VisitAsync();
        await stage.UntilRowsAreRightAsync();

        // What happened while it was away.
        stage.Proxy.Weather.BlackHole = true;
        stage.Proxy.CutAll();
        await three.Visitor.ChangeAsync("Close", new ConversationCommand(three.Id, Guid.NewGuid()));
        await one.Visitor.SendAsync(one.Id, stage.NextBody());
        await stage.VisitAsync();
        stage.Proxy.Calm();
        stage.Proxy.CutAll();
        await stage.UntilRowsAreRightAsync();
        await stage.OpenAsync(one.Id);
        await stage.Device.DoAsync("leave", new { conversation = one.Id });
        await one.Visitor.SendAsync(one.Id, stage.NextBody());
        await stage.UntilRowsAreRightAsync();
    }

    /// <summary>The server follows first and reads second: what was pushed since the call is newer than the answer.</summary>
    public static async Task AnswerLateAsync(OperatorStage stage)
    {
        var one = await stage.VisitAsync();
        await stage.WatchAsync();
        await stage.UntilRowsAreRightAsync();

        var late = HoldAnswer(stage, "Watch", pushes: 2);
        stage.Proxy.CutAll();
        await late.Answered.WaitAsync(Patience.ToShow);
        await one.Visitor.SendAsync(one.Id, stage.NextBody());
        var two = await stage.VisitAsync();
        await late.Pushed.WaitAsync(Patience.ToShow);
        late.Release();
        await stage.UntilRowsAreRightAsync();
        await ExpectAfterNextAsync(stage, two);

        late = HoldAnswer(stage, "Open", pushes: 1);
        var opening = stage.Device.DoAsync("open", new { conversation = two.Id });
        await late.Answered.WaitAsync(Patience.ToShow);
        await two.Visitor.SendAsync(two.Id, stage.NextBody());
        await late.Pushed.WaitAsync(Patience.ToShow);
        late.Release();
        await opening;
        await stage.ExpectLogIsRightAsync(two.Id);

        // What is followed is followed again on the next connection.
        stage.Proxy.CutAll();
        await two.Visitor.SendAsync(two.Id, stage.NextBody());
        await stage.ExpectLogIsRightAsync(two.Id);
    }

    private static async Task<string> SendAsync(OperatorStage stage, ConversationId id, string body, int expectedSeq)
    {
        var order = new
        {
            conversation = id,
            body,
            expectedSeq,
        };
        return (await stage.Device.DoAsync("send", order))!.GetValue<string>();
    }

    private static Task<ShownHeld> UntilHeldAsync(OperatorStage stage, ConversationId id, string key, int[] missed) =>
        Device.LookUntilAsync(
            () => stage.HeldAsync(id),
            held => held.Held.Any(item => item.Key == key && item.Missing.SequenceEqual(missed)),
            $"an answer that is held, with {string.Join(" and ", missed)} missing"
        );

    /// <summary>Rows are right, and still are when something else has come after what may have spoiled them.</summary>
    private static async Task ExpectAfterNextAsync(OperatorStage stage, (Chat.Testing.Clients.ChatClient Visitor, ConversationId Id) next)
    {
        await next.Visitor.SendAsync(next.Id, stage.NextBody());
        await stage.UntilRowsAreRightAsync();
    }

    private static LateAnswer HoldAnswer(OperatorStage stage, string method, int pushes)
    {
        var late = new LateAnswer(method, pushes);
        stage.Proxy.Rules.OnRecord = late.Decide;
        return late;
    }

    /// <summary>An answer that waits while pushes overtake it.</summary>
    private sealed class LateAnswer(string method, int pushes)
    {
        private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _pushed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _left = pushes;

        /// <summary>The server has answered, and its answer waits.</summary>
        public Task Answered => _answered.Task;

        /// <summary>So many pushes have gone by since.</summary>
        public Task Pushed => _pushed.Task;

        public void Release() => _released.TrySetResult();

        public Fate Decide(HubRecord record)
        {
            if (record.IsAnswerTo(method) && !_released.Task.IsCompleted)
            {
                _answered.TrySetResult();
                return Fate.After(_released.Task);
            }
            if (_answered.Task.IsCompleted && (record.IsPushOf("inbox") || record.IsEvent) && --_left == 0)
                _pushed.TrySetResult();
            return Fate.Pass;
        }
    }
}
