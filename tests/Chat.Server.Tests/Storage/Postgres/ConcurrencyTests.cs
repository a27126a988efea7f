using Chat.Contracts;
using Chat.Server.Storage;
using CsCheck;
using Dapper;
using Npgsql;

namespace Chat.Server.Tests.Storage.Postgres;

/// <summary>What several nodes may do to one conversation at once.</summary>
public sealed class ConcurrencyTests(PostgresLogStore store) : IClassFixture<PostgresLogStore>
{
    private const int Conversations = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private const string Waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    private static CancellationToken None => CancellationToken.None;

    /// <summary>A message of the run: which conversation, which author, and which of a few clientIds, so that repeats and conflicts happen.</summary>
    private static readonly Gen<(int Conversation, int Key, int Body)[][]> Batches = Gen.Select(
            Gen.Int[0, Conversations - 1],
            Gen.Int[0, 60],
            Gen.Frequency((9, Gen.Const(0)), (1, Gen.Int[1, 2]))
        )
        .Array[1, 12]
        .Array[1, 10];

    [Fact]
    public async Task Concurrent_batches_leave_no_holes_and_no_doubles_and_no_reader_ever_sees_a_hole()
    {
        await using var scene = await LogScene.CreateAsync(store);
        await Gen.Select(Batches, Batches).SampleAsync(async runs => await RunAsync(scene, runs.Item1, runs.Item2), iter: 25, threads: 1);
    }

    [Fact]
    public async Task The_same_client_id_through_two_writers_at_once_gives_one_event()
    {
        await using var scene = await LogScene.CreateAsync(store);
        await using var other = store.Log.CreateWriter();
        for (var round = 0; round < 50; round++)
        {
            var id = await scene.OpenAsync();
            var message = LogScene.Message(id, scene.Visitor);

            var results = await Task.WhenAll(scene.AppendOneAsync(message), AppendOneAsync(other, message));

            Assert.Equal([AppendStatus.Appended, AppendStatus.Duplicate], results.Select(r => r.Status).Order());
            Assert.All(results, r => Assert.Equal(2, r.Seq));
            Assert.Equal(2, (await scene.PageAsync(id)).Seq);
        }
    }

    [Fact]
    public async Task A_wake_up_that_another_node_is_at_work_on_is_left_to_it()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var until = new DateTimeOffset(2032, 1, 2, 3, 4, 5, TimeSpan.Zero);
        var id = await scene.OpenAsync();
        var snooze = new TestStatus(ConversationStatus.Snoozed, until) { ConversationId = id, Author = scene.Anna };
        await scene.ChangeAsync(snooze);
        await using var holder = new NpgsqlConnection(store.ConnectionString);
        await holder.OpenAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await holder.ExecuteAsync("SELECT 1 FROM conversation WHERE id = @id FOR NO KEY UPDATE", new { id }, transaction);

        var meanwhile = await scene.Log.ReadDueAsync(until, 100, None);
        await transaction.RollbackAsync();
        var after = await scene.Log.ReadDueAsync(until, 100, None);

        Assert.DoesNotContain(meanwhile, due => due.Id == id);
        Assert.Contains(after, due => due.Id == id);
    }

    [Fact]
    public async Task A_look_for_wake_ups_commits_nothing_that_a_standby_would_have_to_confirm()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var until = TimeProvider.System.GetUtcNow().AddHours(-1);
        var id = await scene.OpenAsync();
        await scene.ChangeAsync(new TestStatus(ConversationStatus.Snoozed, until) { ConversationId = id, Author = scene.Anna });

        var due = await scene.Log.ReadDueAsync(TimeProvider.System.GetUtcNow(), 100, None);

        Assert.Contains(due, wake => wake.Id == id);
        await using var connection = new NpgsqlConnection(store.ConnectionString);
        var locked = await connection.QuerySingleAsync<string>(
            "SELECT pg_xact_status(xmax::text::xid8) FROM conversation WHERE id = @id",
            new { id }
        );
        Assert.Equal("aborted", locked);
    }

    [Fact]
    public async Task An_opening_that_is_under_way_goes_with_its_visitor_who_is_being_identified()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = new ConversationId(Guid.CreateVersion7());
        await using var opening = new NpgsqlConnection(store.ConnectionString);
        await opening.OpenAsync();
        await using var transaction = await opening.BeginTransactionAsync();
        await opening.ExecuteAsync(
            """
            INSERT INTO visitor (id, inbox_id, created_at) VALUES (@VisitorId, @Inbox, now());
            INSERT INTO conversation (id, inbox_id, visitor_id, client_id, status, opened_at, last_seq, last_at, state_seq)
            VALUES (@id, @Inbox, @VisitorId, @id, 0, now(), 1, now(), 1)
            """,
            new
            {
                id,
                scene.VisitorId,
                scene.Inbox,
            },
            transaction
        );

        var identifying = new IdentityScene(store).IdentifyAsync(scene, IdentityScene.Anonymous(scene));
        await using var watch = new NpgsqlConnection(store.ConnectionString);
        while (!identifying.IsCompleted && await watch.ExecuteScalarAsync<long>(Waiting) == 0)
            await Task.Yield();
        await transaction.CommitAsync();

        Assert.Equal(await identifying, (await store.Log.FindOwnerAsync(id, None))!.VisitorId);
    }

    [Fact]
    public async Task A_writer_that_waited_for_the_lock_sees_what_was_stored_meanwhile()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        var message = LogScene.Message(id, scene.Visitor);
        await using var holder = new NpgsqlConnection(store.ConnectionString);
        await holder.OpenAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        using var append = new Chat.Server.Storage.Postgres.AppendCommand();
        var first = (await append.ExecuteAsync(holder, "", [message], CancellationToken.None))[0];

        var waiting = scene.AppendOneAsync(message);
        await SomebodyWaitsForALockAsync();
        Assert.False(waiting.IsCompleted);
        await transaction.CommitAsync();
        var second = await waiting.WaitAsync(Patience);

        Assert.Equal((AppendStatus.Appended, 2), (first.Status, first.Seq));
        Assert.Equal((AppendStatus.Duplicate, 2), (second.Status, second.Seq));
    }

    [Fact]
    public async Task A_batch_cut_off_while_it_waited_is_stored_once_when_it_is_made_again()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        var message = LogScene.Message(id, scene.Visitor);
        await using var holder = new NpgsqlConnection(store.ConnectionString);
        await holder.OpenAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await holder.ExecuteAsync("SELECT FROM conversation WHERE id = @Value FOR NO KEY UPDATE", new { id.Value }, transaction);

        var waiting = scene.AppendOneAsync(message);
        await SomebodyWaitsForALockAsync();
        await holder.ExecuteAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
            transaction: transaction
        );
        await Assert.ThrowsAsync<StoreUnavailableException>(() => waiting.WaitAsync(Patience));
        await transaction.CommitAsync();

        Assert.Equal((AppendStatus.Appended, 2), Brief(await scene.AppendOneAsync(message)));
        Assert.Equal((AppendStatus.Duplicate, 2), Brief(await scene.AppendOneAsync(message)));
    }

    private async Task RunAsync(LogScene scene, (int, int, int)[][] left, (int, int, int)[][] right)
    {
        await using var other = store.Log.CreateWriter();
        var ids = new ConversationId[Conversations];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = await scene.OpenAsync();

        using var done = new CancellationTokenSource();
        var reading = ReadUntilAsync(ids, done.Token);
        var stored = (await Task.WhenAll(WriteAsync(scene, scene.Writer, ids, left), WriteAsync(scene, other, ids, right)))
            .SelectMany(r => r)
            .ToLookup(r => r.Item.ConversationId);
        await done.CancelAsync();
        await reading.WaitAsync(Patience);

        foreach (var id in ids)
        {
            var page = await scene.PageAsync(id);
            Assert.Equal(Enumerable.Range(1, page.Seq), page.Events.Select(e => e.Seq));
            Assert.Equal(page.Events.Select(e => e.At).Order(), page.Events.Select(e => e.At));
            Assert.Equal(page.Events.Count, page.Events.Select(e => e.ClientId).Distinct().Count());
            var appended = stored[id].Where(r => r.Result.Status == AppendStatus.Appended).ToDictionary(r => r.Result.Seq);
            Assert.Equal(page.Seq - 1, appended.Count);
            Assert.All(
                page.Events.Skip(1),
                e => Assert.Equal((appended[e.Seq].Item.ClientId, appended[e.Seq].Item.Body), (e.ClientId!.Value, e.Data!.Body))
            );
            foreach (var (item, result) in stored[id].Where(r => r.Result.Status == AppendStatus.Duplicate))
                Assert.Equal((item.ClientId, item.Body), (appended[result.Seq].Item.ClientId, appended[result.Seq].Item.Body));
        }
    }

    private static async Task<List<(MessageAppend Item, AppendResult Result)>> WriteAsync(
        LogScene scene,
        ILogWriter writer,
        ConversationId[] ids,
        (int Conversation, int Key, int Body)[][] batches
    )
    {
        var stored = new List<(MessageAppend, AppendResult)>();
        foreach (var batch in batches)
        {
            var items = batch
                .DistinctBy(m => (m.Conversation, m.Key))
                .Select(m => LogScene.Message(ids[m.Conversation], scene.Visitor, $"{m.Body}", clientId: KeyOf(m.Key)))
                .ToList();
            var results = await writer.AppendAsync(items, None).WaitAsync(Patience);
            Assert.All(results, r => Assert.True(r.Status is AppendStatus.Appended or AppendStatus.Duplicate or AppendStatus.Conflict));
            stored.AddRange(items.Zip(results));
        }
        return stored;
    }

    /// <summary>Commit order is seq order: whoever sees a seq sees all before it.</summary>
    private async Task ReadUntilAsync(ConversationId[] ids, CancellationToken done)
    {
        var cursors = ids.Select(id => new Cursor(id, 0, 0)).ToArray();
        while (!done.IsCancellationRequested)
            foreach (var page in await store.Log.ReadPagesAsync(cursors, 1_000, None))
                Assert.Equal(Enumerable.Range(1, page.Seq), page.Events.Select(e => e.Seq));
    }

    /// <summary>The server waits for it, not we.</summary>
    private async Task SomebodyWaitsForALockAsync()
    {
        await using var connection = new NpgsqlConnection(store.ConnectionString);
        await connection.ExecuteAsync(
            """
            DO $$
            BEGIN
                WHILE NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock') LOOP
                    PERFORM pg_sleep(0.002);
                    PERFORM pg_stat_clear_snapshot();
                END LOOP;
            END $$
            """
        );
    }

    private static Guid KeyOf(int key) => new(key, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);

    private static (AppendStatus, int) Brief(AppendResult result) => (result.Status, result.Seq);

    private static async Task<AppendResult> AppendOneAsync(ILogWriter writer, MessageAppend item) =>
        (await writer.AppendAsync([item], None))[0];
}
