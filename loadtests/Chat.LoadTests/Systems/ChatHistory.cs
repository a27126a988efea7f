using System.Globalization;
using Chat.LoadTests.Load;
using Chat.LoadTests.Sockets;
using Npgsql;

namespace Chat.LoadTests.Systems;

/// <summary>Pages out of a database that was filled past the servers.</summary>
internal sealed class ChatHistory(string database, ChatAccess access)
{
    private Guid[] _ids = [];

    public Guid First => _ids[0];

    /// <summary>All of one visitor. The event that opens a conversation counts as its first message.</summary>
    public async Task FillAsync(int conversations, int messages, CancellationToken cancellation)
    {
        const string fill = """
            INSERT INTO event (conversation_id, seq, type, audience, at, client_id, actor_id, actor_kind, actor_name, body)
            SELECT @id, s, 1, 0, clock_timestamp(), gen_random_uuid(), c.visitor_id, 1, 'Vera', @body
            FROM generate_series(2, @last) AS s CROSS JOIN conversation AS c WHERE c.id = @id;
            UPDATE conversation SET last_seq = @last WHERE id = @id;
            """;
        using var visitor = access.Visitor(0, access.Node(0));
        _ids = [.. Enumerable.Range(0, conversations).Select(_ => ChatAccess.OpenConversation(visitor))];
        await using var source = NpgsqlDataSource.Create(database);
        foreach (var id in _ids)
        {
            await using var command = source.CreateCommand(fill);
            command.CommandTimeout = 300;
            command.Parameters.AddWithValue("id", id);
            command.Parameters.AddWithValue("last", messages);
            command.Parameters.AddWithValue("body", Dialect.Body);
            await command.ExecuteNonQueryAsync(cancellation);
        }
        await Upkeep.RunAsync(source, "event", cancellation);
    }

    public WebSocketLink Browse(int reader, int readers)
    {
        var link = access.Operator(reader, access.Node(reader));
        // Nobody turns pages of what he has not opened.
        for (var i = reader; i < _ids.Length; i += readers)
            link.Call("Open", $"{{\"conversationId\":\"{_ids[i]}\"}}");
        return link;
    }

    public void ReadPage(WebSocketLink link, int conversation, int last, int count)
    {
        var query = string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"conversationId\":\"{_ids[conversation]}\",\"before\":{last + 1},\"limit\":{count}}}"
        );
        var events = link.Call("History", query).GetProperty("events");
        if (events.GetArrayLength() != count || events[count - 1].GetProperty("seq").GetInt32() != last)
            throw new InvalidOperationException($"A page up to {last} ended elsewhere.");
    }
}
