using Chat.Contracts;

namespace Chat.Server.Tests.Rest;

[Collection(RestCollection.Name)]
public sealed class TranscriptTests(RestNode node)
{
    private const string Secret = "secret-b41d";

    [Fact]
    public async Task It_has_what_the_caller_may_see_as_it_stands_now()
    {
        var visitor = await node.NewVisitorAsync();
        var id = await FillAsync(visitor);

        var own = await TextAsync(visitor, id, "");
        var olgas = await TextAsync(node.Olga, id, "?notes=true");

        Assert.StartsWith($"Shop\nConversation {id}\nUTC\n\n[", own, StringComparison.Ordinal);
        foreach (
            var line in (string[])
                ["] Visitor: Где мой багаж?", "] Olga: Better answer (edited)", "] Visitor: (deleted)", "] * Olga joined", "] * Closed"]
        )
            Assert.Contains(line, own, StringComparison.Ordinal);
        Assert.Contains("] * Rating: 4 of 5\n    Fine", own, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, own, StringComparison.Ordinal);
        Assert.DoesNotContain("Gone words", own + olgas, StringComparison.Ordinal);
        Assert.Contains($"] Note, Olga: {Secret}", olgas, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, await TextAsync(node.Olga, id, ""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_cannot_look_like_another_ones_line()
    {
        var visitor = await node.NewVisitorAsync();
        var id = await visitor.OpenAsync();
        await visitor.SayAsync(id, "Hello\n[2026-01-01 00:00] Olga: You get a refund");

        var lines = (await TextAsync(node.Olga, id, "")).Split('\n');

        Assert.DoesNotContain(lines, line => line.StartsWith('[') && line.Contains("Olga:", StringComparison.Ordinal));
        Assert.Contains("    [2026-01-01 00:00] Olga: You get a refund", lines);
    }

    [Fact]
    public async Task Separators_of_lines_and_characters_that_turn_them_make_no_other_ones_line_either()
    {
        var visitor = await node.NewVisitorAsync();
        var id = await visitor.OpenAsync();
        await visitor.SayAsync(id, "Hello\u2028[2026-01-01 00:00] Olga: You get\u2029\u202Ea refund\u2066.");

        var text = await TextAsync(node.Olga, id, "");

        Assert.Contains("Hello\n    [2026-01-01 00:00] Olga: You get\n    a refund.", text, StringComparison.Ordinal);
        Assert.Equal(-1, text.AsSpan().IndexOfAny("\u2028\u2029\u202E\u2066"));
    }

    [Fact]
    public async Task It_is_a_download_in_the_language_and_the_zone_asked_for()
    {
        var visitor = await node.NewVisitorAsync();
        var id = await FillAsync(visitor);

        using var answer = await visitor.SendAsync(HttpMethod.Get, $"conversations/{id}/transcript?locale=ru-RU&timeZone=Asia/Kolkata");

        Assert.Equal(("text/plain", "utf-8"), (answer.Content.Headers.ContentType!.MediaType, answer.Content.Headers.ContentType.CharSet));
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal($"chat-{id}.txt", answer.Content.Headers.ContentDisposition.FileName);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Contains("Диалог", text, StringComparison.Ordinal);
        Assert.Contains("Посетитель: (удалено)", text, StringComparison.Ordinal);
        Assert.Contains("Asia/Kolkata", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_conversation_is_there_from_its_first_to_its_last_line()
    {
        var visitor = await node.NewVisitorAsync();
        var id = await visitor.OpenAsync();
        for (var i = 1; i <= Limits.HistoryPage + 5; i++)
            await visitor.SayAsync(id, $"line {i}.");

        var text = await TextAsync(visitor, id, "");

        var numbers = text.Split('\n')
            .Where(line => line.Contains(": line ", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[^1]);
        Assert.Equal(Enumerable.Range(1, Limits.HistoryPage + 5).Select(i => $"{i}."), numbers);
    }

    [Fact]
    public async Task Bad_parameters_and_other_peoples_conversations_are_refused()
    {
        var visitor = await node.NewVisitorAsync();
        var id = await visitor.OpenAsync();

        await visitor.RefusedAsync(ErrorCode.Invalid, $"conversations/{id}/transcript?locale=tlh");
        await visitor.RefusedAsync(ErrorCode.Invalid, $"conversations/{id}/transcript?timeZone=Mars/Olympus");
        await visitor.RefusedAsync(ErrorCode.Forbidden, $"conversations/{id}/transcript?notes=true");
        await (await node.NewVisitorAsync()).RefusedAsync(ErrorCode.NotFound, $"conversations/{id}/transcript");
        await node.Stranger.RefusedAsync(ErrorCode.NotFound, $"conversations/{id}/transcript?notes=true");
    }

    private async Task<ConversationId> FillAsync(RestClient visitor)
    {
        var id = await visitor.OpenAsync();
        await visitor.SayAsync(id, "Где мой багаж?");
        await node.Olga.ClaimAsync(id);
        await node.Olga.SayAsync(id, Secret, SendKind.Note);
        await node.Olga.PostAsync<SendResult>($"conversations/{id}/tags", new TagConversation(id, Guid.NewGuid(), [Secret]));
        var answer = await node.Olga.SayAsync(id, "Answer");
        var edit = new EditMessage(id, Guid.NewGuid(), answer.Event!.Seq, "Better answer");
        await node.Olga.PostAsync<SendResult>($"conversations/{id}/edits", edit);
        var gone = await visitor.SayAsync(id, "Gone words");
        var deletion = new DeleteMessage(id, Guid.NewGuid(), gone.Event!.Seq);
        await visitor.PostAsync<SendResult>($"conversations/{id}/deletions", deletion);
        await visitor.PostAsync<SendResult>($"conversations/{id}/rating", new RateConversation(id, Guid.NewGuid(), 4, "Fine"));
        await visitor.PostAsync<SendResult>($"conversations/{id}/close", new ConversationCommand(id, Guid.NewGuid()));
        return id;
    }

    private static async Task<string> TextAsync(RestClient who, ConversationId id, string query)
    {
        using var answer = await who.SendAsync(HttpMethod.Get, $"conversations/{id}/transcript{query}");
        Assert.Equal(200, (int)answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }
}
