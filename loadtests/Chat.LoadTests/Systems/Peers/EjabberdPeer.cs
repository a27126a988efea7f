using System.Globalization;
using System.Text;
using Chat.LoadTests.Load;
using Chat.LoadTests.Sockets;
using Chat.Testing.Services;
using Npgsql;

namespace Chat.LoadTests.Systems.Peers;

/// <summary>
/// ejabberd with its archive (mod_mam) in PostgreSQL. The acknowledgement is stream management's, which the session's process sends after the archive
/// has the sender's row; the receiver's row is a second one.
/// </summary>
internal sealed class EjabberdPeer : PeerSystem, IArchive
{
    private const string Schemas = "/usr/share/ejabberd/sql/pg.sql";

    private const string Reader = "reader";

    // Microseconds of 1970, a while ago.
    private const long FirstTime = 1_700_000_000_000_000;

    private readonly string _folder = Binaries.CreateFolder("chat-ejabberd-");
    private int _perConversation;

    public override string Name => "ejabberd";

    public override Dialect Dialect { get; } = new XmppDialect();

    protected override string Schema =>
        File.Exists(Schemas)
            ? File.ReadAllText(Schemas)
            : throw new InvalidOperationException("ejabberd is needed: apt-get install ejabberd.");

    // A conversation is named by its receiver; of the two rows of a message, the sender's.
    protected override string Counts =>
        "SELECT split_part(bare_peer, '@', 1), count(*), count(*), 0::bigint, 0::bigint FROM archive WHERE username LIKE 'visitor%' GROUP BY 1";

    protected override (IReadOnlyList<string> Command, string? Folder) Program =>
        (
            [
                "sh",
                "-c",
                // The runtime alone, without a daemon for clusters; it says when it listens by opening the port.
                "exec erl -noinput +P 250000 -mnesia dir \"\\\"$FOLDER/mnesia\\\"\" -s ejabberd -eval 'F = fun(F) -> "
                    + "case gen_tcp:connect({127,0,0,1}, list_to_integer(os:getenv(\"PORT\")), []) of {ok, S} -> gen_tcp:close(S), "
                    + "io:format(\"listening~n\"); _ -> timer:sleep(200), F(F) end end, spawn(fun() -> F(F) end).'",
            ],
            _folder
        );

    public override string ConversationId(int number) => $"operator{number}";

    protected override Dictionary<string, string?> Environment(int port, string redis)
    {
        var to = new NpgsqlConnectionStringBuilder(Database);
        var configuration = File.ReadAllText(Path.Combine(PeerFolder.Of("ejabberd"), "ejabberd.yml"))
            .Replace("@FOLDER@", _folder, StringComparison.Ordinal)
            .Replace("@PORT@", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("@PORT_OF_POSTGRES@", to.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("@DATABASE@", to.Database, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_folder, "ejabberd.yml"), configuration);
        var environment = base.Environment(port, redis);
        var key = System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(environment["SECRET"]!));
        File.WriteAllText(Path.Combine(_folder, "key.json"), $"{{\"kty\":\"oct\",\"k\":\"{key}\"}}");
        environment["FOLDER"] = _folder;
        environment["HOME"] = _folder;
        environment["EJABBERD_CONFIG_PATH"] = Path.Combine(_folder, "ejabberd.yml");
        environment["EJABBERD_LOG_PATH"] = Path.Combine(_folder, "ejabberd.log");
        environment["ERL_LIBS"] = "/usr/lib/x86_64-linux-gnu";
        return environment;
    }

    protected override WebSocketLink Connect(string user, Uri node, IReadOnlyList<string> conversations) => Connect(user, node, "r");

    private static WebSocketLink Connect(string user, Uri node, string resource)
    {
        const string open = "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='localhost' version='1.0'/>";
        var link = WebSocketLink.Connect(node, "/ws", separator: null, protocol: "xmpp");
        var password = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{user}\0{Token(user)}"));
        Ask(link, open, "<stream:features");
        Ask(link, $"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{password}</auth>", "<success");
        Ask(link, open, "<stream:features");
        Ask(
            link,
            $"<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>{resource}</resource></bind></iq>",
            "<iq"
        );
        // Who only receives has nothing to acknowledge.
        if (user.StartsWith("visitor", StringComparison.Ordinal))
            Ask(link, "<enable xmlns='urn:xmpp:sm:3'/>", "<enabled");
        Ask(link, "<presence/>", "<presence");
        return link;
    }

    // Rooms of XMPP tell everybody of everybody who enters: 5,000 watchers would be 25 million stanzas.
    public override WebSocketLink Watch(int number, int conversations) =>
        throw new InvalidOperationException($"This workload is not measured on {Name}.");

    /// <summary>Conversations of one person, as his own side of the archive has them; a message is found by its time.</summary>
    public async Task FillAsync(int conversations, int messages, CancellationToken cancellation)
    {
        _perConversation = messages;
        await using var source = NpgsqlDataSource.Create(Database);
        for (var i = 0; i < conversations; i++)
        {
            var peer = $"{ConversationId(i)}@localhost";
            var fill = string.Create(
                CultureInfo.InvariantCulture,
                $"""
                INSERT INTO archive (username, timestamp, peer, bare_peer, xml, txt, kind, nick)
                SELECT '{Reader}', {TimeOf(i, 0)} + s, '{peer}/r', '{peer}',
                    format('<message xmlns="jabber:client" from="{peer}/r" to="{Reader}@localhost/r" type="chat" id="%s"><body>%s</body></message>',
                        gen_random_uuid(), '{Dialect.Body}'),
                    '{Dialect.Body}', 'chat', ''
                FROM generate_series(1, {messages}) AS s
                """
            );
            await using var command = source.CreateCommand(fill);
            command.CommandTimeout = 300;
            await command.ExecuteNonQueryAsync(cancellation);
        }
        await Upkeep.RunAsync(source, "archive", cancellation);
    }

    public WebSocketLink Browse(int reader, int readers) => Connect(Reader, Address(reader), $"r{reader}");

    public void ReadPage(WebSocketLink link, int conversation, int last, int count)
    {
        var before = (TimeOf(conversation, last) + 1).ToString(CultureInfo.InvariantCulture);
        link.Send(
            "<iq type='set' id='page'><query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'>"
                + "<field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field>"
                + $"<field var='with'><value>{ConversationId(conversation)}@localhost</value></field></x>"
                + $"<set xmlns='http://jabber.org/protocol/rsm'><max>{count}</max><before>{before}</before></set></query></iq>"
        );
        var (came, newest) = (0, "");
        // The presence of the other readers comes between.
        for (var record = link.Next(); !record.StartsWith("<iq", StringComparison.Ordinal); record = link.Next())
        {
            if (record.StartsWith("<message", StringComparison.Ordinal))
                (came, newest) = (came + 1, record);
        }
        if (came != count || !newest.Contains($"id='{TimeOf(conversation, last)}'", StringComparison.Ordinal))
            throw new InvalidOperationException($"A page up to {last} had {came} messages and ended with {newest}");
    }

    private long TimeOf(int conversation, int message) => FirstTime + (long)conversation * _perConversation + message;

    private static void Ask(WebSocketLink link, string stanza, string answer)
    {
        link.Send(stanza);
        for (var record = link.Next(); !record.StartsWith(answer, StringComparison.Ordinal); record = link.Next())
        {
            if (record.StartsWith("<failure", StringComparison.Ordinal) || record.StartsWith("<close", StringComparison.Ordinal))
                throw new InvalidOperationException($"ejabberd answered {record}");
        }
    }
}

/// <summary>XMPP over WebSocket: a stanza is a frame.</summary>
internal sealed class XmppDialect : Dialect
{
    /// <summary>A ping of WebSocket's own: stanzas would be counted.</summary>
    public override byte[] KeepAlive { get; } = [0x89, 0x80, 0, 0, 0, 0];

    public override byte[] IdMark { get; } = " id='"u8.ToArray();

    public override bool AcknowledgesById => false;

    public override byte[] Send(string conversation, string id, string body) =>
        [.. base.Send(conversation, id, body), .. WebSocketLink.Frame("<r xmlns='urn:xmpp:sm:3'/>", separator: null)];

    public override bool IsAcknowledgement(ReadOnlySpan<byte> record) => record.StartsWith("<a "u8);

    public override bool IsDelivery(ReadOnlySpan<byte> record) => record.StartsWith("<message "u8) && record.IndexOf("<body"u8) > 0;

    public override bool IsEphemeral(ReadOnlySpan<byte> record) => record.IndexOf("<composing"u8) > 0;

    public override bool IsRow(ReadOnlySpan<byte> record) => false;

    protected override string Message(string conversation, string id, string body) =>
        $"<message xmlns='jabber:client' type='chat' to='{conversation}@localhost/r' id='{id}'><body>{body}</body></message>";

    protected override string TypingNotice(string conversation) =>
        $"<message xmlns='jabber:client' type='chat' to='{conversation}@localhost/r'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>";
}
