-- The oldest message that a push stands for: where the newest is deleted, an older one that the device has not got is still worth a push.
ALTER TABLE push ADD COLUMN from_seq int NOT NULL DEFAULT 0;

UPDATE push SET from_seq = seq;

CREATE OR REPLACE FUNCTION queue_push() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    INSERT INTO push AS p (visitor_id, device_id, conversation_id, seq, from_seq, first_at, due_at)
    SELECT d.visitor_id, d.device_id, n.conversation_id, n.seq, n.from_seq, n.at, n.at + interval '5 seconds'
    FROM (
        SELECT conversation_id, max(seq) AS seq, min(seq) AS from_seq, min(at) AS at
        FROM stored
        WHERE type = 1 AND audience = 0 AND actor_kind = 2
        GROUP BY conversation_id
    ) AS n
    JOIN conversation c ON c.id = n.conversation_id
    JOIN device d ON d.visitor_id = c.visitor_id
    ORDER BY d.visitor_id, d.device_id, n.conversation_id
    FOR KEY SHARE OF d
    ON CONFLICT (visitor_id, device_id, conversation_id) DO UPDATE SET
        seq = excluded.seq,
        from_seq = CASE WHEN p.dead_at IS NULL THEN p.from_seq ELSE excluded.from_seq END,
        first_at = excluded.first_at,
        due_at = CASE WHEN p.dead_at IS NULL THEN p.due_at ELSE excluded.due_at END,
        attempts = CASE WHEN p.dead_at IS NULL THEN p.attempts ELSE 0 END,
        dead_at = NULL;
    RETURN NULL;
END
$$;
