using System.Text;
using Chat.Contracts;
using Chat.Testing.Clients;
using Microsoft.AspNetCore.SignalR;
using Npgsql;

namespace Chat.Faults.Tests;

[Collection<SharedScene>]
public sealed class PostgresFaultTests(SharedScene fixture)
{
    private readonly FaultScene _scene = fixture.Scene;

    [Fact]
    public async Task PostgreSQL_restarted_and_killed_under_load_loses_doubles_and_reorders_nothing()
    {
        await using var traffic = await Traffic.StartAsync(_scene);

        await traffic.MoreAsync(30);
        await _scene.Postgres.RestartAsync();
        await traffic.MoreAsync(30);
        await _scene.Postgres.KillAsync();
        await _scene.Postgres.RestartAsync();
        await traffic.MoreAsync(30);
        await traffic.StopAsync();

        await _scene.VerifyAsync();
    }

    [Fact]
    public Task A_PostgreSQL_that_writes_no_more_for_a_while_restarts_nothing_and_loses_nothing() =>
        _scene.EndureAsync(
            () => SetReadOnlyAsync("on"),
            async () =>
            {
                await SetReadOnlyAsync("off");
                await ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()");
            }
        );

    [Fact]
    public async Task A_PostgreSQL_without_a_free_connection_for_a_while_restarts_nothing_and_loses_nothing()
    {
        var taken = new List<NpgsqlConnection>();
        try
        {
            await _scene.EndureAsync(TakeAsync, GiveBackAsync, ("chat_dependency_up", Broken: 1, Mended: 2));
        }
        finally
        {
            await GiveBackAsync();
        }

        // The nodes lose what they have, and what they ask for anew somebody else has got.
        async Task TakeAsync()
        {
            await using var killer = new NpgsqlConnection(_scene.Database);
            await killer.OpenAsync();
            while (await NextAsync() is { } next)
                taken.Add(next);
            await using var kill = new NpgsqlCommand(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name <> 'taker' AND pid <> pg_backend_pid()",
                killer
            );
            for (var round = 0; round < 3; round++)
            {
                await kill.ExecuteNonQueryAsync();
                while (await NextAsync() is { } next)
                    taken.Add(next);
            }
        }

        async Task<NpgsqlConnection?> NextAsync()
        {
            var connection = new NpgsqlConnection(
                new NpgsqlConnectionStringBuilder(_scene.Database) { ApplicationName = "taker" }.ConnectionString
            );
            try
            {
                await connection.OpenAsync();
                return connection;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.TooManyConnections)
            {
                await connection.DisposeAsync();
                return null;
            }
        }

        async Task GiveBackAsync()
        {
            foreach (var connection in taken)
                await connection.DisposeAsync();
            taken.Clear();
        }
    }

    [Fact]
    public async Task While_PostgreSQL_is_away_reads_fail_with_a_clear_code_and_outboxes_drain_after()
    {
        var pair = await _scene.AddPairAsync("away");
        pair.Visitor.Patience = TimeSpan.FromMinutes(2);
        await _scene.Postgres.StopAsync();

        var read = await Assert.ThrowsAsync<HubException>(() =>
            pair.Visitor.CallAsync<HistoryResult>("History", new HistoryQuery(pair.Id))
        );
        var sending = pair.Visitor.SendAsync(pair.Id, "Sent into the void");
        await _scene.Postgres.RestartAsync();
        var sent = await sending;

        Assert.Equal(ErrorCode.Unavailable.Code, read.Message);
        Assert.Single((await _scene.ReadLogAsync()).Events(pair.Id), e => e.ClientId == sent.Event!.ClientId);
        await _scene.VerifyAsync();
    }

    [Fact]
    public async Task A_connection_cut_between_the_commit_of_a_message_and_its_reply_stores_it_once()
    {
        var pair = await _scene.AddPairAsync("cut message");
        var body = $"committed, then cut {Guid.NewGuid()}";
        // The lane's connection may still be one to a server that another test has stopped, on which nothing is committed.
        await pair.Visitor.SendAsync(pair.Id, "before");

        var cut = _scene.DatabaseProxy.CutBeforeReply(bytes => Has(bytes, body));
        var sent = await pair.Visitor.SendAsync(pair.Id, body);
        await cut.WaitAsync(TimeSpan.FromMinutes(1));

        // The node repeats the batch, which the log then knows.
        Assert.Equal(ResultStatus.Duplicate, sent.Status);
        Assert.Single((await _scene.ReadLogAsync()).Events(pair.Id), e => e.Body == body);
        await _scene.VerifyAsync();
    }

    [Fact]
    public async Task A_connection_cut_between_the_commit_of_a_change_and_its_reply_stores_it_once()
    {
        var pair = await _scene.AddPairAsync("cut change");
        var sent = await pair.Visitor.SendAsync(pair.Id, "Teh text");
        // So often that the driver has prepared each statement of a change.
        for (var i = 0; i < 6; i++)
            await pair.Visitor.ChangeAsync("Edit", new EditMessage(pair.Id, Guid.NewGuid(), sent.Event!.Seq, $"The txet {i}"));

        var edit = new EditMessage(pair.Id, Guid.NewGuid(), sent.Event!.Seq, $"The text {Guid.NewGuid()}");
        var isStoring = false;
        var cut = _scene.DatabaseProxy.CutBeforeReply(bytes =>
        {
            isStoring |= Has(bytes, edit.Body);
            // Once it is prepared a commit goes by its name alone: by far the shortest call that there is.
            return isStoring && (Has(bytes, "COMMIT") || bytes.Length < 60);
        });
        var edited = await pair.Visitor.ChangeAsync("Edit", edit);
        await cut.WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(ResultStatus.Duplicate, edited.Status);
        Assert.Single((await _scene.ReadLogAsync()).Events(pair.Id), e => e.ClientId == edit.ClientId);
        await _scene.VerifyAsync();
    }

    [Fact]
    public async Task A_clock_that_jumps_back_leaves_times_in_the_order_of_seqs()
    {
        var pair = await _scene.AddPairAsync("clock");
        await pair.PingAsync();
        // As if the last event had been stored by a clock that was an hour ahead.
        await ExecuteAsync("UPDATE conversation SET last_at = last_at + interval '1 hour' WHERE id = $1", pair.Id);
        await ExecuteAsync("UPDATE event SET at = at + interval '1 hour' WHERE conversation_id = $1", pair.Id);

        var message = await pair.Visitor.SendAsync(pair.Id, "An hour earlier");
        var note = await pair.Operator.SendAsync(pair.Id, "Strange", SendKind.Note);
        var closed = await pair.Visitor.ChangeAsync("Close", new ConversationCommand(pair.Id, Guid.NewGuid()));

        var times = new[] { message, note, closed }.Select(s => s.Event!.At!.Value).ToList();
        Assert.Equal(times.Order(), times);
        Assert.True(times[0] > TimeProvider.System.GetUtcNow().AddMinutes(50));
        await _scene.VerifyAsync();
    }

    [Fact]
    public async Task A_raised_epoch_makes_every_client_start_again_from_what_is_stored()
    {
        await using var traffic = await Traffic.StartAsync(_scene);
        await traffic.MoreAsync(30);
        var before = await _scene.ReadLogAsync();

        await _scene.Cluster.CommandAsync("epoch", "raise");
        await traffic.MoreAsync(30);
        await traffic.StopAsync();

        Assert.InRange((await _scene.ReadLogAsync()).Epoch, before.Epoch + 1, int.MaxValue);
        await _scene.VerifyAsync();
    }

    private static bool Has(ReadOnlyMemory<byte> bytes, string text) => bytes.Span.IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;

    private async Task SetReadOnlyAsync(string value)
    {
        await ExecuteAsync($"ALTER SYSTEM SET default_transaction_read_only = {value}");
        await ExecuteAsync("SELECT pg_reload_conf()");
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_scene.Database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task ExecuteAsync(string sql, ConversationId id)
    {
        await using var connection = new NpgsqlConnection(_scene.Database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new NpgsqlParameter { Value = id.Value } } };
        await command.ExecuteNonQueryAsync();
    }
}
