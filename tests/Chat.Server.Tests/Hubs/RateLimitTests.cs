using Chat.Contracts;

namespace Chat.Server.Tests.Hubs;

/// <summary>Whoever calls too much is told so, keeps his connection, and takes nothing from others.</summary>
[Collection(HubTests.Name)]
public sealed class RateLimitTests(HubScene scene)
{
    [Fact]
    public async Task A_connection_that_calls_too_much_is_limited_and_stays()
    {
        await using var visitor = await scene.VisitorSocketAsync();
        var id = await visitor.OpenConversationAsync();

        var errors = await Task.WhenAll(
            Enumerable.Range(0, Limits.CallsBurst * 2).Select(async _ => (await visitor.CallAsync("Sync", new Sync([]))).Error)
        );

        Assert.All(errors.Take(Limits.CallsBurst / 2), Assert.Null);
        Assert.Contains(ErrorCode.RateLimited.Code, errors);
        Assert.Equal([null, ErrorCode.RateLimited.Code], errors.Distinct());
        await visitor.WriteAsync(id, "Changes have a rate of their own");
        await scene.Bystanders.ChatAsync();
    }

    [Fact]
    public async Task A_connection_that_changes_too_much_is_limited_and_stays()
    {
        await using var ron = await scene.StaffSocketAsync(scene.Seed.Ron);
        await using var visitor = await scene.VisitorSocketAsync();
        var id = await visitor.OpenConversationAsync();

        var errors = await FloodAsync(ron, id, Limits.ChangesBurst * 2);

        Assert.Equal([null, ErrorCode.RateLimited.Code], errors.Distinct());
        Assert.Null((await ron.CallAsync("History", new HistoryQuery(id))).Error);
        await visitor.WriteAsync(id, "Others have rates of their own");
        await scene.Bystanders.ChatAsync();
    }

    [Fact]
    public async Task Two_connections_of_a_user_may_change_no_more_than_one()
    {
        var session = await scene.NewVisitorAsync();
        await using var first = await scene.SocketAsync("visitor", session.Token);
        await using var second = await scene.SocketAsync("visitor", session.Token);
        var id = await first.OpenConversationAsync();

        // Each alone stays within its own burst.
        var each = Limits.ChangesBurst - 2;
        var errors = await Task.WhenAll(FloodAsync(first, id, each), FloodAsync(second, id, each));

        Assert.Contains(ErrorCode.RateLimited.Code, errors.SelectMany(e => e));
        Assert.Null((await first.CallAsync("Sync", new Sync([]))).Error);
    }

    [Fact]
    public async Task Two_connections_of_a_user_may_read_no_more_than_one()
    {
        var session = await scene.NewVisitorAsync();
        await using var first = await scene.SocketAsync("visitor", session.Token);
        await using var second = await scene.SocketAsync("visitor", session.Token);

        // Each alone stays within its own burst.
        var calls = Enumerable.Range(0, Limits.CallsBurst - 5).SelectMany(_ => (RawSocket[])[first, second]);
        var errors = await Task.WhenAll(calls.Select(async socket => (await socket.CallAsync("Sync", new Sync([]))).Error));

        Assert.Contains(ErrorCode.RateLimited.Code, errors);
        Assert.Null((await first.CallAsync("Typing", new TypingNotice(await first.OpenConversationAsync()))).Error);
    }

    private static Task<string?[]> FloodAsync(RawSocket socket, ConversationId id, int calls) =>
        Task.WhenAll(
            Enumerable
                .Range(0, calls)
                .Select(async _ => (await socket.CallAsync("Send", new SendMessage(id, Guid.NewGuid(), "Again"))).Error)
        );
}
