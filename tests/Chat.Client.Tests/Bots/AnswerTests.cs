using Chat.Contracts;
using Xunit;

namespace Chat.Client.Tests.Bots;

/// <summary>What a bot sends, and how it learns what came of that.</summary>
public sealed class AnswerTests : IAsyncDisposable
{
    private readonly Desk _desk = new();

    public ValueTask DisposeAsync() => _desk.DisposeAsync();

    [Fact]
    public async Task What_the_server_has_masked_is_shown_once_while_its_answer_is_to_come()
    {
        var link = await _desk.StartAsync();
        var key = Guid.NewGuid();
        var masked = Pages.Taken(key, Desk.Bot, "It is •••• 4242.");
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _desk.Change = async _ =>
        {
            await goOn.Task;
            return new SendResult(ResultStatus.Duplicate, masked);
        };
        var item = await _desk.Client.SendAsync(Pages.Id, "It is 4242 4242 4242 4242.", key: key);

        link.Push(masked);
        Assert.Equal(masked.Data!.Body, Assert.Single(_desk.Client.Conversations.Value[Pages.Id].Items, e => e.Key == item).Body);
        var result = _desk.Client.ResultAsync(Pages.Id, item);
        goOn.SetResult();

        Assert.Equal((ResultStatus.Duplicate, 41), await result is var r ? (r.Status, r.Event!.Seq) : default);
        Assert.Equal(masked.Data!.Body, Assert.Single(_desk.Client.Conversations.Value[Pages.Id].Items, e => e.Key == item).Body);
    }

    [Fact]
    public async Task What_was_read_and_left_stays_left_and_is_told_once_the_answer_before_it_is_there()
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _desk.Change = async request =>
        {
            await goOn.Task;
            return _desk.Store(request);
        };
        var link = await _desk.StartAsync();

        await _desk.Client.SendAsync(Pages.Id, "Soon.");
        _desk.Client.Read(Pages.Id, 40);
        _desk.Client.Leave(Pages.Id);
        goOn.SetResult();

        Assert.Equal(new MarkSeq(Pages.Id, 40), await link.NextOfAsync("Read"));
        Assert.DoesNotContain(Pages.Id, _desk.Client.Conversations.Value.Keys);
    }

    [Fact]
    public async Task What_was_read_and_left_and_is_followed_again_is_read()
    {
        _desk.Change = _ => throw new ChatException(ErrorCode.TooLarge.Code);
        await _desk.StartAsync();
        var key = await _desk.Client.SendAsync(Pages.Id, "Much");
        await Assert.ThrowsAsync<ChatException>(() => _desk.Client.ResultAsync(Pages.Id, key));

        _desk.Client.Read(Pages.Id, 39);
        _desk.Client.Leave(Pages.Id);
        await _desk.Client.FollowAsync(Pages.Id, TestContext.Current.CancellationToken);

        Assert.Equal(39, _desk.Client.Conversations.Value[Pages.Id].Cursors.Own.ReadSeq);
    }

    [Fact]
    public async Task Whoever_waits_for_a_result_is_told_that_it_is_held_and_why()
    {
        await _desk.StartAsync();
        _desk.Change = _ => Task.FromResult(new SendResult(ResultStatus.StaleView, Missing: [Pages.Message(41)]));

        var key = await _desk.Client.SendAsync(Pages.Id, "To your question", expectedSeq: 40);
        var held = await _desk.Client.ResultAsync(Pages.Id, key);

        Assert.Equal((ResultStatus.StaleView, 41), (held.Status, Assert.Single(held.Missing!).Seq));
        Assert.Equal(ItemState.Held, _desk.Client.Conversations.Value[Pages.Id].Items[^1].State);
        // Who asks later is told the same, and after the release what comes of that.
        Assert.Equal(ResultStatus.StaleView, (await _desk.Client.ResultAsync(Pages.Id, key)).Status);
        _desk.Change = request => Task.FromResult(_desk.Store(request));
        _desk.Client.Release(Pages.Id, key);
        Assert.Equal(41, (await _desk.Client.ResultAsync(Pages.Id, key)).Event!.Seq);
    }

    [Fact]
    public async Task Whoever_waits_for_the_result_of_what_is_refused_hears_why()
    {
        await _desk.StartAsync();
        _desk.Change = _ => throw new ChatException(ErrorCode.Closed.Code);

        var key = await _desk.Client.SendAsync(Pages.Id, "Too late");

        Assert.Equal("closed", (await Assert.ThrowsAsync<ChatException>(() => _desk.Client.ResultAsync(Pages.Id, key))).Code);
        Assert.Equal("closed", (await Assert.ThrowsAsync<ChatException>(() => _desk.Client.ResultAsync(Pages.Id, key))).Code);
    }

    [Fact]
    public async Task A_conversation_or_key_that_is_not_known_here_is_an_error_of_the_caller()
    {
        var unknown = new ConversationId(Guid.CreateVersion7());
        await _desk.StartAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => _desk.Client.SendAsync(unknown, "Hello?"));
        await Assert.ThrowsAsync<ArgumentException>(() => _desk.Client.ClaimAsync(unknown));
        await Assert.ThrowsAsync<ArgumentException>(() => _desk.Client.EditAsync(unknown, 1, "Hello!"));
        await Assert.ThrowsAsync<ArgumentException>(() => _desk.Client.ResultAsync(Pages.Id, "seq:40"));
        await Assert.ThrowsAsync<ArgumentException>(async () => await _desk.Client.SendAsync(Pages.Id, "Hello?", key: Guid.Empty));

        Assert.DoesNotContain(unknown, _desk.Client.Conversations.Value.Keys);
    }

    [Fact]
    public async Task Opening_what_the_operator_may_not_see_fails_and_leaves_nothing()
    {
        var unknown = new ConversationId(Guid.CreateVersion7());
        await _desk.StartAsync();

        var refusal = await Assert.ThrowsAsync<ChatException>(() => _desk.Client.FollowAsync(unknown));

        Assert.Equal("not_found", refusal.Code);
        Assert.Equal([Pages.Id], _desk.Client.Conversations.Value.Keys);
    }

    [Fact]
    public async Task A_claim_that_a_colleague_was_quicker_with_is_no_failure()
    {
        await _desk.StartAsync();
        Assert.True(await _desk.Client.TryClaimAsync(Pages.Id));

        _desk.Change = _ => throw new ChatException(ErrorCode.Conflict.Code);
        Assert.False(await _desk.Client.TryClaimAsync(Pages.Id));
    }

    [Fact]
    public async Task A_claim_of_what_a_colleague_has_closed_meanwhile_is_no_failure()
    {
        await _desk.StartAsync();

        Assert.False(await _desk.Client.TryClaimAsync(new ConversationId(Guid.CreateVersion7())));
    }
}
