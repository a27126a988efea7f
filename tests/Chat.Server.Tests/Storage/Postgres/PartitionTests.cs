using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Storage;
using Chat.Server.Storage.Postgres;
using Chat.Server.Storage.Reading;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Chat.Server.Tests.Storage.Postgres;

/// <summary>Plans as the server really ran them (auto_explain tells), on several months of conversations.</summary>
public sealed class PartitionTests(PostgresLogStore store) : IClassFixture<PostgresLogStore>
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task An_append_looks_for_repeats_in_one_partition_by_key()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await FillMonthsAsync(scene);
        await using var session = await ExplainedSession.OpenAsync(store.ConnectionString);
        using var append = new AppendCommand();

        // The fifth run is the last one that is planned for its own parameters; the plan that stays comes after.
        for (var run = 0; run < 8; run++)
        {
            session.Plans.Clear();
            await append.ExecuteAsync(session.Connection, "", [LogScene.Message(id, scene.Visitor)], None);
        }

        var scans = session.Scans("event");
        Assert.Equal(["event_dedup_" + Month(0)], scans.Select(s => s.Relation).Distinct());
        Assert.All(scans, s => Assert.StartsWith("Index", s.Kind, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Catch_up_and_history_read_one_partition_by_key()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await FillMonthsAsync(scene);
        await using var session = await ExplainedSession.OpenAsync(store.ConnectionString);
        var pages = new LogPages(LogSql.Postgres);

        await pages.ReadAsync(session.Connection, [new PagesAsk([new Cursor(id, 1, 1)], 10)], None);
        var catchUp = session.Scans("event");
        session.Plans.Clear();
        await pages.ReadHistoryAsync(session.Connection, id, 3, null, 2, None);
        var history = session.Scans("event");

        foreach (var scans in new[] { catchUp, history })
        {
            var scan = Assert.Single(scans);
            Assert.Equal("event_" + Month(0), scan.Relation);
            Assert.StartsWith("Index", scan.Kind, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task No_index_names_what_an_append_changes()
    {
        await using var connection = new NpgsqlConnection(store.ConnectionString);

        var indexed = await connection.QueryAsync<string>(
            "SELECT DISTINCT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid "
                + "AND (a.attnum = ANY (i.indkey) OR pg_get_expr(i.indpred, i.indrelid) ~ ('\\m' || a.attname || '\\M')) "
                + "WHERE i.indrelid = 'conversation'::regclass"
        );

        Assert.Contains("status", indexed);
        Assert.DoesNotContain("last_seq", indexed);
        Assert.DoesNotContain("last_at", indexed);
        Assert.DoesNotContain("last_message_seq", indexed);
        Assert.DoesNotContain("waiting_since", indexed);
    }

    [Fact]
    public async Task Maintenance_makes_the_months_ahead_and_one_back_once()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2040, 11, 30, 23, 59, 59, TimeSpan.Zero));
        var migrator = new PostgresMigrator(
            Options.Create(new StorageOptions { ConnectionString = store.ConnectionString }),
            store.Get<PostgresDatabase>(),
            time,
            NullLogger<PostgresMigrator>.Instance
        );

        await Task.WhenAll(migrator.MaintainAsync(None), migrator.MaintainAsync(None));

        Assert.Equal(["204010", "204011", "204012", "204101", "204102"], await MonthsAsync("event_2040%", "event_2041%"));
        Assert.Equal(["204010", "204011", "204012", "204101", "204102"], await MonthsAsync("event_dedup_2040%", "event_dedup_2041%"));
    }

    [Fact]
    public async Task A_conversation_without_a_partition_is_unavailable_and_holds_up_nobody()
    {
        await using var scene = await LogScene.CreateAsync(store);
        using var lanes = scene.Lanes();
        await lanes.StartAsync(None);
        var good = await scene.OpenAsync();
        var month = new ConversationId(Guid.CreateVersion7(DateTimeOffset.Parse("2001-01-01T00:00:00Z")));
        var later = new ConversationId(Guid.CreateVersion7(DateTimeOffset.Parse("2001-01-02T00:00:00Z")));
        await ExecuteAsync(
            $"INSERT INTO conversation SELECT (json_populate_record(c, json_build_object('id', '{month}', 'client_id', gen_random_uuid()))).* FROM conversation c WHERE id = '{good}'"
        );

        var missing = await Assert.ThrowsAsync<PartitionMissingException>(() => scene.AppendAsync(LogScene.Message(month, scene.Visitor)));
        var opening = await Assert.ThrowsAsync<PartitionMissingException>(() =>
            scene.Log.OpenAsync(scene.NewConversation() with { Id = later, ClientId = Guid.NewGuid() }, None)
        );
        var together = await Task.WhenAll(
            lanes.AppendAsync(LogScene.Message(good, scene.Visitor), null),
            lanes.AppendAsync(LogScene.Message(month, scene.Visitor), null)
        );

        Assert.All([missing, opening], e => Assert.Contains("run the command maintain", e.Message, StringComparison.Ordinal));
        Assert.Equal([null, ErrorCode.Unavailable], together.Select(outcome => outcome.IsRefused ? outcome.Refusal : null));
        await lanes.StopAsync(None);
    }

    [Fact]
    public void The_bounds_of_a_month_part_the_ids_of_its_conversations()
    {
        var month = DateTimeOffset.Parse("2026-03-01T00:00:00Z");

        Assert.Equal("019ca6b1-dc00-0000-0000-000000000000", PostgresMigrator.LowestIdOf(month).ToString());
        Assert.True(Guid.CreateVersion7(month).CompareTo(PostgresMigrator.LowestIdOf(month)) > 0);
        Assert.True(Guid.CreateVersion7(month.AddMilliseconds(-1)).CompareTo(PostgresMigrator.LowestIdOf(month)) < 0);
    }

    private async Task<IEnumerable<string>> MonthsAsync(params string[] patterns)
    {
        await using var connection = new NpgsqlConnection(store.ConnectionString);
        return await connection.QueryAsync<string>(
            "SELECT right(relname, 6) FROM pg_class WHERE relkind = 'r' AND relispartition AND relname LIKE ANY (@patterns) ORDER BY 1",
            new { patterns }
        );
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(store.ConnectionString);
        await connection.ExecuteAsync(sql);
    }

    private static string Month(int ahead) => TimeProvider.System.GetUtcNow().AddMonths(ahead).ToString("yyyyMM");

    /// <summary>A conversation in each of five months, the current one's comes back.</summary>
    private static async Task<ConversationId> FillMonthsAsync(LogScene scene)
    {
        ConversationId current = default;
        for (var month = -1; month <= 3; month++)
        {
            var opened = scene.NewConversation() with
            {
                Id = new ConversationId(Guid.CreateVersion7(TimeProvider.System.GetUtcNow().AddMonths(month))),
            };
            await scene.Log.OpenAsync(opened, None);
            await scene.AppendAsync([.. Enumerable.Range(0, 50).Select(i => LogScene.Message(opened.Id, scene.Visitor, $"{i}"))]);
            if (month == 0)
                current = opened.Id;
        }
        return current;
    }

    /// <summary>A session whose every statement comes back with the plan that it ran by, those inside functions too.</summary>
    private sealed class ExplainedSession : IAsyncDisposable
    {
        private ExplainedSession(NpgsqlConnection connection)
        {
            Connection = connection;
            connection.Notice += (_, e) => Plans.Add(e.Notice.MessageText);
        }

        public NpgsqlConnection Connection { get; }

        public List<string> Plans { get; } = [];

        public static async Task<ExplainedSession> OpenAsync(string connectionString)
        {
            var connection = new NpgsqlConnection(
                new NpgsqlConnectionStringBuilder(connectionString)
                {
                    Pooling = false,
                    MaxAutoPrepare = 20,
                    AutoPrepareMinUsages = 1,
                }.ConnectionString
            );
            await connection.OpenAsync();
            await connection.ExecuteAsync(
                "LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0; SET auto_explain.log_analyze = on; "
                    + "SET auto_explain.log_nested_statements = on; SET auto_explain.log_format = json; SET client_min_messages = log"
            );
            return new ExplainedSession(connection);
        }

        /// <summary>What was really read of tables whose names begin so: nodes that ran.</summary>
        public List<(string Relation, string Kind)> Scans(string prefix)
        {
            var scans = new List<(string, string)>();
            foreach (var plan in Plans)
            {
                using var json = JsonDocument.Parse(plan[plan.IndexOf('{', StringComparison.Ordinal)..]);
                Collect(json.RootElement.GetProperty("Plan"), prefix, scans);
            }
            return scans;
        }

        public ValueTask DisposeAsync() => Connection.DisposeAsync();

        private static void Collect(JsonElement node, string prefix, List<(string, string)> scans)
        {
            var kind = node.GetProperty("Node Type").GetString()!;
            if (
                kind.EndsWith("Scan", StringComparison.Ordinal)
                && node.TryGetProperty("Relation Name", out var relation)
                && relation.GetString()!.StartsWith(prefix, StringComparison.Ordinal)
                && node.GetProperty("Actual Loops").GetDouble() > 0
            )
                scans.Add((relation.GetString()!, kind));
            if (node.TryGetProperty(nameof(Plans), out var children))
                foreach (var child in children.EnumerateArray())
                    Collect(child, prefix, scans);
        }
    }
}
