using System.Web;
using Chat.Contracts;
using Xunit;

namespace Chat.Client.Tests.Bots;

/// <summary>Lists of an inbox that has more conversations than one answer.</summary>
public sealed class RowsTests
{
    private const int Waiting = 450;

    // The server's, the longest waiting first.
    private readonly List<InboxRow> _rows = [.. Enumerable.Range(0, Waiting).Select(Row)];
    private readonly List<string> _asked = [];
    private bool _isBusy;

    [Fact]
    public async Task By_default_it_has_the_first_of_an_inbox_and_says_that_there_are_more()
    {
        await using var desk = Open(Limits.WatchRows);

        var rows = await desk.Client.WatchAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(_rows.Take(Limits.WatchRows).Select(row => row.ConversationId), rows.Select(row => row.ConversationId));
        Assert.Equal(rows, desk.Client.Rows.Value.Values);
        Assert.True(desk.Client.HasMoreRows.Value);
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task A_bot_that_wants_all_has_all_when_the_list_is_watched_the_longest_waiting_first()
    {
        _isBusy = true;
        await using var desk = Open(int.MaxValue);

        var rows = await desk.Client.WatchAsync([Desk.Shop], TestContext.Current.CancellationToken);

        Assert.Equal(_rows.Select(row => row.ConversationId), rows.Select(row => row.ConversationId));
        Assert.False(desk.Client.HasMoreRows.Value);
    }

    [Fact]
    public async Task After_a_reconnect_what_was_closed_meanwhile_is_gone_and_all_else_is_there()
    {
        await using var desk = Open(int.MaxValue);
        await desk.Client.WatchAsync(cancellationToken: TestContext.Current.CancellationToken);
        var link = await desk.Links.NextAsync();
        _rows.RemoveRange(300, 100);
        desk.Rows = Answer();

        link.Close();

        await desk.Client.Rows.UntilAsync(rows => rows.Count == Waiting - 100);
        Assert.Equal(_rows.Select(row => row.ConversationId), desk.Client.Rows.Value.Keys);
    }

    [Fact]
    public async Task What_has_more_than_is_wanted_says_so()
    {
        await using var desk = Open(300);

        var rows = await desk.Client.WatchAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(300, rows.Count);
        Assert.True(desk.Client.HasMoreRows.Value);
    }

    [Fact]
    public async Task Pages_are_listed_by_their_cursors_and_filters()
    {
        await using var desk = Open(Limits.WatchRows);
        var colleague = new OperatorId(Guid.CreateVersion7());
        var visitor = new VisitorId(Guid.CreateVersion7());
        var query = new ConversationQuery
        {
            Inboxes = [Desk.Shop],
            Statuses = [ConversationStatus.Closed],
            Assignee = colleague,
            Visitor = visitor,
            Limit = 100,
        };

        var first = await desk.Client.ListAsync(query, cancellationToken: TestContext.Current.CancellationToken);
        await desk.Client.ListAsync(cursor: first.Next, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal([$"?inbox={Desk.Shop}&status=closed&assignee={colleague}&visitor={visitor}&limit=100", "?cursor=100"], _asked);
    }

    private Desk Open(int rowsPerInbox)
    {
        var desk = new Desk(rowsPerInbox, AnswerAsync) { Rows = Answer() };
        _ = desk.Client.StartAsync();
        return desk;
    }

    // As the hub: any order within an answer, at most 200.
    private WatchResult Answer() => new([.. _rows.Take(Limits.WatchRows).Reverse()], HasMore: _rows.Count > Limits.WatchRows);

    private Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request)
    {
        var uri = request.RequestUri!;
        if (uri.AbsolutePath.EndsWith("/session", StringComparison.Ordinal))
            return Task.FromResult(
                StubHandler.Json(
                    new OperatorSession(
                        "token",
                        TimeProvider.System.GetUtcNow().AddHours(1),
                        new OperatorFace(new OperatorId(Desk.Shop.Value), "Bot"),
                        OperatorRole.Operator,
                        MustChangePassword: false
                    )
                )
            );
        // Refused once, as a busy server does.
        if (_isBusy && _asked.Count == 1)
        {
            _isBusy = false;
            return Task.FromResult(StubHandler.Refusal(ErrorCode.Unavailable));
        }
        _asked.Add(uri.Query);
        var query = HttpUtility.ParseQueryString(uri.Query);
        var from = int.Parse(query["cursor"] ?? "0");
        var page = _rows.Skip(from).Take(100).Select(row => new InboxChange(Desk.Shop, row with { InboxId = null })).ToList();
        return Task.FromResult(StubHandler.Json(new ConversationList(page, from + 100 < _rows.Count ? $"{from + 100}" : null)));
    }

    private static InboxRow Row(int place) =>
        Pages.Row(new ConversationId(Guid.CreateVersion7())) with
        {
            InboxId = Desk.Shop,
            WaitingSince = DateTimeOffset.UnixEpoch.AddMinutes(place),
        };
}
