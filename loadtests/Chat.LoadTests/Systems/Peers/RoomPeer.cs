using System.Globalization;
using System.Text.Json;
using Chat.LoadTests.Load;
using Chat.LoadTests.Resilience;
using Chat.LoadTests.Sockets;
using Npgsql;

namespace Chat.LoadTests.Systems.Peers;

/// <summary>A chat as the guides of a library for rooms build it: a table of messages, a room for each conversation, calls with answers.</summary>
internal abstract class RoomPeer : PeerSystem, IArchive, IBreakable
{
    private int _perConversation;

    /// <summary>None of the guides numbers messages: what was stored and not broadcast is seen when somebody reloads.</summary>
    public bool PromisesDelivery => false;

    /// <summary>A table as every chat has it: a key, and an index for pages of history.</summary>
    protected override string Schema =>
        """
            CREATE TABLE message (
                id bigserial PRIMARY KEY,
                conversation_id uuid NOT NULL,
                client_id uuid NOT NULL,
                body text NOT NULL,
                at timestamptz NOT NULL DEFAULT now()
            );
            CREATE INDEX ON message (conversation_id, id);
            """;

    protected override string Counts =>
        "SELECT conversation_id::text, count(*), count(DISTINCT client_id), 0::bigint, 0::bigint FROM message GROUP BY 1";

    public override string ConversationId(int number) => $"00000000-0000-4000-9000-{number:x12}";

    /// <summary>The event that a delivery carries.</summary>
    public abstract JsonElement EventOf(ReadOnlySpan<byte> record);

    /// <summary>As an agent's page does it: it has joined the room of every conversation of its list.</summary>
    public override WebSocketLink Watch(int number, int conversations) =>
        Connect($"watcher{number}", Address(number), [.. Enumerable.Range(0, conversations).Select(ConversationId)]);

    /// <summary>Connects, joins a conversation's room and asks what came after this row; 0: nothing was held before.</summary>
    public (WebSocketLink Link, JsonElement Missed) Enter(string user, int place, int number, long after, ICollection<string> pushes)
    {
        var link = Greet(user, Address(place));
        try
        {
            return (link, Join(link, [ConversationId(number)], after, pushes));
        }
        catch
        {
            link.Dispose();
            throw;
        }
    }

    public ClientRules RulesWith(Reconnector reconnector) => new RoomRules(reconnector, this);

    /// <summary>Their guides' way: a unique column for the id that the client gave, on which a repeated INSERT does nothing.</summary>
    public Task PrepareRetriesAsync(CancellationToken cancellation) =>
        ExecuteAsync("CREATE UNIQUE INDEX IF NOT EXISTS message_client_id ON message (client_id)", cancellation);

    public async Task FillAsync(int conversations, int messages, CancellationToken cancellation)
    {
        _perConversation = messages;
        for (var i = 0; i < conversations; i++)
        {
            var fill = string.Create(
                CultureInfo.InvariantCulture,
                $"""
                INSERT INTO message (id, conversation_id, client_id, body, at)
                SELECT {(long)i * messages} + s, '{ConversationId(i)}', gen_random_uuid(), '{Dialect.Body}', clock_timestamp()
                FROM generate_series(1, {messages}) AS s
                """
            );
            await ExecuteAsync(fill, cancellation);
        }
        await using var source = NpgsqlDataSource.Create(Database);
        await Upkeep.RunAsync(source, "message", cancellation);
    }

    public WebSocketLink Browse(int reader, int readers) => Greet($"operator{reader}", Address(reader));

    /// <summary>The rows below a key, not past an OFFSET: the better of the usual ways.</summary>
    public void ReadPage(WebSocketLink link, int conversation, int last, int count)
    {
        var first = (long)conversation * _perConversation;
        var query = string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"conversationId\":\"{ConversationId(conversation)}\",\"before\":{first + last + 1},\"limit\":{count}}}"
        );
        var events = Call(link, "history", query, []).GetProperty("events");
        if (events.GetArrayLength() != count || events[count - 1].GetProperty("id").GetInt64() != first + last)
            throw new InvalidOperationException($"A page up to {last} ended elsewhere.");
    }

    protected override WebSocketLink Connect(string user, Uri node, IReadOnlyList<string> conversations)
    {
        var link = Greet(user, node);
        Join(link, conversations, after: null, []);
        return link;
    }

    /// <summary>Connects and authenticates.</summary>
    protected abstract WebSocketLink Greet(string user, Uri node);

    /// <summary>Calls a handler of the server with one argument and waits for its answer; pushes meanwhile are kept aside.</summary>
    protected abstract JsonElement Call(WebSocketLink link, string method, string argument, ICollection<string> pushes);

    private JsonElement Join(WebSocketLink link, IEnumerable<string> conversations, long? after, ICollection<string> pushes)
    {
        var ids = string.Join(',', conversations.Select(id => $"\"{id}\""));
        var position = after?.ToString(CultureInfo.InvariantCulture) ?? "null";
        return Call(link, "join", $"{{\"conversations\":[{ids}],\"after\":{position}}}", pushes).GetProperty("events");
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellation)
    {
        await using var source = NpgsqlDataSource.Create(Database);
        await using var command = source.CreateCommand(sql);
        command.CommandTimeout = 300;
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
