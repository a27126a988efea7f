using System.Data;
using Chat.Contracts;
using Chat.Server.Storage;
using Chat.Server.Storage.Postgres;
using Chat.Testing.Processes;
using Chat.Testing.Services;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Chat.Server.Tests.Storage.Postgres;

/// <summary>What servers do to the log: restart, be promoted, be several, hide behind a pooler, have another schema.</summary>
public sealed class ServerTests(PostgresLogStore store) : IClassFixture<PostgresLogStore>
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_promotion_raises_the_epoch_once_before_anything_more_is_appended()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        var before = (await scene.AppendOneAsync(LogScene.Message(id, scene.Visitor))).Epoch;
        await SetTimelineAsync(store.ConnectionString);
        var message = LogScene.Message(id, scene.Visitor);
        await using var fresh = store.Log.CreateWriter();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => scene.AppendOneAsync(message));
        var result = await scene.AppendOneAsync(message);
        var other = (await fresh.AppendAsync([LogScene.Message(id, scene.Visitor)], None))[0];

        Assert.InRange(result.Epoch, before + 1, int.MaxValue);
        Assert.Equal((AppendStatus.Appended, 3), (result.Status, result.Seq));
        Assert.Equal((AppendStatus.Appended, 4, result.Epoch), (other.Status, other.Seq, other.Epoch));
    }

    [Fact]
    public async Task A_change_and_an_opening_notice_a_promotion_too()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        var claim = new TestClaim { ConversationId = id, Author = scene.Anna };
        await scene.AppendOneAsync(LogScene.Message(id, scene.Visitor));
        var before = await store.Log.ReadEpochAsync(None);

        await SetTimelineAsync(store.ConnectionString);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => scene.ChangeAsync(claim));
        var raised = (await scene.ChangeAsync(claim)).Answer!.Epoch;
        Assert.InRange(raised, before + 1, int.MaxValue);

        await SetTimelineAsync(store.ConnectionString);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => scene.OpenAsync());
        Assert.InRange((await scene.PageAsync(await scene.OpenAsync())).Epoch, raised + 1, int.MaxValue);
    }

    [Fact]
    public async Task A_promotion_leaves_the_epoch_where_that_is_asked_for()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        var before = await store.Log.ReadEpochAsync(None);
        var settings = PostgresLogStore.Settings(store.ConnectionString);
        settings["Log:RaiseEpochOnPromotion"] = "false";
        using var host = LogStore.Build(settings);
        await SetTimelineAsync(store.ConnectionString);

        await using var writer = host.Services.GetRequiredService<IEventLog>().CreateWriter();
        var result = (await writer.AppendAsync([LogScene.Message(id, scene.Visitor)], None))[0];

        Assert.Equal((AppendStatus.Appended, before), (result.Status, result.Epoch));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task What_cannot_be_stored_is_not_taken_for_the_weather(int before)
    {
        // On a pool of its own: the fifth call of a connection is the one that prepares.
        await using var own = new OwnStore(store.ConnectionString);
        await own.InitializeAsync();
        await using var scene = await LogScene.CreateAsync(own);
        var id = await scene.OpenAsync();
        for (var i = 0; i < before; i++)
            await scene.AppendOneAsync(LogScene.Message(id, scene.Visitor));

        var failure = await Assert.ThrowsAsync<PostgresException>(() =>
            scene.AppendAsync(LogScene.Message(id, scene.Visitor), LogScene.Message(id, scene.Visitor, "no\0text"))
        );

        Assert.Equal("22021", failure.SqlState);
        Assert.Equal(before + 2, (await AppendAgainAsync(scene, LogScene.Message(id, scene.Visitor))).Seq);
    }

    /// <summary>As a lane does: the identical call while the store is away.</summary>
    private static async Task<AppendResult> AppendAgainAsync(LogScene scene, MessageAppend message)
    {
        try
        {
            return await scene.AppendOneAsync(message);
        }
        catch (StoreUnavailableException)
        {
            return await scene.AppendOneAsync(message);
        }
    }

    [Fact]
    public async Task Another_isolation_level_than_the_one_that_makes_it_exact_is_refused()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        await using var connection = new NpgsqlConnection(store.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead);
        using var append = new AppendCommand();

        var failure = await Assert.ThrowsAsync<PostgresException>(() =>
            append.ExecuteAsync(connection, "", [LogScene.Message(id, scene.Visitor)], None)
        );

        Assert.Contains("READ COMMITTED", failure.MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_outlives_a_restart_of_the_server_by_being_made_again()
    {
        await using var service = await PostgresService.StartOwnAsync();
        await using var own = new OwnStore(await service.CreateDatabaseAsync());
        await own.InitializeAsync();
        await using var scene = await LogScene.CreateAsync(own);
        var id = await scene.OpenAsync();
        await scene.AppendOneAsync(LogScene.Message(id, scene.Visitor));
        var message = LogScene.Message(id, scene.Visitor);

        await service.StopAsync();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => scene.AppendOneAsync(message));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => own.Log.ReadEpochAsync(None));
        await service.RestartAsync();
        var result = await scene.AppendOneAsync(message);

        Assert.Equal((AppendStatus.Appended, 3, 1), (result.Status, result.Seq, result.Epoch));
    }

    [Fact]
    public async Task Of_several_hosts_the_primary_is_found()
    {
        var one = new NpgsqlConnectionStringBuilder(store.ConnectionString);
        var several = new NpgsqlConnectionStringBuilder(store.ConnectionString)
        {
            Host = $"127.0.0.1:{FreePort.Next()},{one.Host}:{one.Port}",
            TargetSessionAttributes = "primary",
        };
        await using var far = new OwnStore(several.ConnectionString);
        await far.InitializeAsync();
        await using var scene = await LogScene.CreateAsync(far);

        Assert.IsType<NpgsqlMultiHostDataSource>(far.Get<PostgresDatabase>().Source);
        Assert.Equal(2, (await scene.AppendOneAsync(LogScene.Message(await scene.OpenAsync(), scene.Visitor))).Seq);
    }

    [Fact]
    public async Task A_pooler_in_transaction_mode_may_stand_between()
    {
        Assert.SkipUnless(PgBouncer.IsInstalled, "pgbouncer is not installed.");
        await using var pooler = await PgBouncer.StartAsync(store.ConnectionString, serverConnections: 3);
        await using var pooled = new OwnStore(pooler.ConnectionString, store.ConnectionString);
        await pooled.InitializeAsync();
        await using var scene = await LogScene.CreateAsync(pooled);
        var ids = new[] { await scene.OpenAsync(), await scene.OpenAsync() };

        // More writers than server connections: each call may meet another session.
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => WriteAsync(scene, ids)));

        foreach (var id in ids)
            Assert.Equal(1 + 8 * 20 + 8, (await scene.PageAsync(id)).Seq);
    }

    [Fact]
    public async Task A_server_that_starts_again_behind_a_pooler_is_looked_at_by_who_reads()
    {
        Assert.SkipUnless(PgBouncer.IsInstalled, "pgbouncer is not installed.");
        await using var service = await PostgresService.StartOwnAsync();
        var direct = await service.CreateDatabaseAsync();
        await using var pooler = await PgBouncer.StartAsync(direct, serverConnections: 3);
        await using var pooled = new OwnStore(pooler.ConnectionString, direct);
        await pooled.InitializeAsync();
        await pooled.Log.ReadEpochAsync(None);

        await service.RestartAsync();
        await BlackHoleTests.UntilAsync(() => pooled.Log.ReadEpochAsync(None));

        await using var connection = new NpgsqlConnection(direct);
        Assert.True(await connection.ExecuteScalarAsync<bool>("SELECT server_start >= pg_postmaster_start_time() FROM log_state"));
    }

    [Fact]
    public async Task The_schema_is_older_before_current_after_and_newer_when_another_version_was_at_it()
    {
        await using var own = new OwnStore(await (await PostgresService.SharedAsync()).CreateDatabaseAsync());
        using var host = LogStore.Build(PostgresLogStore.Settings(own.ConnectionString));
        var schema = host.Services.GetRequiredService<ISchema>();
        Assert.Equal(SchemaState.Older, await schema.CheckAsync(None));

        await Task.WhenAll(schema.MigrateAsync(None), schema.MigrateAsync(None));
        Assert.Equal(SchemaState.Current, await schema.CheckAsync(None));

        await using var connection = new NpgsqlConnection(own.ConnectionString);
        await connection.ExecuteAsync("INSERT INTO schema_version (scriptname, applied) VALUES ('9999_later.sql', now())");
        Assert.Equal(SchemaState.Newer, await schema.CheckAsync(None));
    }

    private static async Task WriteAsync(LogScene scene, ConversationId[] ids)
    {
        await using var writer = scene.Log.CreateWriter();
        for (var i = 0; i < 20; i++)
            await writer.AppendAsync([.. ids.Select(id => LogScene.Message(id, scene.Visitor))], None);
        foreach (var id in ids)
            await writer.ChangeAsync(new TestTag($"{Guid.NewGuid()}") { ConversationId = id, Author = scene.Anna }, None);
    }

    /// <summary>As if the server had been promoted since.</summary>
    private static async Task SetTimelineAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.ExecuteAsync("UPDATE log_state SET timeline = timeline - 1");
    }
}
