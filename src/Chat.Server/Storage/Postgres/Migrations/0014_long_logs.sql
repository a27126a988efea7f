-- The last message, for rows of lists: looked for backwards through the log it took as long as others liked to make it. Null: none was noted yet.
-- Appends change it, so no index may name it: see conversation.
ALTER TABLE conversation ADD COLUMN last_message_seq int;

-- The edits of a message, whose texts its deletion erases. Edits are rare, and nothing else is in it.
CREATE INDEX event_edits ON event (conversation_id, target_seq) WHERE type = 2;

-- As before, and notes the last message.
CREATE OR REPLACE FUNCTION append_v1(
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
            last_message_seq = coalesce(n.message_seq, c.last_message_seq),
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
                max(new_seq) FILTER (WHERE type = 1) AS message_seq,
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
