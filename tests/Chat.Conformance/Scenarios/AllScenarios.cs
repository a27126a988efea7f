namespace Chat.Conformance.Scenarios;

/// <summary>The table of troubles. README.md says which rule each proves.</summary>
internal static class AllScenarios
{
    /// <param name="isLong">Full counts.</param>
    public static IReadOnlyList<Scenario> Of(bool isLong)
    {
        var messages = isLong ? 100 : 12;
        return
        [
            new("calm", stage => stage.TalkAsync(messages)),
            .. OfNetworks(messages, isLong),
            .. OfProcesses(messages, isLong),
            .. OfMessages(),
            .. OfPushes(messages),
            .. OfConversations(),
            .. OfSessions(),
            .. OfOperators(),
            .. OfTheService(messages),
        ];
    }

    private static IEnumerable<Scenario> OfNetworks(int messages, bool isLong) =>
        [
            new("connections are cut", stage => NetworkTroubles.CutAsync(stage, messages)),
            new("a tenth of all connects is refused", stage => NetworkTroubles.RefuseAsync(stage, messages)),
            new("everything comes late", stage => NetworkTroubles.InWeatherAsync(stage, messages, weather => weather.DelayMs = 300))
            {
                IsPatient = true,
            },
            new("64 kbit/s", stage => NetworkTroubles.InWeatherAsync(stage, messages, weather => weather.BytesPerSecond = 8_000)),
            new("64 kbit/s after a long absence", NetworkTroubles.ComeBackAsync) { IsPatient = true },
            new("frames come twice", stage => NetworkTroubles.InWeatherAsync(stage, messages, weather => weather.DuplicateOneOf = 2)),
            new("frames are truncated", stage => NetworkTroubles.InWeatherAsync(stage, messages, weather => weather.TruncateOneOf = 5)),
            new("half-open: the server is not heard", stage => NetworkTroubles.StandStillAsync(stage, weather => weather.HalfOpen = true))
            {
                IsPatient = true,
            },
            new("black hole", stage => NetworkTroubles.StandStillAsync(stage, weather => weather.BlackHole = true)) { IsPatient = true },
            new("no WebSocket comes through", stage => NetworkTroubles.BlockSocketsAsync(stage, messages)) { IsPatient = true },
            new("REST from the start", stage => MessageTroubles.ReceiveOverRestAsync(stage, messages))
            {
                Weather = weather => weather.NoWebSockets = true,
                IsPatient = true,
            },
            new("the server is a version later", stage => stage.TalkAsync(messages)) { Weather = weather => weather.LaterVersion = true },
            new("back-off", stage => NetworkTroubles.BackOffAsync(stage, isLong)) { IsPatient = true },
            new("goAway spread", NetworkTroubles.SpreadAsync) { IsPatient = true },
            new("silence", NetworkTroubles.KeepSilentAsync) { IsPatient = true },
            new("the token expires", NetworkTroubles.ExpireAsync) { IsPatient = true },
            new("the token is nearly over", NetworkTroubles.RefreshEarlyAsync) { IsPatient = true },
        ];

    private static IEnumerable<Scenario> OfProcesses(int messages, bool isLong) =>
        [
            new("killed while sending", stage => ProcessTroubles.KillAsync(stage, isLong ? 200 : 15))
            {
                NeedsStorage = true,
                IsPatient = true,
            },
            new("killed while offline", stage => ProcessTroubles.KillOfflineAsync(stage, messages)) { NeedsStorage = true },
            new("the disk is full for a while", ProcessTroubles.FillDiskAsync) { NeedsStorage = true },
            new("restarted unread", ProcessTroubles.RestartUnreadAsync) { NeedsStorage = true },
        ];

    private static IEnumerable<Scenario> OfMessages() =>
        [
            new("edited and deleted", MessageTroubles.ChangeAsync),
            new("edits come late", MessageTroubles.ChangeLateAsync),
            new("read marks", MessageTroubles.MarkAsync),
            new("receipts", MessageTroubles.ReceiveAsync) { NeedsStorage = true },
            new("refused for a while", RefusalTroubles.ForAWhileAsync) { IsPatient = true },
            new("refused for good", RefusalTroubles.ForGoodAsync),
            new("masked", MessageTroubles.MaskAsync),
            new("typing", MessageTroubles.TypeAsync) { IsPatient = true },
            new("presence", MessageTroubles.BePresentAsync),
            new("queue", MessageTroubles.QueueAsync),
        ];

    private static IEnumerable<Scenario> OfPushes(int messages) =>
        [
            new("single pushes are dropped", stage => PushTroubles.DropAsync(stage, messages)),
            new("single pushes are swapped", stage => PushTroubles.SwapAsync(stage, messages)),
            new("words it does not know", stage => PushTroubles.SayUnknownWordsAsync(stage, messages)),
            new("resync", PushTroubles.ResyncAsync),
        ];

    private static IEnumerable<Scenario> OfConversations() =>
        [
            new("opened during cuts", ConversationTroubles.OpenDuringCutsAsync),
            new("two conversations", ConversationTroubles.TalkInTwoAsync),
            new("closed and reopened", ConversationTroubles.CloseAsync),
            new("long history", ConversationTroubles.LoadHistoryAsync) { IsIdentified = true },
            new("more than 200 conversations", ConversationTroubles.HoldManyAsync) { NeedsStorage = true, IsPatient = true },
        ];

    private static IEnumerable<Scenario> OfSessions() =>
        [
            new("blocked", SessionTroubles.BlockAsync) { NeedsStorage = true },
            new("signed out elsewhere", SessionTroubles.SignOutElsewhereAsync),
            new("replaced", SessionTroubles.ReplaceAsync) { NeedsStorage = true },
            new("three refreshes", SessionTroubles.RefreshAsync) { NeedsStorage = true },
            new("two devices", SessionTroubles.UseTwoDevicesAsync) { IsIdentified = true },
            new("identify", SessionTroubles.IdentifyAsync) { NeedsStorage = true },
            new("logout leaves nothing", SessionTroubles.LogOutAsync) { NeedsStorage = true },
        ];

    private static IEnumerable<Scenario> OfOperators() =>
        [
            Scenario.OfOperator("operator: stale view", OperatorTroubles.HoldStaleAsync),
            Scenario.OfOperator("operator: rows", OperatorTroubles.WatchAsync),
            Scenario.OfOperator("operator: late answers", OperatorTroubles.AnswerLateAsync),
        ];

    private static IEnumerable<Scenario> OfTheService(int messages) =>
        [
            new("goAway", stage => ServiceTroubles.DrainAsync(stage, messages)) { Group = "drain" },
            new("the epoch rises while connected", ServiceTroubles.RaiseEpochAsync) { Group = "epoch" },
            new("the epoch rises while away", ServiceTroubles.RaiseEpochAwayAsync) { Group = "epoch" },
            new("epoch raised under REST", ServiceTroubles.RaiseEpochAsync)
            {
                Group = "epoch",
                Weather = weather => weather.NoWebSockets = true,
            },
            new("the database is restored", ServiceTroubles.RestoreAsync) { Group = "restore" },
        ];
}
