using System.Text.Json;
using Chat.Contracts;

namespace Chat.Server.Tests.Hubs;

/// <summary>Who hears that somebody came or left.</summary>
[Collection(HubTests.Name)]
public sealed class PresenceTests(HubScene scene)
{
    [Fact]
    public async Task Who_watches_an_inbox_hears_of_its_visitors_without_opening_their_conversations()
    {
        await using var olga = await scene.StaffSocketAsync(scene.Seed.Olga);
        await olga.CallAsync("Watch", new Watch([scene.Seed.Strict.Id]));
        var session = await scene.NewVisitorAsync(Seed.StrictKey);
        ConversationId id;
        await using (var visitor = await scene.SocketAsync("visitor", session.Token))
        {
            id = await visitor.OpenConversationAsync();
            await olga.UntilPushedAsync(Push.Ephemeral, p => IsVisitor(p, id, online: true), "he is there");
            await olga.UntilPushedAsync(Push.Inbox, p => SceneCalls.IsOf(p.GetProperty("row"), id), "his row");
            var watched = (await olga.CallAsync("Watch", new Watch([scene.Seed.Strict.Id]))).Read<WatchResult>();
            Assert.Contains(id, watched.Online!);
        }

        await olga.UntilPushedAsync(Push.Ephemeral, p => IsVisitor(p, id, online: false), "he is gone");

        var after = (await olga.CallAsync("Watch", new Watch([scene.Seed.Strict.Id]))).Read<WatchResult>();
        Assert.Contains(after.Rows, row => row.ConversationId == id);
        Assert.DoesNotContain(id, after.Online!);
    }

    [Fact]
    public async Task Who_watches_and_follows_hears_it_once()
    {
        await using var olga = await scene.StaffSocketAsync(scene.Seed.Olga);
        await olga.CallAsync("Watch", new Watch([scene.Seed.Strict.Id]));
        var session = await scene.NewVisitorAsync(Seed.StrictKey);
        ConversationId id;
        await using (var visitor = await scene.SocketAsync("visitor", session.Token))
        {
            id = await visitor.OpenConversationAsync();
            await olga.UntilPushedAsync(Push.Inbox, p => SceneCalls.IsOf(p.GetProperty("row"), id), "his row");
            await olga.CallAsync("Open", new OpenQuery(id));
        }
        await olga.UntilPushedAsync(Push.Ephemeral, p => IsVisitor(p, id, online: false), "he is gone");
        await using var other = await scene.VisitorSocketAsync(Seed.StrictKey);
        var next = await other.OpenConversationAsync();
        await olga.UntilPushedAsync(Push.Ephemeral, p => IsVisitor(p, next, online: true), "what comes after it");

        Assert.Single(olga.Pushes(Push.Ephemeral), p => IsVisitor(p, id, online: false));
    }

    [Fact]
    public async Task A_page_that_is_loaded_anew_is_no_absence()
    {
        await using var olga = await scene.StaffSocketAsync(scene.Seed.Olga);
        var session = await scene.NewVisitorAsync(Seed.StrictKey);
        var page = await scene.SocketAsync("visitor", session.Token);
        var id = await page.OpenConversationAsync();
        await olga.CallAsync("Open", new OpenQuery(id));
        await page.DisposeAsync();
        await using var again = await scene.SocketAsync("visitor", session.Token);

        // Another one, who leaves later, is told of later.
        var other = await scene.VisitorSocketAsync(Seed.StrictKey);
        var later = await other.OpenConversationAsync();
        await olga.CallAsync("Open", new OpenQuery(later));
        await other.DisposeAsync();
        await olga.UntilPushedAsync(Push.Ephemeral, p => IsVisitor(p, later, online: false), "the other one is gone");

        Assert.DoesNotContain(olga.Pushes(Push.Ephemeral), p => IsVisitor(p, id, online: false));
    }

    [Fact]
    public async Task A_visitor_hears_of_the_one_who_answers_him_under_an_id_of_this_conversation()
    {
        await using var visitor = await scene.VisitorSocketAsync(Seed.LineKey);
        var id = await visitor.OpenConversationAsync();
        await using (var pia = await scene.StaffSocketAsync(scene.Seed.Pia))
        {
            Assert.Null((await pia.CallAsync("Claim", new ConversationCommand(id, Guid.NewGuid()))).Error);
            await visitor.UntilPushedAsync(Push.Ephemeral, p => IsOperator(p, id, online: true), "she is there");
        }
        await visitor.UntilPushedAsync(Push.Ephemeral, p => IsOperator(p, id, online: false), "she is gone");

        await using var back = await scene.StaffSocketAsync(scene.Seed.Pia);
        await visitor.UntilAsync(_ => visitor.Pushes(Push.Ephemeral).Count(p => IsOperator(p, id, online: true)) == 2, "she is back");
        Assert.Null((await visitor.CallAsync("Hello", new Hello(1, Guid.NewGuid()))).Error);
        await visitor.UntilAsync(_ => visitor.Pushes(Push.Ephemeral).Count(p => IsOperator(p, id, online: true)) == 3, "after Hello");
        foreach (var push in visitor.Pushes(Push.Ephemeral).Where(p => p.GetProperty("type").ValueEquals("presence")))
        {
            Assert.Equal("Pia", push.GetProperty("actor").GetProperty("name").GetString());
            Assert.Equal(OperatorAlias.Of(id, scene.Seed.Pia.Id), push.GetProperty("actor").GetProperty("id").GetGuid());
        }
        Assert.Null((await visitor.CallAsync("Close", new ConversationCommand(id, Guid.NewGuid()))).Error);
    }

    [Fact]
    public async Task Colleagues_hear_of_availability_and_strangers_do_not()
    {
        var crew = scene.Seed.Crews[3];
        await using var colleague = await scene.StaffSocketAsync(crew.Colleague);
        await using var stranger = await scene.StaffSocketAsync(crew.Foreigners[0]);
        await using var visitor = await scene.VisitorSocketAsync();
        await using (var supervisor = await scene.StaffSocketAsync(crew.Supervisor))
        {
            Assert.Null((await supervisor.CallAsync("SetAvailability", new SetAvailability(Availability.Away, 9))).Error);
            await colleague.UntilPushedAsync(Push.Operator, p => Is(p, crew, "away", 9, online: true), "the colleague hears it");
            await supervisor.UntilPushedAsync(Push.Operator, p => Is(p, crew, "away", 9, online: true), "he hears it himself");
        }
        await colleague.UntilPushedAsync(Push.Operator, p => Is(p, crew, "away", 9, online: false), "he is gone");

        Assert.DoesNotContain(stranger.Pushes(Push.Operator), p => p.GetProperty("id").GetGuid() == crew.Supervisor.Id.Value);
        Assert.Empty(visitor.Pushes(Push.Operator));
    }

    [Fact]
    public async Task Another_socket_of_an_operator_who_is_here_is_no_news_to_his_colleagues()
    {
        var crew = scene.Seed.Crews[3];
        await using var colleague = await scene.StaffSocketAsync(crew.Colleague);
        var sockets = new List<RawSocket>();
        for (var i = 0; i < 3; i++)
            sockets.Add(await scene.StaffSocketAsync(crew.Supervisor));
        foreach (var socket in sockets)
            await socket.DisposeAsync();
        await colleague.UntilPushedAsync(Push.Operator, p => IsOf(p, crew) && !p.GetProperty("online").GetBoolean(), "he is gone");

        // None when he had been here a moment before.
        Assert.InRange(colleague.Pushes(Push.Operator).Count(p => IsOf(p, crew) && p.GetProperty("online").GetBoolean()), 0, 1);
    }

    private static bool IsOf(JsonElement push, Crew crew) => push.GetProperty("id").GetGuid() == crew.Supervisor.Id.Value;

    private static bool Is(JsonElement push, Crew crew, string availability, int capacity, bool online) =>
        push.GetProperty("id").GetGuid() == crew.Supervisor.Id.Value
        && push.GetProperty("availability").ValueEquals(availability)
        && push.GetProperty("capacity").GetInt32() == capacity
        && push.GetProperty("online").GetBoolean() == online;

    private static bool IsVisitor(JsonElement push, ConversationId id, bool online) => IsPresence(push, id, "visitor", online);

    private static bool IsOperator(JsonElement push, ConversationId id, bool online) => IsPresence(push, id, "operator", online);

    private static bool IsPresence(JsonElement push, ConversationId id, string kind, bool online) =>
        push.GetProperty("type").ValueEquals("presence")
        && SceneCalls.IsOf(push, id)
        && push.GetProperty("actor").GetProperty("kind").ValueEquals(kind)
        && push.GetProperty("online").GetBoolean() == online;
}
