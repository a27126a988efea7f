using Chat.Contracts;
using Chat.Server.Conversations.Changes;
using Chat.Server.Storage.Reading;

namespace Chat.Server.Tests.Storage;

/// <summary>What is read is bounded in bytes, in the database: pages stay contiguous, and what was left out is always said.</summary>
public abstract class ByteContract(LogStore store)
{
    /// <summary>Of an event with the text that <see cref="FillAsync"/> gives it.</summary>
    private const int Event = 1250;

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_page_after_a_cursor_has_the_oldest_events_that_there_is_room_for_and_goes_on_from_its_last()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await FillAsync(scene, 11);
        var epoch = await store.Log.ReadEpochAsync(None);

        var pages = new List<ConversationPage>();
        do pages.Add(await ReadAsync(new Cursor(id, epoch, pages is [] ? 1 : pages[^1].Events[^1].Seq), bytes: 3 * Event));
        while (pages[^1].HasMore);

        Assert.Equal(["2,3,4", "5,6,7", "8,9,10", "11"], pages.Select(Seqs));
        Assert.All(pages, page => Assert.Equal((11, false), (page.Seq, page.Reset)));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(99, true)]
    public async Task A_newest_page_keeps_the_newest_and_says_that_there_are_older_ones(int seq, bool reset)
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await FillAsync(scene, 11);

        var page = await ReadAsync(new Cursor(id, 1, seq), bytes: 6 * Event);

        Assert.Equal(("6,7,8,9,10,11", true, reset), (Seqs(page), page.HasMore, page.Reset));
    }

    [Fact]
    public async Task What_just_fits_is_all_there_is()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await FillAsync(scene, 6);
        var epoch = await store.Log.ReadEpochAsync(None);

        var after = await ReadAsync(new Cursor(id, epoch, 1), bytes: 5 * Event);
        var newest = await ReadAsync(new Cursor(id, 0, 0), bytes: 6 * Event);

        Assert.Equal(("2,3,4,5,6", false), (Seqs(after), after.HasMore));
        Assert.Equal(("1,2,3,4,5,6", false), (Seqs(newest), newest.HasMore));
    }

    [Fact]
    public async Task An_event_comes_however_little_room_there_is()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await FillAsync(scene, 4, new string('€', Limits.BodyLength));
        var epoch = await store.Log.ReadEpochAsync(None);

        var after = await ReadAsync(new Cursor(id, epoch, 2), bytes: 1);
        var newest = await ReadAsync(new Cursor(id, 0, 0), bytes: 1);

        Assert.Equal(("3", true), (Seqs(after), after.HasMore));
        Assert.Equal(("4", true), (Seqs(newest), newest.HasMore));
    }

    [Fact]
    public async Task Pages_share_the_room_and_those_with_little_leave_theirs_to_those_with_much()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var epoch = await store.Log.ReadEpochAsync(None);
        var (much, little, none) = (await FillAsync(scene, 30), await FillAsync(scene, 2), await FillAsync(scene, 5));

        var pages = await ReadAsync(
            new PagesAsk([new(much, epoch, 1), new(little, epoch, 1), new(none, epoch, 5)], 100) { Bytes = 10 * Event }
        );

        Assert.Equal([("2,3,4,5,6,7,8,9,10,11", true), ("2", false), ("", false)], pages.Select(page => (Seqs(page), page.HasMore)));
    }

    [Fact]
    public async Task Past_the_most_that_an_answer_has_pages_come_empty_and_say_that_there_is_more()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var epoch = await store.Log.ReadEpochAsync(None);
        var ids = new List<ConversationId>();
        for (var i = 0; i < 6; i++)
            ids.Add(await FillAsync(scene, 4));
        Cursor[] cursors = [.. ids[..3].Select(id => new Cursor(id, epoch, 2)), .. ids[3..].Select(id => new Cursor(id, 0, 0))];

        var pages = await ReadAsync(new PagesAsk(cursors, 100) { Bytes = 1, MostBytes = 5 * Event });

        Assert.Equal(["3", "3", "3", "3,4", "", ""], pages.Select(Seqs));
        Assert.All(pages, page => Assert.Equal((true, 4), (page.HasMore, page.Seq)));
    }

    [Fact]
    public async Task Asks_that_are_read_together_have_each_their_own_room()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await FillAsync(scene, 9);
        var epoch = await store.Log.ReadEpochAsync(None);

        var shapes = await Task.WhenAll(
            Enumerable.Range(1, 40).Select(async i => Seqs(await ReadAsync(new Cursor(id, epoch, 1), bytes: i % 4 * Event + 1)))
        );

        Assert.Equal(Enumerable.Range(1, 40).Select(i => string.Join(',', Enumerable.Range(2, i % 4 + 1))), shapes);
    }

    [Theory]
    [InlineData(null, null, "10,11,12", true)]
    [InlineData(10, null, "7,8,9", true)]
    [InlineData(4, null, "1,2,3", false)]
    [InlineData(null, 1, "2,3,4", true)]
    [InlineData(null, 9, "10,11,12", false)]
    [InlineData(6, 2, "3,4,5", false)]
    [InlineData(7, 2, "3,4,5", true)]
    public async Task A_page_of_history_is_bounded_in_bytes_in_both_directions(int? before, int? after, string seqs, bool hasMore)
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await FillAsync(scene, 12, new string('€', Limits.BodyLength));

        var history = await store.Log.ReadHistoryAsync(id, before, after, Limits.HistoryPage, None);

        Assert.Equal((seqs, hasMore), (string.Join(',', history.Events.Select(e => e.Seq)), history.HasMore));
    }

    [Fact]
    public async Task What_an_event_has_besides_its_text_counts_too()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        for (var i = 0; i < 20; i++)
            await scene.ChangeAsync(RateChange.Of(id, Guid.NewGuid(), scene.Visitor, 5, new string('€', Limits.CommentLength)));

        var history = await store.Log.ReadHistoryAsync(id, null, null, Limits.HistoryPage, None);

        Assert.Equal(Enumerable.Range(11, 11), history.Events.Select(e => e.Seq));
        Assert.True(history.HasMore);
    }

    [Fact]
    public async Task Whoever_writes_after_much_that_they_have_not_seen_is_told_of_the_first_that_there_is_room_for()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await FillAsync(scene, 9, new string('€', Limits.BodyLength));

        var refused = await scene.ChangeAsync(
            new TestAnswer("Late")
            {
                ConversationId = id,
                Author = scene.Anna,
                ExpectedSeq = 2,
            }
        );

        Assert.Equal([3, 4, 5], refused.Missing!.Select(e => e.Seq));
    }

    [Fact]
    public async Task Page_and_fields_are_read_for_staff_only()
    {
        await using var scene = await LogScene.CreateAsync(store);
        Cursor[] cursors = [new(await scene.OpenAsync(), 0, 0)];

        var staff = (await ReadAsync(new PagesAsk(cursors, 1)))[0].Conversation;
        var visitor = (await ReadAsync(new PagesAsk(cursors, 1) { IsVisitors = true }))[0].Conversation;

        Assert.Equal(("17", "https://shop.example/orders"), (staff.Fields!["order"], staff.Page));
        Assert.Equal((null, null), (visitor.Fields, visitor.Page));
    }

    /// <summary>A conversation with a head; texts of 1,000 bytes, which with the event itself are <see cref="Event"/>.</summary>
    private static async Task<ConversationId> FillAsync(LogScene scene, int head, string? body = null)
    {
        var id = await scene.OpenAsync();
        body ??= new string('x', Event - 250);
        await scene.AppendAsync([.. Enumerable.Range(2, head - 1).Select(_ => LogScene.Message(id, scene.Visitor, body))]);
        return id;
    }

    private async Task<ConversationPage> ReadAsync(Cursor cursor, int bytes) =>
        Assert.Single(await ReadAsync(new PagesAsk([cursor], Limits.SyncPage) { Bytes = bytes }));

    private Task<IReadOnlyList<ConversationPage>> ReadAsync(PagesAsk ask) => store.Log.ReadPagesAsync(ask, None);

    private static string Seqs(ConversationPage page) => string.Join(',', page.Events.Select(e => e.Seq));
}

public sealed class PostgresByteTests(PostgresLogStore store) : ByteContract(store), IClassFixture<PostgresLogStore>;

public sealed class SqliteByteTests(SqliteLogStore store) : ByteContract(store), IClassFixture<SqliteLogStore>;
