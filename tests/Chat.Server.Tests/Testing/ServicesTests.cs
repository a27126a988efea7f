using Chat.Testing.Services;
using Npgsql;
using StackExchange.Redis;

namespace Chat.Server.Tests.Testing;

public sealed class PostgresServiceTests
{
    [Fact]
    public async Task Each_database_of_the_shared_server_is_fresh_and_its_commits_are_durable()
    {
        var postgres = await PostgresService.SharedAsync();
        var first = await postgres.CreateDatabaseAsync();
        var second = await postgres.CreateDatabaseAsync();

        await ExecuteAsync(first, "CREATE TABLE only_here (id int)");

        Assert.Same(postgres, await PostgresService.SharedAsync());
        Assert.Equal(0L, await ExecuteAsync(second, "SELECT count(*) FROM pg_tables WHERE tablename = 'only_here'"));
        Assert.Equal("on", await ExecuteAsync(second, "SELECT current_setting('fsync')"));
    }

    [Fact]
    public async Task A_killed_server_comes_back_on_its_port_with_every_commit()
    {
        await using var postgres = await PostgresService.StartOwnAsync();
        var database = await postgres.CreateDatabaseAsync();
        await ExecuteAsync(database, "CREATE TABLE kept AS SELECT 42 AS id");

        await postgres.KillAsync();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => ExecuteAsync(database, "SELECT 1"));
        await postgres.RestartAsync();

        Assert.Equal(42, await ExecuteAsync(database, "SELECT id FROM kept"));
    }

    [Fact]
    public async Task A_paused_server_answers_nothing_until_it_is_resumed()
    {
        await using var postgres = await PostgresService.StartOwnAsync();
        await using var connection = new NpgsqlConnection(postgres.AdminConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT 1", connection);

        await postgres.PauseAsync();
        var answer = command.ExecuteScalarAsync();
        await Assert.ThrowsAsync<TimeoutException>(() => answer.WaitAsync(TimeSpan.FromMilliseconds(300)));
        await postgres.ResumeAsync();

        Assert.Equal(1, await answer);
    }

    private static async Task<object?> ExecuteAsync(string connectionString, string sql)
    {
        var unpooled = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
        await using var connection = new NpgsqlConnection(unpooled);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}

public sealed class RedisServiceTests
{
    [Fact]
    public async Task A_paused_server_lets_pings_time_out_and_heals_when_resumed()
    {
        await using var redis = await RedisService.StartOwnAsync();
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"{redis.Configuration},asyncTimeout=300");
        var database = connection.GetDatabase();
        await database.PingAsync();

        await redis.PauseAsync();
        await Assert.ThrowsAsync<RedisTimeoutException>(() => database.PingAsync());
        await redis.ResumeAsync();

        await database.PingAsync();
    }

    [Fact]
    public async Task A_killed_server_comes_back_empty_on_its_port()
    {
        await using var redis = await RedisService.StartOwnAsync();
        await using (var before = await ConnectionMultiplexer.ConnectAsync(redis.Configuration))
        {
            await before.GetDatabase().StringSetAsync("key", "value");
        }

        await redis.KillAsync();
        await Assert.ThrowsAsync<RedisConnectionException>(() => ConnectionMultiplexer.ConnectAsync(redis.Configuration));
        await redis.RestartAsync();

        await using var after = await ConnectionMultiplexer.ConnectAsync(redis.Configuration);
        Assert.False(await after.GetDatabase().KeyExistsAsync("key"));
    }

    [Fact]
    public async Task Sentinel_makes_the_replica_the_master_when_the_master_is_killed()
    {
        await using var service = await SentinelService.StartAsync();
        var first = service.MasterPort;

        await service.KillMasterAsync();

        await using var connection = await ConnectionMultiplexer.ConnectAsync(service.Configuration);
        await connection.GetDatabase().StringSetAsync("key", "value");
        Assert.NotEqual(first, service.MasterPort);
    }
}
