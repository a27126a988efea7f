using System.Text.Json;
using Chat.Contracts;

namespace Chat.Server.Tests.Hubs;

/// <summary>Typing, viewing and cursors: who gets them, and what of them.</summary>
[Collection(HubTests.Name)]
public sealed class EphemeralTests(HubScene scene)
{
    [Theory]
    [InlineData(Seed.ShopKey, "Where is my par")]
    [InlineData(Seed.StrictKey, null)]
    public async Task A_visitors_typing_reaches_operators_with_what_he_types_where_the_inbox_allows_it(string inbox, string? preview)
    {
        await using var visitor = await scene.VisitorSocketAsync(inbox);
        await using var olga = await scene.StaffSocketAsync(scene.Seed.Olga);
        var id = await visitor.OpenConversationAsync();
        await olga.CallAsync("Open", new OpenQuery(id));

        Assert.Null((await visitor.CallAsync("Typing", new TypingNotice(id, "Where is my par"))).Error);
        await olga.UntilPushedAsync(Push.Ephemeral, p => IsTyping(p, "visitor"), "the operator sees the typing");

        var typing = olga.Pushes(Push.Ephemeral).Single(p => IsTyping(p, "visitor"));
        Assert.Equal(preview, typing.TryGetProperty("preview", out var text) ? text.GetString() : null);
        Assert.Equal(Limits.TypingTtlMs, typing.GetProperty("ttlMs").GetInt32());
    }

    [Fact]
    public async Task A_card_number_in_a_preview_is_masked()
    {
        await using var visitor = await scene.VisitorSocketAsync();
        await using var olga = await scene.StaffSocketAsync(scene.Seed.Olga);
        var id = await visitor.OpenConversationAsync();
        await olga.CallAsync("Open", new OpenQuery(id));

        await visitor.CallAsync("Typing", new TypingNotice(id, "my card is 4111 1111 1111 1111"));
        await olga.UntilPushedAsync(Push.Ephemeral, p => IsTyping(p, "visitor"), "the operator sees the typing");

        Assert.DoesNotContain(olga.Received, frame => frame.Contains("4111 1111 1111 1111", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_operators_typing_reaches_the_visitor_and_colleagues_but_never_its_text()
    {
        await using var visitor = await scene.VisitorSocketAsync();
        await using var olga = await scene.StaffSocketAsync(scene.Seed.Olga);
        await using var sue = await scene.StaffSocketAsync(scene.Seed.Crews[0].Supervisor);
        var id = await visitor.OpenConversationAsync();
        await olga.CallAsync("Open", new OpenQuery(id));
        await sue.CallAsync("Open", new OpenQuery(id));

        await olga.CallAsync("Typing", new TypingNotice(id, "Unsent thoughts"));
        await visitor.UntilPushedAsync(Push.Ephemeral, p => IsTyping(p, "operator"), "the visitor sees the typing");
        await sue.UntilPushedAsync(Push.Ephemeral, p => IsTyping(p, "operator"), "the colleague sees the typing");

        foreach (var socket in (RawSocket[])[visitor, sue])
            Assert.DoesNotContain(socket.Received, frame => frame.Contains("Unsent thoughts", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Viewing_is_shown_to_colleagues_and_not_to_the_visitor()
    {
        await using var visitor = await scene.VisitorSocketAsync();
        await using var olga = await scene.StaffSocketAsync(scene.Seed.Olga);
        await using var sue = await scene.StaffSocketAsync(scene.Seed.Crews[1].Supervisor);
        var id = await visitor.OpenConversationAsync();
        await sue.CallAsync("Open", new OpenQuery(id));

        Assert.Null((await olga.CallAsync("Viewing", new ConversationRef(id))).Error);
        await sue.UntilPushedAsync(Push.Ephemeral, p => Is(p, "viewing", "operator"), "the colleague sees the viewing");
        await visitor.UntilPushedAsync(await olga.WriteAsync(id, "What comes after it"));

        Assert.DoesNotContain(visitor.Pushes(Push.Ephemeral), p => p.GetProperty("type").ValueEquals("viewing"));
    }

    [Fact]
    public async Task Cursors_reach_the_other_side_and_the_visitor_does_not_learn_whose_they_are()
    {
        await using var visitor = await scene.VisitorSocketAsync();
        await using var olga = await scene.StaffSocketAsync(scene.Seed.Olga);
        var id = await visitor.OpenConversationAsync();
        await olga.CallAsync("Open", new OpenQuery(id));
        var question = await visitor.WriteAsync(id, "Hello?");

        Assert.Null((await olga.CallAsync("Read", new MarkSeq(id, question.Seq))).Error);
        Assert.Null((await visitor.CallAsync("Delivered", new MarkSeq(id, question.Seq))).Error);
        await visitor.UntilPushedAsync(Push.Cursor, p => IsCursor(p, "operator", question.Seq, question.Seq), "the visitor sees it read");
        await olga.UntilPushedAsync(Push.Cursor, p => IsCursor(p, "visitor", question.Seq, 0), "the operator sees it delivered");

        Assert.DoesNotContain(visitor.Received, frame => frame.Contains("operatorId", StringComparison.Ordinal));
        var page = (await visitor.CallAsync("Sync", new Sync([new Cursor(id, 0, 0)]))).Read<SyncResult>().Conversations[0];
        Assert.Contains(new SideCursor(Side.Operator, null, question.Seq, question.Seq), page.Cursors);
    }

    [Fact]
    public async Task A_cursor_does_not_go_back_nor_past_the_head()
    {
        await using var visitor = await scene.VisitorSocketAsync();
        await using var olga = await scene.StaffSocketAsync(scene.Seed.Olga);
        var id = await visitor.OpenConversationAsync();
        await olga.CallAsync("Open", new OpenQuery(id));
        var question = await visitor.WriteAsync(id, "Hello?");

        await visitor.CallAsync("Read", new MarkSeq(id, int.MaxValue));
        await olga.UntilPushedAsync(Push.Cursor, p => IsCursor(p, "visitor", question.Seq, question.Seq), "the head counts");
        await visitor.CallAsync("Read", new MarkSeq(id, 1));
        var next = await visitor.WriteAsync(id, "Anybody?");
        await visitor.CallAsync("Read", new MarkSeq(id, next.Seq));
        await olga.UntilPushedAsync(Push.Cursor, p => IsCursor(p, "visitor", next.Seq, next.Seq), "the next one is read");

        Assert.Equal([question.Seq, next.Seq], olga.Pushes(Push.Cursor).Select(p => p.GetProperty("readSeq").GetInt32()));
    }

    private static bool IsTyping(JsonElement push, string by) => Is(push, "typing", by);

    private static bool Is(JsonElement push, string type, string by) =>
        push.GetProperty("type").ValueEquals(type) && push.GetProperty("actor").GetProperty("kind").ValueEquals(by);

    private static bool IsCursor(JsonElement push, string side, int delivered, int read) =>
        push.GetProperty("side").ValueEquals(side)
        && push.GetProperty("deliveredSeq").GetInt32() == delivered
        && push.GetProperty("readSeq").GetInt32() == read;
}
