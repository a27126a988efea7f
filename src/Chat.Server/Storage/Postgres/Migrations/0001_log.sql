-- The log and what its rows point at. Numbers in smallint columns are those of the enumerations in Chat.Contracts.

CREATE TABLE inbox (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    name text NOT NULL,
    reopen_days int NOT NULL DEFAULT 7,
    allow_native_apps boolean NOT NULL DEFAULT false,
    allow_preview boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL
);

CREATE TABLE operator (
    id uuid PRIMARY KEY,
    email text NOT NULL UNIQUE,
    name text NOT NULL,
    avatar text,
    role smallint NOT NULL,
    disabled boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL
);

CREATE TABLE team (
    id uuid PRIMARY KEY,
    name text NOT NULL
);

CREATE TABLE visitor (
    id uuid PRIMARY KEY,
    inbox_id uuid NOT NULL REFERENCES inbox,
    subject text,
    name text,
    created_at timestamptz NOT NULL,
    UNIQUE (inbox_id, subject)
);

-- Appends change last_seq, last_at and waiting_since only. No index may name them: that keeps these updates HOT, and fillfactor leaves them room.
CREATE TABLE conversation (
    id uuid PRIMARY KEY,
    inbox_id uuid NOT NULL REFERENCES inbox,
    visitor_id uuid NOT NULL REFERENCES visitor,
    client_id uuid NOT NULL,
    status smallint NOT NULL,
    snoozed_until timestamptz,
    assignee uuid REFERENCES operator,
    team_id uuid REFERENCES team,
    topic text,
    page text,
    fields jsonb,
    locale text,
    tags text[] NOT NULL DEFAULT '{}',
    rating int,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    waiting_since timestamptz,
    last_seq int NOT NULL,
    last_at timestamptz NOT NULL,
    -- last_at of a closed conversation, for the lists of closed ones. Appends refuse closed conversations and so never touch it.
    closed_last_at timestamptz,
    state_seq int NOT NULL,
    UNIQUE (inbox_id, visitor_id, client_id)
) WITH (fillfactor = 70);

CREATE INDEX conversation_live ON conversation (inbox_id) WHERE status <> 3;
CREATE INDEX conversation_closed ON conversation (inbox_id, closed_last_at DESC, id DESC) WHERE status = 3;
CREATE INDEX conversation_of_visitor ON conversation (visitor_id, id DESC);
CREATE INDEX conversation_due ON conversation (snoozed_until) WHERE status = 2;

-- Partitioned by the month in which the conversation was opened, which its UUIDv7 tells: a conversation lives in one partition, and both keys are
-- truly unique. No default partition: it would block detaching old ones concurrently.
CREATE TABLE event (
    conversation_id uuid NOT NULL,
    seq int NOT NULL,
    type smallint NOT NULL,
    audience smallint NOT NULL,
    at timestamptz NOT NULL,
    client_id uuid,
    actor_id uuid,
    actor_kind smallint NOT NULL,
    reply_to int,
    target_seq int,
    edited_seq int,
    deleted_seq int,
    actor_name text,
    body text,
    data jsonb,
    PRIMARY KEY (conversation_id, seq)
) PARTITION BY RANGE (conversation_id);

-- Lives as long as its conversation. The fingerprint stands for the content, which may be edited or erased.
CREATE TABLE event_dedup (
    conversation_id uuid NOT NULL,
    client_id uuid NOT NULL,
    seq int NOT NULL,
    fingerprint bigint NOT NULL,
    PRIMARY KEY (conversation_id, client_id)
) PARTITION BY RANGE (conversation_id);

-- operator_id is the zero UUID on the visitor's side: keys hold no nulls.
CREATE TABLE cursor (
    conversation_id uuid NOT NULL REFERENCES conversation ON DELETE CASCADE,
    side smallint NOT NULL,
    operator_id uuid NOT NULL,
    delivered_seq int NOT NULL,
    read_seq int NOT NULL,
    PRIMARY KEY (conversation_id, side, operator_id)
) WITH (fillfactor = 70);

CREATE FUNCTION current_timeline_v1() RETURNS int
LANGUAGE sql VOLATILE
AS $$ SELECT ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int $$;

CREATE TABLE log_state (
    id boolean PRIMARY KEY DEFAULT true CHECK (id),
    epoch int NOT NULL,
    timeline int NOT NULL
);

INSERT INTO log_state (epoch, timeline) VALUES (1, current_timeline_v1());

-- The epoch for a transaction that writes. Fails with CH001 on a server that was promoted since the epoch was last looked at, so that nothing is
-- ever appended under the epoch of a log whose tail may be lost, not even through a pooler that survives the failover.
CREATE FUNCTION log_epoch_v1() RETURNS int
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    state log_state%ROWTYPE;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'the log is written under READ COMMITTED only: a statement must see what was committed while it waited for a lock';
    END IF;
    SELECT * INTO STRICT state FROM log_state;
    IF state.timeline <> current_timeline_v1() THEN
        RAISE EXCEPTION 'the server was promoted' USING ERRCODE = 'CH001';
    END IF;
    RETURN state.epoch;
END
$$;

-- Appends a batch of messages and notes: one round trip and, called outside a transaction, one commit. A refused item fails alone.
-- The planner settings keep the plan of a cached statement independent of when the tables were last analysed: always nested loops over the keys.
CREATE FUNCTION append_v1(
    conversation_ids uuid[],
    client_ids uuid[],
    types smallint[],
    audiences smallint[],
    actor_kinds smallint[],
    actor_ids uuid[],
    actor_names text[],
    bodies text[],
    replies int[],
    expected_seqs int[],
    fingerprints bigint[]
) RETURNS TABLE (ord int, status smallint, inbox_id uuid, epoch int, seq int, at timestamptz)
LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
    now_at timestamptz;
    now_epoch int;
BEGIN
    -- In id order, so that two batches cannot wait for each other.
    PERFORM FROM conversation AS c WHERE c.id = ANY (conversation_ids) ORDER BY c.id FOR NO KEY UPDATE;

    now_at := date_trunc('milliseconds', clock_timestamp());
    now_epoch := log_epoch_v1();

    -- Another statement, hence another snapshot: it sees what was committed by those we waited for above. All in one, it would not.
    RETURN QUERY
    WITH judged AS MATERIALIZED (
        SELECT
            i.*,
            c.inbox_id,
            c.last_seq,
            greatest(now_at, c.last_at) AS at,
            d.seq AS known_seq,
            (CASE
                WHEN c.id IS NULL THEN 3
                WHEN d.fingerprint = i.fingerprint THEN 1
                WHEN d.seq IS NOT NULL THEN 2
                WHEN c.status = 3
                    OR (c.status = 2 AND i.actor_kind = 1)
                    OR i.reply_to NOT BETWEEN 1 AND c.last_seq
                    OR i.expected_seq < c.last_seq THEN 4
                ELSE 0
            END)::smallint AS verdict
        FROM unnest(
            conversation_ids, client_ids, types, audiences, actor_kinds, actor_ids, actor_names, bodies, replies, expected_seqs, fingerprints
        ) WITH ORDINALITY AS i (
            conversation_id, client_id, type, audience, actor_kind, actor_id, actor_name, body, reply_to, expected_seq, fingerprint, ord
        )
        LEFT JOIN LATERAL (SELECT * FROM conversation AS x WHERE x.id = i.conversation_id LIMIT 1) AS c ON true
        LEFT JOIN LATERAL (
            SELECT x.seq, x.fingerprint
            FROM event_dedup AS x
            WHERE x.conversation_id = i.conversation_id AND x.client_id = i.client_id
            LIMIT 1
        ) AS d ON true
    ),
    item AS MATERIALIZED (
        SELECT
            j.*,
            (j.last_seq + count(*) FILTER (WHERE j.verdict = 0) OVER (PARTITION BY j.conversation_id ORDER BY j.ord))::int AS new_seq
        FROM judged AS j
    ),
    events AS (
        INSERT INTO event
            (conversation_id, seq, type, audience, at, client_id, actor_id, actor_kind, reply_to, actor_name, body)
        SELECT conversation_id, new_seq, type, audience, at, client_id, actor_id, actor_kind, reply_to, actor_name, body
        FROM item
        WHERE verdict = 0
    ),
    dedups AS (
        INSERT INTO event_dedup (conversation_id, client_id, seq, fingerprint)
        SELECT conversation_id, client_id, new_seq, fingerprint
        FROM item
        WHERE verdict = 0
    ),
    heads AS (
        UPDATE conversation AS c
        SET last_seq = n.last_seq,
            last_at = n.at,
            waiting_since = CASE
                WHEN n.visitor_seq > coalesce(n.operator_seq, 0)
                    THEN CASE WHEN n.operator_seq IS NULL THEN coalesce(c.waiting_since, n.at) ELSE n.at END
                WHEN n.operator_seq IS NOT NULL THEN NULL
                ELSE c.waiting_since
            END
        FROM (
            SELECT
                conversation_id,
                max(new_seq) AS last_seq,
                max(at) AS at,
                max(new_seq) FILTER (WHERE type = 1 AND actor_kind = 1) AS visitor_seq,
                max(new_seq) FILTER (WHERE type = 1 AND actor_kind = 2) AS operator_seq
            FROM item
            WHERE verdict = 0
            GROUP BY conversation_id
        ) AS n
        WHERE c.id = n.conversation_id
    )
    SELECT
        item.ord::int,
        item.verdict,
        item.inbox_id,
        now_epoch,
        CASE item.verdict WHEN 0 THEN item.new_seq WHEN 1 THEN item.known_seq ELSE 0 END,
        CASE item.verdict WHEN 0 THEN item.at END
    FROM item;
END
$$;

-- Moves cursors forward, never past the head, and answers those that moved. A lost move is repeated by its client: the commit need not wait for
-- the disk.
CREATE FUNCTION move_cursors_v1(
    conversation_ids uuid[],
    sides smallint[],
    operator_ids uuid[],
    delivered_seqs int[],
    read_seqs int[]
) RETURNS TABLE (conversation_id uuid, side smallint, operator_id uuid, delivered_seq int, read_seq int)
LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    RETURN QUERY
    INSERT INTO cursor AS k (conversation_id, side, operator_id, delivered_seq, read_seq)
    SELECT
        m.conversation_id,
        m.side,
        m.operator_id,
        least(max(greatest(m.delivered_seq, m.read_seq)), c.last_seq),
        least(max(m.read_seq), c.last_seq)
    FROM unnest(conversation_ids, sides, operator_ids, delivered_seqs, read_seqs)
        AS m (conversation_id, side, operator_id, delivered_seq, read_seq)
    CROSS JOIN LATERAL (SELECT x.last_seq FROM conversation AS x WHERE x.id = m.conversation_id LIMIT 1) AS c
    WHERE greatest(m.delivered_seq, m.read_seq) > 0
    GROUP BY m.conversation_id, m.side, m.operator_id, c.last_seq
    ORDER BY m.conversation_id, m.side, m.operator_id
    ON CONFLICT (conversation_id, side, operator_id) DO UPDATE
    SET delivered_seq = greatest(k.delivered_seq, excluded.delivered_seq),
        read_seq = greatest(k.read_seq, excluded.read_seq)
    WHERE k.delivered_seq < excluded.delivered_seq OR k.read_seq < excluded.read_seq
    RETURNING k.conversation_id, k.side, k.operator_id, k.delivered_seq, k.read_seq;
END
$$;
