using Chat.Contracts;
using Chat.Testing.Nodes;

namespace Chat.Server.Tests.Rest;

[Collection(RestCollection.Name)]
public sealed class LongPollTests(RestNode node)
{
    [Fact]
    public async Task What_is_there_already_is_answered_at_once()
    {
        var visitor = await node.NewVisitorAsync();
        var id = await visitor.OpenAsync();
        var sent = await visitor.SayAsync(id, "Here already");

        var page = await PollAsync(visitor, id, 1);

        Assert.Equal([sent.Event!], page.Events);
    }

    [Fact]
    public async Task Another_epoch_than_the_clients_is_answered_at_once()
    {
        var visitor = await node.NewVisitorAsync();
        var id = await visitor.OpenAsync();

        var page = await visitor.GetAsync<HistoryResult>($"conversations/{id}/events?after=1&waitMs={Limits.WaitMs}&epoch=77");

        Assert.Empty(page.Events);
        Assert.NotEqual(77, page.Epoch);
    }

    [Fact]
    public async Task A_request_waits_and_is_woken_by_the_others_message()
    {
        var visitor = await node.NewVisitorAsync();
        var id = await visitor.OpenAsync();
        for (var round = 0; round < 20; round++)
        {
            var head = (await visitor.GetAsync<ConversationPage>($"conversations/{id}")).Seq;
            var waiting = PollAsync(visitor, id, head);

            // The message may come before, during or after the request has subscribed: it is never missed.
            var sent = await node.Olga.SayAsync(id, $"Message {round}");

            Assert.Equal([sent.Event!.Seq], (await waiting).Events.Select(e => e.Seq));
        }
    }

    [Fact]
    public async Task A_staff_event_wakes_a_visitor_with_its_place_and_nothing_else()
    {
        var visitor = await node.NewVisitorAsync();
        var id = await visitor.OpenAsync();
        var waiting = PollAsync(visitor, id, 1);

        await node.Olga.SayAsync(id, "Secret", SendKind.Note);

        var seen = Assert.Single((await waiting).Events);
        Assert.Equal((EventType.Skip, null, null), (seen.Type, seen.Data, seen.Actor));
    }

    [Fact]
    public async Task When_the_time_is_over_the_page_is_empty()
    {
        var visitor = await node.NewVisitorAsync();
        var id = await visitor.OpenAsync();

        var page = await visitor.GetAsync<HistoryResult>($"conversations/{id}/events?after=1&waitMs=50");

        Assert.Empty(page.Events);
        Assert.False(page.HasMore);
    }

    [Fact]
    public async Task More_waits_than_allowed_are_refused_and_those_who_leave_make_room()
    {
        var visitor = await node.NewVisitorAsync();
        var id = await visitor.OpenAsync();
        using var gone = new CancellationTokenSource();
        var leaving = await FillAsync(visitor, id, gone.Token);

        await gone.CancelAsync();
        foreach (var wait in leaving)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        var staying = await FillAsync(visitor, id).WaitAsync(TimeSpan.FromSeconds(30));
        await node.Olga.SayAsync(id, "Now");

        foreach (var answer in await Task.WhenAll(staying))
            Assert.True(answer.IsSuccessStatusCode);
    }

    [Theory]
    [InlineData("waitMs=100")]
    [InlineData("after=1&waitMs=25001")]
    [InlineData("after=1&waitMs=-1")]
    [InlineData("after=1&before=9&waitMs=100")]
    [InlineData("after=-1&waitMs=100")]
    public async Task A_wait_without_a_start_or_beyond_the_limit_is_invalid(string query)
    {
        var visitor = await node.NewVisitorAsync();
        var id = await visitor.OpenAsync();

        await visitor.RefusedAsync(ErrorCode.Invalid, $"conversations/{id}/events?{query}");
    }

    [Fact]
    public async Task Those_who_are_blocked_while_they_wait_learn_it()
    {
        var visitor = await node.NewVisitorAsync();
        var id = await visitor.OpenAsync();
        var waits = await FillAsync(visitor, id);

        await node.Olga.DoAsync(HttpMethod.Put, $"visitors/{visitor.Id}/block", new BlockVisitor());

        foreach (var answer in await Task.WhenAll(waits))
        {
            var problem = await RestClient.ReadAsync<Problem>(answer);
            Assert.Equal((ErrorCode.Forbidden.Code, "blocked"), (problem.Code, problem.Detail));
        }
    }

    /// <summary>As many waits as a user may have. A full house is the only sign from outside that a request waits.</summary>
    internal static async Task<List<Task<HttpResponseMessage>>> FillAsync(
        RestClient caller,
        ConversationId id,
        CancellationToken cancellation = default
    )
    {
        var waits = Enumerable.Range(0, Limits.Waits).Select(_ => EnterAsync()).ToList();
        while (true)
        {
            using var answer = await caller.SendAsync(HttpMethod.Get, Path(1), cancellation: cancellation);
            if ((int)answer.StatusCode == ErrorCode.RateLimited.HttpStatus)
                return waits;
        }

        // Room for one may be taken by the question above, or by one who has left and is not yet known to have.
        async Task<HttpResponseMessage> EnterAsync()
        {
            while (true)
            {
                var answer = await caller.SendAsync(HttpMethod.Get, Path(Limits.WaitMs), cancellation: cancellation);
                if ((int)answer.StatusCode != ErrorCode.RateLimited.HttpStatus)
                    return answer;
            }
        }

        string Path(int waitMs) => $"conversations/{id}/events?after=1&waitMs={waitMs}";
    }

    private static Task<HistoryResult> PollAsync(
        RestClient caller,
        ConversationId id,
        int after,
        CancellationToken cancellation = default
    ) => caller.GetAsync<HistoryResult>($"conversations/{id}/events?after={after}&waitMs={Limits.WaitMs}", cancellation);
}

/// <summary>With a node of its own, since it ends.</summary>
public sealed class LongPollDrainTests
{
    [Fact]
    public async Task Draining_ends_waits_as_retryable()
    {
        await using var node = new RestNode();
        await node.InitializeAsync();
        var visitor = await node.NewVisitorAsync();
        var id = await visitor.OpenAsync();
        var waits = await LongPollTests.FillAsync(visitor, id);

        node.Node.Terminate();

        foreach (var answer in await Task.WhenAll(waits))
            Assert.Equal(ErrorCode.Draining.Code, (await RestClient.ReadAsync<Problem>(answer)).Code);
        Assert.Equal(0, await node.Node.WaitForExitAsync());
    }
}
