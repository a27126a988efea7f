using Chat.Contracts;
using Xunit;

namespace Chat.Client.Tests;

/// <summary>What an operator follows, while what he may see changes and connections come and go.</summary>
public sealed class FollowingTests : IAsyncDisposable
{
    private static readonly InboxId Shop = new(Guid.CreateVersion7());
    private static readonly InboxId Repairs = new(Guid.CreateVersion7());

    private readonly RecordingLink.Factory _links;
    private readonly OperatorClient _client;

    // What the server says.
    private IReadOnlyList<InboxId> _own = [Shop, Repairs];
    private IReadOnlyList<ConversationPage> _held = [];
    private Task _lists = Task.CompletedTask;
    private bool _loses;

    public FollowingTests()
    {
        _links = new RecordingLink.Factory { Answer = AnswerAsync };
        var options = new OperatorClientOptions
        {
            Url = new Uri("http://chat.example"),
            HttpHandler = () => new StubHandler(_ => Task.FromResult(StubHandler.Refusal(ErrorCode.Unavailable))),
        };
        _client = new OperatorClient(options, _ => _links);
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [Fact]
    public async Task Whoever_loses_an_inbox_goes_on_with_the_others()
    {
        await _client.StartAsync();
        var link = await _links.NextAsync();
        await _client.Me.UntilAsync(me => me is not null);
        await _client.WatchAsync([Shop, Repairs]);
        await _client.Rows.UntilAsync(rows => rows.Count == 2);

        _own = [Shop];
        link.Close(DisconnectReason.AccessChanged.Code);

        await _client.Rows.UntilAsync(rows => rows.Count == 1 && rows.ContainsKey(new ConversationId(Shop.Value)));
        await _client.Connection.UntilAsync(state => state.Status == ConnectionStatus.Online);
    }

    [Fact]
    public async Task Whoever_loses_one_between_two_calls_asks_once_more_which_are_his()
    {
        _loses = true;
        var watching = _client.WatchAsync([Shop, Repairs]);
        await _client.StartAsync();

        await watching;
        await _client.Rows.UntilAsync(rows => rows.Count == 1);
        await _client.Connection.UntilAsync(state => state.Status == ConnectionStatus.Online);
    }

    [Fact]
    public async Task A_list_that_is_asked_for_while_the_connection_is_made_is_watched_when_it_is()
    {
        var (link, goOn) = await BeginAsync();

        var watching = _client.WatchAsync([Repairs]);
        goOn.SetResult();

        Assert.Equal([Repairs], ((Watch)await link.CallOfAsync("Watch")).Inboxes);
        Assert.Equal([Repairs.Value], (await watching).Select(row => row.ConversationId.Value));
    }

    [Fact]
    public async Task A_list_that_is_left_while_the_connection_is_made_is_watched_no_more_when_it_is()
    {
        var (link, goOn) = await BeginAsync();

        var watching = _client.WatchAsync([]);
        goOn.SetResult();

        Assert.Empty(((Watch)await link.CallOfAsync("Watch")).Inboxes);
        Assert.Empty(await watching);
    }

    [Fact]
    public async Task A_conversation_that_is_opened_while_the_connection_is_made_is_followed_when_it_is()
    {
        var (link, goOn) = await BeginAsync();

        _client.Open(Pages.Id);
        goOn.SetResult();

        Assert.Equal([new Cursor(Pages.Id, 0, 0)], ((Sync)await link.CallOfAsync("Sync")).Cursors);
    }

    [Fact]
    public async Task What_the_Hello_had_no_room_for_is_fetched_though_the_connection_is_made_for_a_while_yet()
    {
        _held = [Pages.After(0, many: 10)];
        var (link, goOn) = await BeginAsync();

        goOn.SetResult();

        Assert.Equal([new Cursor(Pages.Id, 1, 10)], ((Sync)await link.CallOfAsync("Sync")).Cursors);
    }

    [Fact]
    public async Task Whoever_signs_out_leaves_no_list_to_the_next_one()
    {
        var watching = _client.WatchAsync([Shop]);
        await _client.StartAsync();
        Assert.Single(await watching);

        await _client.SignOutAsync();

        Assert.Empty(_client.Rows.Value);
        Assert.Null(_client.Me.Value);
        await _links.NextAsync();
        await _client.StartAsync();
        var link = await _links.NextAsync();
        await link.CallOfAsync("Hello");
        await _client.WatchAsync([Repairs]);
        Assert.Equal([Repairs], ((Watch)await link.CallOfAsync("Watch")).Inboxes);
    }

    /// <summary>A connection whose greeting waits for the lists.</summary>
    private async Task<(RecordingLink Link, TaskCompletionSource GoOn)> BeginAsync()
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _lists = goOn.Task;
        _ = _client.WatchAsync([Shop]);
        _ = _client.StartAsync();
        var link = await _links.NextAsync();
        await link.CallOfAsync("Hello");
        await link.CallOfAsync("Watch");
        return (link, goOn);
    }

    private async Task<object?> AnswerAsync(object request)
    {
        if (request is Hello)
            return new HelloResult(default, new Me(ActorKind.Operator, Shop.Value, "Anna", null, _own), ClientLimits.Current, _held);
        if (request is Sync)
            return new SyncResult([]);
        if (request is not Watch watch)
            return null;
        await _lists;
        if (_loses)
            (_loses, _own) = (false, [Shop]);
        if (watch.Inboxes.Except(_own).Any())
            throw new ChatException(ErrorCode.NotFound.Code);
        return new WatchResult([.. watch.Inboxes.Select(Row)], HasMore: false);
    }

    private static InboxRow Row(InboxId inbox) => Pages.Row(new ConversationId(inbox.Value));
}
