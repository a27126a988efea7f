using System.Net.Http.Headers;
using Chat.Contracts;

namespace Chat.Server.Tests.Rest;

[Collection(RestCollection.Name)]
public sealed class ChangeRouteTests(RestNode node)
{
    [Fact]
    public async Task A_conversation_goes_its_whole_way_over_rest()
    {
        var visitor = await node.NewVisitorAsync();
        var id = await visitor.OpenAsync();
        var at = $"conversations/{id}";
        var said = await visitor.SayAsync(id, "Hello");
        var edited = await visitor.PostAsync<SendResult>($"{at}/edits", new EditMessage(id, Guid.NewGuid(), said.Event!.Seq, "Hello!"));
        var deleted = await visitor.PostAsync<SendResult>($"{at}/deletions", new DeleteMessage(id, Guid.NewGuid(), said.Event.Seq));
        var claimed = await node.Olga.ClaimAsync(id);
        var tagged = await node.Olga.PostAsync<SendResult>($"{at}/tags", new TagConversation(id, Guid.NewGuid(), Add: ["vip"]));
        var assigned = await node.Olga.PostAsync<SendResult>(
            $"{at}/assignment",
            new AssignConversation(id, Guid.NewGuid(), new OperatorId(node.Supervisor.Id))
        );
        var transferred = await node.Supervisor.PostAsync<SendResult>(
            $"{at}/transfer",
            new TransferConversation(id, Guid.NewGuid(), new OperatorId(node.Olga.Id), Text: "Yours")
        );
        var closed = await node.Olga.PostAsync<SendResult>($"{at}/status", new SetStatus(id, Guid.NewGuid(), ConversationStatus.Closed));
        var rated = await visitor.PostAsync<SendResult>($"{at}/rating", new RateConversation(id, Guid.NewGuid(), 5, "Thanks"));
        var again = await visitor.PostAsync<SendResult>($"{at}/close", new ConversationCommand(id, Guid.NewGuid()));

        SendResult[] results = [said, edited, deleted, claimed, tagged, assigned, transferred, closed, rated];
        Assert.Equal(
            [
                EventType.Message,
                EventType.Edited,
                EventType.Deleted,
                EventType.Assigned,
                EventType.Tagged,
                EventType.Assigned,
                EventType.Assigned,
                EventType.Status,
                EventType.Rated,
            ],
            results.Select(result => result.Event!.Type)
        );
        Assert.Equal(new SendResult(ResultStatus.Ok), again);
        var page = await node.Olga.GetAsync<ConversationPage>(at);
        Assert.Equal((ConversationStatus.Closed, 5), (page.Conversation.Status, page.Conversation.Rating));
        Assert.Equal(Enumerable.Range(1, page.Seq), page.Events.Select(e => e.Seq));
    }

    [Fact]
    public async Task A_stale_view_is_refused_with_what_was_missing()
    {
        var visitor = await node.NewVisitorAsync();
        var id = await visitor.OpenAsync();
        await node.Olga.ClaimAsync(id);
        var head = (await node.Olga.GetAsync<ConversationPage>($"conversations/{id}")).Seq;
        var unseen = await visitor.SayAsync(id, "One more thing");

        var problem = await node.Olga.RefusedAsync(
            ErrorCode.StaleView,
            $"conversations/{id}/events",
            new SendMessage(id, Guid.NewGuid(), "Done?", ExpectedSeq: head)
        );

        Assert.Equal([unseen.Event!.Seq], problem.Missing!.Select(e => e.Seq));
    }

    [Fact]
    public async Task Of_two_claims_one_is_refused_as_conflict()
    {
        var id = await (await node.NewVisitorAsync()).OpenAsync();

        await node.Olga.ClaimAsync(id);

        await node.Supervisor.RefusedAsync(ErrorCode.Conflict, $"conversations/{id}/claim", new ConversationCommand(id, Guid.NewGuid()));
    }

    [Fact]
    public async Task A_snooze_that_is_repeated_after_its_time_is_a_duplicate()
    {
        var id = await (await node.NewVisitorAsync()).OpenAsync();
        var until = TimeProvider.System.GetUtcNow().AddSeconds(2);
        var snooze = new SetStatus(id, Guid.NewGuid(), ConversationStatus.Snoozed, until);
        var first = await node.Olga.PostAsync<SendResult>($"conversations/{id}/status", snooze);
        var path = $"conversations/{id}/events?after={first.Event!.Seq}&waitMs={Limits.WaitMs}";
        Assert.NotEmpty((await node.Olga.GetAsync<HistoryResult>(path)).Events);

        var again = await node.Olga.PostAsync<SendResult>($"conversations/{id}/status", snooze);

        Assert.Equal((ResultStatus.Duplicate, first.Event), (again.Status, again.Event));
        await node.Olga.RefusedAsync(ErrorCode.Invalid, $"conversations/{id}/status", snooze with { ClientId = Guid.NewGuid() });
    }

    [Fact]
    public async Task A_transfer_that_is_repeated_after_its_target_has_left_is_a_duplicate()
    {
        var leaver = await node.AddOperatorAsync($"Leo{Guid.NewGuid():n}", OperatorRole.Operator, node.Shop);
        var id = await (await node.NewVisitorAsync()).OpenAsync();
        var transfer = new TransferConversation(id, Guid.NewGuid(), new OperatorId(leaver.Id), Text: "Yours");
        var first = await node.Olga.PostAsync<SendResult>($"conversations/{id}/transfer", transfer);
        await node.Admin.DoAsync(HttpMethod.Delete, $"admin/inboxes/{node.Shop.Id}/members/{leaver.Id}");

        var again = await node.Olga.PostAsync<SendResult>($"conversations/{id}/transfer", transfer);

        Assert.Equal((ResultStatus.Duplicate, first.Event), (again.Status, again.Event));
        await node.Olga.RefusedAsync(ErrorCode.NotFound, $"conversations/{id}/transfer", transfer with { ClientId = Guid.NewGuid() });
    }

    [Fact]
    public async Task An_assignment_that_is_repeated_after_its_team_was_removed_is_a_duplicate()
    {
        var visitor = await node.NewVisitorAsync();
        var id = await visitor.OpenAsync();
        var team = await node.Admin.PostAsync<TeamSettings>("admin/teams", new TeamDraft("Night", Inboxes: [node.Shop.Id]));
        var assignment = new AssignConversation(id, Guid.NewGuid(), TeamId: team.Id);
        var first = await node.Olga.PostAsync<SendResult>($"conversations/{id}/assignment", assignment);
        await visitor.PostAsync<SendResult>($"conversations/{id}/close", new ConversationCommand(id, Guid.NewGuid()));
        await node.Admin.DoAsync(HttpMethod.Delete, $"admin/teams/{team.Id}");

        var again = await node.Olga.PostAsync<SendResult>($"conversations/{id}/assignment", assignment);

        Assert.Equal((ResultStatus.Duplicate, first.Event!.Seq), (again.Status, again.Event!.Seq));
    }

    [Fact]
    public async Task Marks_and_typing_reach_the_other_sides_socket()
    {
        var visitor = await node.NewVisitorAsync();
        var id = await visitor.OpenAsync();
        await visitor.SayAsync(id, "Hello");
        await using var socket = node.Connect(visitor, isOperator: false);
        await socket.UntilAsync(() => socket.Log(id).Seq == 2, "the visitor's socket has the conversation");

        await node.Olga.DoAsync(HttpMethod.Post, $"conversations/{id}/typing", new TypingNotice(id));
        await node.Olga.DoAsync(HttpMethod.Post, $"conversations/{id}/viewing", new ConversationRef(id));
        await node.Olga.DoAsync(HttpMethod.Post, $"conversations/{id}/delivered", new MarkSeq(id, 1));
        await node.Olga.DoAsync(HttpMethod.Post, $"conversations/{id}/read", new MarkSeq(id, 2));

        await socket.UntilAsync(
            () => socket.Pushes.Any(push => push.Push is CursorMoved { ReadSeq: 2, Side: Side.Operator, OperatorId: null }),
            "the read mark"
        );
        var ephemerals = socket.Pushes.Select(push => push.Push).OfType<Ephemeral>().Where(e => e.Actor?.Kind == ActorKind.Operator);
        Assert.Equal([EphemeralType.Typing], ephemerals.Select(e => e.Type));
    }

    [Fact]
    public async Task A_record_of_another_conversation_than_the_address_is_invalid()
    {
        var visitor = await node.NewVisitorAsync();
        var (one, two) = (await visitor.OpenAsync(), await visitor.OpenAsync());

        await visitor.RefusedAsync(ErrorCode.Invalid, $"conversations/{one}/events", new SendMessage(two, Guid.NewGuid(), "Where?"));
        await visitor.RefusedAsync(ErrorCode.Invalid, $"conversations/{one}/read", new MarkSeq(two, 1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"conversationId":null,"clientId":"7b1c9c52-58a5-4b7e-8d35-000000000002","body":"x"}""")]
    public async Task A_body_that_is_no_record_is_invalid(string text)
    {
        var visitor = await node.NewVisitorAsync();
        var id = await visitor.OpenAsync();

        await visitor.RefusedAsync(ErrorCode.Invalid, $"conversations/{id}/events", Json(text));
    }

    [Fact]
    public async Task A_body_of_a_megabyte_is_too_large()
    {
        var visitor = await node.NewVisitorAsync();
        var id = await visitor.OpenAsync();
        var message = new SendMessage(id, Guid.NewGuid(), new string('x', 1_000_000));

        await visitor.RefusedAsync(ErrorCode.TooLarge, $"conversations/{id}/events", message);
        await visitor.RefusedAsync(ErrorCode.TooLarge, $"conversations/{id}/events", message with { Body = new string('x', 8_001) });
    }

    [Fact]
    public async Task Too_many_changes_are_rate_limited_with_the_time_to_wait()
    {
        var visitor = await node.NewVisitorAsync();
        var id = await visitor.OpenAsync();
        var message = new SendMessage(id, Guid.NewGuid(), "Again");

        var refused = await RefusedAsync();

        Assert.InRange(refused.Problem.RetryAfterMs!.Value, 1, 1000);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.RetryAfter);

        async Task<(Problem Problem, TimeSpan? RetryAfter)> RefusedAsync()
        {
            // 300 at once and ten a second: so many are too many however slow the machine is.
            for (var round = 0; round < 20; round++)
            {
                var calls = Enumerable.Range(0, 200).Select(_ => visitor.SendAsync(HttpMethod.Post, $"conversations/{id}/events", message));
                var answers = await Task.WhenAll(calls);
                if (answers.FirstOrDefault(answer => (int)answer.StatusCode == ErrorCode.RateLimited.HttpStatus) is not { } limited)
                    continue;
                var text = await limited.Content.ReadAsStringAsync();
                return (System.Text.Json.JsonSerializer.Deserialize(text, ChatJson.Wire.Problem)!, limited.Headers.RetryAfter?.Delta);
            }
            throw new InvalidOperationException("No call was limited.");
        }
    }

    private static StringContent Json(string text) => new(text, new MediaTypeHeaderValue("application/json"));
}
