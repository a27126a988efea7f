using System.Text.Json;
using Chat.Contracts;

namespace Chat.Server.Tests.Hubs;

/// <summary>Places in the queue: who hears his, and when.</summary>
[Collection(HubTests.Name)]
public sealed class QueueTests(HubScene scene)
{
    [Fact]
    public async Task Visitors_hear_their_places_at_once_and_when_somebody_before_them_is_served()
    {
        await using var pia = await scene.StaffSocketAsync(scene.Seed.Pia);
        await pia.CallAsync("Watch", new Watch([scene.Seed.Line.Id]));
        await using var first = await scene.VisitorSocketAsync(Seed.LineKey);
        await using var second = await scene.VisitorSocketAsync(Seed.LineKey);
        var served = await first.OpenConversationAsync();
        await UntilPlaceAsync(first, served, 1);
        var waiting = await second.OpenConversationAsync();
        await UntilPlaceAsync(second, waiting, 2);
        await pia.CallAsync("Open", new OpenQuery(waiting));

        Assert.Null((await pia.CallAsync("Claim", new ConversationCommand(served, Guid.NewGuid()))).Error);
        await UntilPlaceAsync(second, waiting, 1);

        Assert.Equal([2, 1], Places(second, waiting));
        Assert.DoesNotContain(pia.Pushes(Push.Ephemeral), IsQueue);
        Assert.DoesNotContain(Places(first, served), place => place != 1);
        var queue = second.Pushes(Push.Ephemeral).First(IsQueue);
        Assert.Equal(Limits.QueueTtlMs, queue.GetProperty("ttlMs").GetInt32());
        Assert.False(queue.TryGetProperty("actor", out _));
        await pia.CallAsync("SetStatus", new SetStatus(waiting, Guid.NewGuid(), ConversationStatus.Closed));
    }

    [Fact]
    public async Task A_visitor_who_comes_back_hears_his_place_again()
    {
        var session = await scene.NewVisitorAsync(Seed.LineKey);
        ConversationId id;
        await using (var before = await scene.SocketAsync("visitor", session.Token))
            id = await before.OpenConversationAsync();

        await using var after = await scene.SocketAsync("visitor", session.Token);
        await after.UntilPushedAsync(Push.Ephemeral, p => IsQueue(p) && SceneCalls.IsOf(p, id), "his place");

        Assert.Null((await after.CallAsync("Close", new ConversationCommand(id, Guid.NewGuid()))).Error);
    }

    [Fact]
    public async Task An_inbox_may_keep_places_to_itself()
    {
        await using var silent = await scene.VisitorSocketAsync(Seed.SilentKey);
        await silent.OpenConversationAsync();
        await using var other = await scene.VisitorSocketAsync(Seed.LineKey);
        var id = await other.OpenConversationAsync();

        await other.UntilPushedAsync(Push.Ephemeral, p => IsQueue(p) && SceneCalls.IsOf(p, id), "his place");

        Assert.DoesNotContain(silent.Pushes(Push.Ephemeral), IsQueue);
        Assert.Null((await other.CallAsync("Close", new ConversationCommand(id, Guid.NewGuid()))).Error);
    }

    private static Task UntilPlaceAsync(RawSocket visitor, ConversationId id, int place) =>
        visitor.UntilAsync(_ => Places(visitor, id).Contains(place), $"place {place}");

    private static IReadOnlyList<int> Places(RawSocket visitor, ConversationId id) =>
        [
            .. visitor
                .Pushes(Push.Ephemeral)
                .Where(p => IsQueue(p) && SceneCalls.IsOf(p, id))
                .Select(p => p.GetProperty("position").GetInt32()),
        ];

    private static bool IsQueue(JsonElement push) => push.GetProperty("type").ValueEquals("queue");
}
