using Chat.Testing.Clients;
using Npgsql;

namespace Chat.Faults.Tests;

/// <summary>An oracle that cannot find anything proves nothing: here the log is tampered with behind its back.</summary>
[Collection<SharedScene>]
public sealed class OracleTests(SharedScene fixture)
{
    private readonly FaultScene _scene = fixture.Scene;

    [Theory]
    [InlineData("lost", "DELETE FROM event WHERE conversation_id = $1 AND seq = 3")]
    [InlineData("hole", "DELETE FROM event WHERE conversation_id = $1 AND seq = 3")]
    [InlineData("head", "UPDATE conversation SET last_seq = last_seq + 1 WHERE id = $1")]
    [InlineData("dedup", "DELETE FROM event_dedup WHERE conversation_id = $1 AND seq = 3")]
    [InlineData(
        "doubled",
        "INSERT INTO event (conversation_id, seq, type, audience, at, client_id, actor_kind) "
            + "SELECT conversation_id, 6, type, audience, at, client_id, actor_kind FROM event WHERE conversation_id = $1 AND seq = 3"
    )]
    [InlineData("behind", "INSERT INTO event (conversation_id, seq, type, audience, at, actor_kind) VALUES ($1, 6, 9, 0, now(), 0)")]
    [InlineData(
        "reordered",
        "UPDATE event AS e SET client_id = (SELECT x.client_id FROM event AS x WHERE x.conversation_id = $1 AND x.seq = 5 - e.seq) "
            + "WHERE conversation_id = $1 AND seq IN (2, 3)"
    )]
    [InlineData("invented", "UPDATE event SET client_id = gen_random_uuid() WHERE conversation_id = $1 AND seq = 3")]
    [InlineData("differs", "UPDATE event SET body = 'other' WHERE conversation_id = $1 AND seq = 3")]
    [InlineData("leaked", "UPDATE event SET audience = 1 WHERE conversation_id = $1 AND seq = 3")]
    [InlineData("epoch", "UPDATE log_state SET epoch = epoch + 1 WHERE $1 IS NOT NULL")]
    public async Task It_finds_what_is_wrong(string kind, string tampering)
    {
        var pair = await _scene.AddPairAsync("tampered");
        for (var i = 0; i < 4; i++)
            await pair.PingAsync();
        ChatClient[] clients = [pair.Visitor, pair.Operator];
        await using var connection = new NpgsqlConnection(_scene.Database);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();

        Assert.DoesNotContain(await FindAsync(), f => f.Conversation == pair.Id);
        await using var command = new NpgsqlCommand(tampering, connection) { Parameters = { new() { Value = pair.Id.Value } } };
        await command.ExecuteNonQueryAsync();
        var found = await FindAsync();

        Assert.Contains(found, f => f.Kind == kind && f.Conversation == pair.Id);

        // Rolled back with the connection: the nodes never see it.
        async Task<IReadOnlyList<Finding>> FindAsync() => Oracle.Judge(await StoredLog.ReadAsync(connection), clients);
    }
}
