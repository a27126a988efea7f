using Chat.Contracts;
using Chat.Server.Storage;
using Chat.Server.Storage.Postgres;
using Chat.Testing.Processes;
using Chat.Testing.Services;
using Dapper;
using Npgsql;

namespace Chat.Server.Tests.Storage.Postgres;

/// <summary>What an acknowledgement rests on: the settings of servers and roles, and whether the log is still the one that was acknowledged from.</summary>
public sealed class PromiseTests(PostgresLogStore store) : IClassFixture<PostgresLogStore>
{
    private static CancellationToken None => CancellationToken.None;

    [Theory]
    [InlineData("on", "", "on", "on", 1)]
    [InlineData("on", "a", "on", "on", 2)]
    [InlineData("on", "*", "on", "on", 2)]
    [InlineData("remote_write", "a, b", "on", "on", 2)]
    [InlineData("remote_apply", "ANY 2 (a, b, c)", "on", "on", 3)]
    [InlineData("on", "first 1 (a, b)", "on", "on", 2)]
    [InlineData("on", "2(a, b)", "on", "on", 3)]
    [InlineData("on", "any", "on", "on", 2)]
    [InlineData("local", "a", "on", "on", 1)]
    [InlineData("off", "a", "on", "on", 0)]
    [InlineData("on", "a", "off", "on", 0)]
    [InlineData("on", "a", "on", "off", 0)]
    public void Settings_say_on_how_many_servers_an_acknowledged_message_is(
        string commit,
        string standbys,
        string fsync,
        string pages,
        int servers
    ) => Assert.Equal(servers, Durability.OfPostgres(commit, standbys, fsync, pages).Servers);

    [Fact]
    public async Task The_settings_of_the_service_s_own_role_count()
    {
        var role = await RoleAsync("synchronous_commit = off");
        await using var own = new OwnStore(role);
        await own.InitializeAsync();

        Assert.Equal(1, (await store.Database.ReadDurabilityAsync(None)).Servers);
        Assert.Equal(0, (await own.Database.ReadDurabilityAsync(None)).Servers);
    }

    [Fact]
    public async Task Another_isolation_level_of_the_role_is_not_the_log_s()
    {
        await using var own = new OwnStore(await RoleAsync("default_transaction_isolation = serializable"));
        await own.InitializeAsync();
        await using var scene = await LogScene.CreateAsync(own);

        Assert.Equal(2, (await scene.AppendOneAsync(LogScene.Message(await scene.OpenAsync(), scene.Visitor))).Seq);
    }

    [Theory]
    [InlineData("default_transaction_isolation = 'repeatable read'", "default_transaction_isolation")]
    [InlineData("client_min_messages = error", "client_min_messages")]
    public async Task What_a_pooler_s_sessions_may_not_have_is_refused_with_a_sentence(string setting, string named)
    {
        var role = await RoleAsync(setting);
        // As through a pooler in transaction mode: sessions have what their role has.
        await using var own = new OwnStore(role, role);

        await own.InitializeAsync();
        var refusal = await Assert.ThrowsAsync<UnfitDatabaseException>(() => own.Schema.CheckAsync(None));

        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT pg_sleep(30)", "57014")]
    [InlineData("SELECT FROM conversation FOR UPDATE", "55P03")]
    public async Task What_takes_too_long_before_a_commit_is_ended_by_the_server(string statement, string state)
    {
        await using var scene = await LogScene.CreateAsync(store);
        await scene.OpenAsync();
        await using var holder = new NpgsqlConnection(store.ConnectionString);
        await holder.OpenAsync();
        await using var holding = await holder.BeginTransactionAsync();
        await holder.ExecuteAsync("SELECT FROM conversation FOR UPDATE", transaction: holding);

        await using var connection = await store.Get<PostgresDatabase>().Source.OpenConnectionAsync(None);
        // Not by the driver: it has no limit here.
        var failure = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync(statement, commandTimeout: 0));

        Assert.Equal(state, failure.SqlState);
    }

    [Fact]
    public async Task A_transaction_whose_node_says_nothing_any_more_is_ended_by_the_server()
    {
        await using var connection = await store.Get<PostgresDatabase>().Source.OpenConnectionAsync(None);

        Assert.Equal("15s", await connection.ExecuteScalarAsync<string>("SHOW idle_in_transaction_session_timeout"));
    }

    [Fact]
    public async Task A_commit_that_is_confirmed_after_its_caller_has_gone_is_told_all_the_same()
    {
        await using var own = new OwnStore($"{store.ConnectionString};Options=-c statement_timeout=0 -c lock_timeout=0");
        await own.InitializeAsync();
        await using var holder = new NpgsqlConnection(store.ConnectionString);
        await holder.OpenAsync();
        // Stands for the standby: the commit waits for whoever holds this lock.
        await holder.ExecuteAsync(
            """
            CREATE TABLE late (id int);
            CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(4711); RETURN NULL; END';
            CREATE CONSTRAINT TRIGGER late AFTER INSERT ON late DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION late();
            SELECT pg_advisory_lock(4711)
            """
        );
        var told = new List<int>();

        var writing = own.Database.WriteAsync(
            async transaction => await transaction.Connection!.ExecuteAsync("INSERT INTO late VALUES (1)", transaction: transaction),
            told.Add,
            None
        );
        await Assert.ThrowsAsync<StoreUnavailableException>(() => writing);
        Assert.Empty(told);
        await holder.ExecuteAsync("SELECT pg_advisory_unlock(4711)");

        await BlackHoleTests.UntilAsync(() => told.Count > 0 ? Task.FromResult(true) : throw new StoreUnavailableException());
        Assert.Equal([1], told);
        await Assert.ThrowsAsync<PostgresException>(() =>
            own.Database.WriteAsync(
                transaction => transaction.Connection!.ExecuteAsync("SELECT 1 / 0", transaction: transaction),
                told.Add,
                None
            )
        );
        Assert.Single(told);
    }

    [Fact]
    public async Task A_restored_dump_raises_the_epoch_before_anybody_reads_it()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        var kept = await scene.AppendOneAsync(LogScene.Message(id, scene.Visitor));
        var restored = await (await PostgresService.SharedAsync()).CreateDatabaseAsync();
        await CopyAsync(store.ConnectionString, restored);
        await scene.AppendOneAsync(LogScene.Message(id, scene.Visitor));

        await using var own = new OwnStore(restored);
        await own.InitializeAsync();
        var page = Assert.Single(await own.Log.ReadPagesAsync([new Cursor(id, kept.Epoch, kept.Seq)], 10, None));
        await using var writer = own.Log.CreateWriter();
        var appended = (await writer.AppendAsync([LogScene.Message(id, scene.Visitor)], None))[0];

        // Nothing is behind this cursor, and yet all that its client holds is void: what came next was not restored.
        Assert.True(page.Reset);
        Assert.InRange(page.Epoch, kept.Epoch + 1, int.MaxValue);
        Assert.Equal((kept.Seq + 1, page.Epoch), (appended.Seq, appended.Epoch));
    }

    /// <summary>A database of a role that has this setting, and its connection string.</summary>
    private static async Task<string> RoleAsync(string setting)
    {
        var database = new NpgsqlConnectionStringBuilder(await (await PostgresService.SharedAsync()).CreateDatabaseAsync());
        var role = $"role_{Guid.NewGuid():N}";
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.ExecuteAsync(
            $"CREATE ROLE {role} LOGIN PASSWORD 'secret'; GRANT ALL ON SCHEMA public TO {role}; ALTER ROLE {role} SET {setting}"
        );
        (database.Username, database.Password) = (role, "secret");
        return database.ConnectionString;
    }

    private static async Task CopyAsync(string from, string to)
    {
        var dump = Path.Combine(Binaries.CreateFolder("chat-dump-"), "dump.sql");
        await ChildProcess.RunAsync([Binaries.Postgres("pg_dump")!, "--file", dump, Uri(from)]);
        await ChildProcess.RunAsync([Binaries.Postgres("psql")!, "--quiet", "--set", "ON_ERROR_STOP=1", "--file", dump, Uri(to)]);
    }

    private static string Uri(string connectionString)
    {
        var of = new NpgsqlConnectionStringBuilder(connectionString);
        return $"host={of.Host} port={of.Port} user={of.Username} dbname={of.Database} password={of.Password ?? "none"}";
    }
}
