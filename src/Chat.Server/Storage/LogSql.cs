using Chat.Contracts;

namespace Chat.Server.Storage;

/// <summary>The log's statements. Those that differ between the two databases are built from the few fragments that the constructor names.</summary>
internal sealed class LogSql
{
    public static LogSql Postgres { get; } =
        new(
            SqlDialect.Postgres,
            clock: "date_trunc('milliseconds', clock_timestamp())",
            later: "greatest",
            epochForWriting: "log_epoch_v1()",
            nextEpoch: "next_epoch_v1(epoch)",
            json: column => $"{column}::text",
            jsonParameter: parameter => $"@{parameter}::jsonb",
            tags: "array_to_json(c.tags)::text",
            tagsParameter: "ARRAY(SELECT jsonb_array_elements_text(@Tags::jsonb))",
            // Of a text this reads its length and not the text, wherever it is stored.
            bytes: $"{EventBytes} + coalesce(octet_length(x.body), 0) + coalesce(octet_length(x.data::text), 0)",
            // A subquery with a window is never flattened into a join: each range is read from the key, in the one partition that has it.
            ranges: bytes =>
                "(SELECT e.*, r.number, r.most, sum(e.bytes) OVER (PARTITION BY r.ask ORDER BY r.number, e.way) - e.bytes AS ahead "
                + "FROM unnest(@ids, @first, @last, @way, @room, @ask, @most) WITH ORDINALITY AS r (id, first, last, way, room, ask, most, number) "
                + $"CROSS JOIN LATERAL (SELECT x.*, x.seq * r.way AS way, {bytes} AS bytes, sum({bytes}) OVER (ORDER BY x.seq * r.way) AS through "
                + "FROM event AS x WHERE x.conversation_id = r.id AND x.seq BETWEEN r.first AND r.last) AS e "
                + "WHERE e.through - e.bytes < r.room) AS e WHERE e.ahead < e.most ORDER BY e.number, e.seq",
            rangeNumber: "e.number",
            bounded: (bytes, where, order) =>
                $"(SELECT x.*, {bytes} AS bytes, sum({bytes}) OVER (ORDER BY x.seq {order} ROWS UNBOUNDED PRECEDING) AS through "
                + $"FROM event AS x WHERE {where} ORDER BY x.seq {order} LIMIT @limit) AS e "
                + $"WHERE e.through - e.bytes < @room ORDER BY e.seq {order}",
            lastMessages: "unnest(@ids) AS r (id) CROSS JOIN LATERAL (SELECT * FROM conversation AS x WHERE x.id = r.id LIMIT 1) AS c "
                + $"CROSS JOIN LATERAL (SELECT * FROM event AS x WHERE x.conversation_id = c.id AND x.seq = {LastMessageSeq} LIMIT 1) AS e",
            ofVisitors: "unnest(@ids) AS r (id) CROSS JOIN LATERAL (SELECT * FROM conversation AS x WHERE x.visitor_id = r.id "
                + "ORDER BY x.id DESC LIMIT @limit) AS c",
            ofInboxes: "unnest(@inboxes) AS r (id) CROSS JOIN LATERAL (SELECT * FROM conversation AS c WHERE c.inbox_id = r.id"
        );

    public static LogSql Sqlite { get; } =
        new(
            SqlDialect.Sqlite,
            clock: "CAST(round(unixepoch('subsec') * 1000) AS INTEGER)",
            later: "max",
            epochForWriting: "(SELECT epoch FROM log_state)",
            nextEpoch: "max(epoch + 1, (unixepoch() - unixepoch('2026-01-01')) / 60)",
            json: column => column,
            jsonParameter: parameter => $"@{parameter}",
            tags: "c.tags",
            tagsParameter: "@Tags",
            bytes: $"{EventBytes} + coalesce(octet_length(x.body), 0) + coalesce(octet_length(x.data), 0)",
            // A window keeps all columns of its rows: the lengths first, and the rows that there is room for by their key.
            ranges: bytes =>
                "(SELECT k.*, sum(k.bytes) OVER (PARTITION BY k.value ->> 5 ORDER BY k.number, k.way) - k.bytes AS ahead FROM ("
                + "SELECT r.key + 1 AS number, r.value, x.seq, x.seq * (r.value ->> 3) AS way, "
                + $"{bytes} AS bytes, sum({bytes}) OVER (PARTITION BY r.key ORDER BY x.seq * (r.value ->> 3)) AS through "
                + "FROM json_each(@ranges) AS r JOIN event AS x ON x.conversation_id = r.value ->> 0 "
                + "AND x.seq BETWEEN r.value ->> 1 AND r.value ->> 2) AS k WHERE k.through - k.bytes < k.value ->> 4) AS k "
                + "JOIN event AS e ON e.conversation_id = k.value ->> 0 AND e.seq = k.seq WHERE k.ahead < k.value ->> 6 "
                + "ORDER BY k.number, e.seq",
            rangeNumber: "k.number",
            bounded: (bytes, where, order) =>
                $"(SELECT k.*, sum(k.bytes) OVER (ORDER BY k.seq {order} ROWS UNBOUNDED PRECEDING) AS through "
                + $"FROM (SELECT x.conversation_id, x.seq, {bytes} AS bytes FROM event AS x WHERE {where} ORDER BY x.seq {order} LIMIT @limit) AS k"
                + ") AS k JOIN event AS e ON e.conversation_id = k.conversation_id AND e.seq = k.seq "
                + $"WHERE k.through - k.bytes < @room ORDER BY e.seq {order}",
            lastMessages: "json_each(@ids) AS r JOIN conversation AS c ON c.id = r.value "
                + $"JOIN event AS e ON e.conversation_id = c.id AND e.seq = {LastMessageSeq}",
            ofVisitors: "json_each(@ids) AS r JOIN conversation AS c ON c.id IN (SELECT x.id FROM conversation AS x WHERE x.visitor_id = r.value "
                + "ORDER BY x.id DESC LIMIT @limit)",
            ofInboxes: "(SELECT * FROM conversation AS c WHERE c.inbox_id IN (SELECT value FROM json_each(@inboxes))"
        );

    private LogSql(
        SqlDialect dialect,
        string clock,
        string later,
        string epochForWriting,
        string nextEpoch,
        Func<string, string> json,
        Func<string, string> jsonParameter,
        string tags,
        string tagsParameter,
        string bytes,
        Func<string, string> ranges,
        string rangeNumber,
        Func<string, string, string, string> bounded,
        string lastMessages,
        string ofVisitors,
        string ofInboxes
    )
    {
        Dialect = dialect;
        OfInboxes = ofInboxes;
        Now = $"{later}({clock}, c.last_at)";
        EventColumns =
            "e.conversation_id, e.seq, e.type, e.audience, e.at, e.client_id, e.actor_id, e.actor_kind, e.actor_name, e.reply_to, e.target_seq, "
            + $"e.edited_seq, e.deleted_seq, e.body, {json("e.data")} AS data";

        string OpenOf(string visitor) => $"SELECT count(*) FROM conversation AS o WHERE o.visitor_id = {visitor} AND o.status <> 3";
        string Columns(string page, string fields) =>
            $"c.id, c.inbox_id, c.status, c.snoozed_until, c.topic, {page} AS page, "
            + $"{fields} AS fields, {tags} AS tags, "
            + "c.rating, c.opened_at, c.closed_at, c.waiting_since, c.last_seq, c.last_at, c.state_seq, "
            + "v.id AS visitor_id, v.name AS visitor_name, v.subject AS visitor_subject, v.blocked_at, v.browser, v.os, v.locale, "
            + "o.id AS assignee_id, o.name AS assignee_name, o.avatar AS assignee_avatar, t.id AS team_id, t.name AS team_name";

        string ForStaff(string column) => $"CASE WHEN {dialect.Among("c.id", "staff")} THEN {column} END";
        Conversations =
            $"SELECT {Columns(ForStaff("c.page"), ForStaff(json("c.fields")))} {FromConversation} WHERE {dialect.Among("c.id", "ids")}";
        Rows = $"SELECT {Columns("NULL", "NULL")} {FromConversation} WHERE {dialect.Among("c.id", "ids")}";
        var conversation = $"SELECT {Columns("NULL", "NULL")} {FromConversation} WHERE c.id = @ConversationId";
        Cursors =
            $"SELECT conversation_id, side, operator_id, delivered_seq, read_seq FROM cursor WHERE {dialect.Among("conversation_id", "ids")}";
        Owners = $"SELECT id, inbox_id, visitor_id FROM conversation WHERE {dialect.Among("id", "ids")}";
        OfVisitors = $"SELECT c.id, c.inbox_id, c.visitor_id FROM {ofVisitors} ORDER BY c.id DESC";
        Heads = $"SELECT id, inbox_id, last_seq AS seq FROM conversation WHERE {dialect.Among("id", "ids")}";
        OpenHeads = $"SELECT inbox_id, id, last_seq AS seq FROM conversation WHERE {dialect.Among("inbox_id", "ids")} AND status <> 3";
        // The first condition is the live index's.
        Queue = "SELECT id FROM conversation WHERE inbox_id = @inbox AND status <> 3 AND status = 0 ORDER BY opened_at, id LIMIT @limit";
        Ranges = $"SELECT {EventColumns}, CAST({rangeNumber} - 1 AS integer) AS range FROM {ranges(bytes)}";
        // For one page: no array to unnest, and the plan names the partition and reads its key from the end that is asked for.
        Newest = $"SELECT {EventColumns} FROM {bounded(bytes, "x.conversation_id = @id AND x.seq <= @last", "DESC")}";
        Oldest = $"SELECT {EventColumns} FROM {bounded(bytes, "x.conversation_id = @id AND x.seq <= @last AND x.seq > @after", "ASC")}";
        Head = $"SELECT ({ReadEpoch}), coalesce((SELECT last_seq FROM conversation WHERE id = @id), 0)";
        LastMessages =
            "SELECT e.conversation_id, e.seq, e.actor_kind, " + $"substr(e.body, 1, {Limits.RowTextLength}) AS body FROM {lastMessages}";
        Event = $"SELECT {EventColumns} FROM event e WHERE e.conversation_id = @ConversationId AND e.seq = @Seq";

        var locking = $"SELECT last_seq FROM conversation WHERE id = @ConversationId{dialect.ForUpdate}";
        var situation =
            $"SELECT {epochForWriting} AS epoch, {Now} AS now, i.reopen_days, i.open_conversations AS open_limit, "
            + $"CASE WHEN c.status = 3 THEN ({OpenOf("c.visitor_id")}) ELSE 0 END AS open_others "
            + "FROM conversation c JOIN inbox i ON i.id = c.inbox_id WHERE c.id = @ConversationId";
        UnderLock = $"{locking}; {situation}; {conversation}; {FindDedup}";
        const string unseen =
            "x.conversation_id = @ConversationId AND x.seq > @ExpectedSeq AND x.type IN (1, 4) AND (x.actor_kind <> @Kind OR x.actor_id <> @Id)";
        Unseen = $"SELECT {EventColumns} FROM {bounded(bytes, unseen, "ASC")}";
        InsertEvent =
            "INSERT INTO event (conversation_id, seq, type, audience, at, client_id, actor_id, actor_kind, actor_name, reply_to, target_seq, body, data) "
            + "VALUES (@ConversationId, @Seq, @Type, @Audience, @At, @ClientId, @ActorId, @ActorKind, @ActorName, @ReplyTo, @TargetSeq, @Body, "
            + $"{jsonParameter("Data")})";
        Finish =
            $"{InsertDedup}; UPDATE conversation SET status = @Status, snoozed_until = @SnoozedUntil, assignee = @Assignee, team_id = @Team, "
            + $"tags = {tagsParameter}, rating = @Rating, closed_at = @ClosedAt, waiting_since = @WaitingSince, state_seq = @StateSeq, "
            + $"open_rank = CASE WHEN status = 3 AND @Status <> 3 THEN ({OpenOf("conversation.visitor_id")}) + 1 ELSE open_rank END, "
            + "last_seq = @LastSeq, last_at = @LastAt, last_message_seq = coalesce(@LastMessageSeq, last_message_seq) "
            + "WHERE id = @ConversationId";

        Epoch = $"SELECT {epochForWriting}";
        RaiseEpoch = $"UPDATE log_state SET epoch = {nextEpoch} RETURNING epoch";
        InsertVisitor =
            "INSERT INTO visitor AS v (id, inbox_id, name, created_at, device_id, browser, os, locale) "
            + $"VALUES (@VisitorId, @InboxId, @VisitorName, {clock}, @DeviceId, @Browser, @Os, @Locale) ON CONFLICT (id) DO UPDATE "
            + "SET device_id = excluded.device_id, browser = excluded.browser, os = excluded.os, locale = excluded.locale "
            + "WHERE excluded.device_id IS NOT NULL AND (v.device_id IS NULL OR v.device_id <> excluded.device_id)";
        InsertConversation =
            "INSERT INTO conversation (id, inbox_id, visitor_id, client_id, status, topic, page, fields, locale, opened_at, last_seq, last_at, state_seq, open_rank) "
            + $"SELECT @Id, @InboxId, @VisitorId, @ClientId, 0, @Topic, @Page, {jsonParameter("Fields")}, @Locale, n.at, @LastSeq, n.at, 1, n.live + 1 "
            + $"FROM (SELECT {clock} AS at, ({OpenOf("@VisitorId")}) AS live) AS n "
            + $"WHERE n.live < @OpenLimit AND NOT ({IsIdentified}) ON CONFLICT (inbox_id, visitor_id, client_id) DO NOTHING RETURNING opened_at";
    }

    /// <summary>An event without its texts, more or less.</summary>
    public const int EventBytes = 250;

    /// <summary>A conversation with its visitor and the faces of assignee and team.</summary>
    public const string FromConversation =
        "FROM conversation c JOIN visitor v ON v.id = c.visitor_id LEFT JOIN operator o ON o.id = c.assignee LEFT JOIN team t ON t.id = c.team_id";

    /// <summary>What an anonymous visitor had is somebody else's.</summary>
    public const string IsIdentified = "SELECT EXISTS (SELECT 1 FROM visitor WHERE id = @VisitorId AND identified_as IS NOT NULL)";

    /// <summary>
    /// The newest message near the end, else the one that was noted: a row is not read through all that was written after its last message. The version before
    /// notes none, so that the end comes first.
    /// </summary>
    private const string LastMessageSeq =
        "coalesce((SELECT n.seq FROM event AS n WHERE n.conversation_id = c.id AND n.type = 1 AND n.seq > c.last_seq - 200 "
        + "ORDER BY n.seq DESC LIMIT 1), c.last_message_seq)";

    public const string ReadEpoch = "SELECT epoch FROM log_state";

    /// <summary>See <c>next_epoch_v1</c> in PostgreSQL's migrations: never a number that a restored backup would come to again.</summary>
    public string RaiseEpoch { get; }

    public const string Owner = "SELECT id, inbox_id, visitor_id FROM conversation WHERE id = @ConversationId";

    /// <summary>Due wake-ups that no other node is at work on.</summary>
    public string Due =>
        "SELECT id, snoozed_until FROM conversation WHERE status = 2 AND snoozed_until <= @now ORDER BY snoozed_until LIMIT @limit"
        + Dialect.ForUpdate
        + Dialect.SkipLocked;

    /// <summary>Locked, as whatever an acknowledgement rests on: the commit then waits for the standby as the one did that stored it.</summary>
    public string FindOpened =>
        $"SELECT id FROM conversation WHERE inbox_id = @InboxId AND visitor_id = @VisitorId AND client_id = @ClientId{Dialect.ForUpdate}";

    public const string FindDedup =
        "SELECT seq, fingerprint FROM event_dedup WHERE conversation_id = @ConversationId AND client_id = @ClientId";

    public const string InsertDedup =
        "INSERT INTO event_dedup (conversation_id, client_id, seq, fingerprint) VALUES (@ConversationId, @ClientId, @Seq, @Fingerprint)";

    public const string PatchEdited =
        "UPDATE event SET body = @Body, edited_seq = @BySeq WHERE conversation_id = @ConversationId AND seq = @Seq";

    /// <summary>Erases a text and those that edits gave it, which have an index of their own.</summary>
    public const string PatchDeleted =
        "UPDATE event SET body = NULL, deleted_seq = @BySeq WHERE conversation_id = @ConversationId AND seq = @Seq; "
        + "UPDATE event SET body = NULL, deleted_seq = @BySeq WHERE conversation_id = @ConversationId AND type = 2 AND target_seq = @Seq";

    public SqlDialect Dialect { get; }

    /// <summary>The beginning of a read that takes so many rows of each inbox: conditions, order and limit follow.</summary>
    public string OfInboxes { get; }

    /// <summary>The database's clock, in milliseconds, never before the conversation's last event.</summary>
    public string Now { get; }

    /// <summary>Events of ranges, as many as there is room for in each and in each answer: lengths first, so that the texts of others are not read.</summary>
    public string Ranges { get; }

    /// <summary>The newest events, as many as there is room for.</summary>
    public string Newest { get; }

    /// <summary>The oldest ones.</summary>
    public string Oldest { get; }
    public string Head { get; }
    public string LastMessages { get; }
    public string EventColumns { get; }

    /// <summary>Conversations; page and fields, which take what the visitor likes, of those that staff asks for.</summary>
    public string Conversations { get; }

    /// <summary>The same without page and fields, for lists.</summary>
    public string Rows { get; }
    public string Cursors { get; }
    public string Owners { get; }

    /// <summary>The newest conversations of each visitor.</summary>
    public string OfVisitors { get; }

    public string Heads { get; }
    public string OpenHeads { get; }
    public string Queue { get; }
    public string Event { get; }

    /// <summary>The lock, then what stands under it: epoch and clock, the conversation, and the change if it was stored before.</summary>
    public string UnderLock { get; }
    public string Unseen { get; }
    public string InsertEvent { get; }

    /// <summary>After a change's events: what is kept for repeats, and the conversation as it is now.</summary>
    public string Finish { get; }
    public string Epoch { get; }
    public string InsertVisitor { get; }
    public string InsertConversation { get; }
}
