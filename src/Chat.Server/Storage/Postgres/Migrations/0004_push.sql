-- Devices that want to be woken, and what they are to be woken for.

CREATE TABLE device (
    visitor_id uuid NOT NULL,
    device_id uuid NOT NULL,
    platform text NOT NULL,
    token text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (visitor_id, device_id)
);

CREATE INDEX device_token ON device USING hash (token);

-- One for each device and conversation, whatever is new in it. No attempts any more once dead_at is set.
CREATE TABLE push (
    visitor_id uuid NOT NULL,
    device_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    seq int NOT NULL,
    first_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    attempts int NOT NULL DEFAULT 0,
    dead_at timestamptz,
    error text,
    PRIMARY KEY (visitor_id, device_id, conversation_id),
    FOREIGN KEY (visitor_id, device_id) REFERENCES device ON DELETE CASCADE
);

CREATE INDEX push_due ON push (due_at) WHERE dead_at IS NULL;

-- In the transaction that stores the message, so that a node may die right after it. The pause lets a visitor who looks at the chat read first.
-- Once for a batch: public messages of operators, the newest of each conversation. The settings keep the plan one of nested loops over the keys.
CREATE FUNCTION queue_push() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    INSERT INTO push AS p (visitor_id, device_id, conversation_id, seq, first_at, due_at)
    SELECT d.visitor_id, d.device_id, n.conversation_id, n.seq, n.at, n.at + interval '5 seconds'
    FROM (
        SELECT conversation_id, max(seq) AS seq, min(at) AS at
        FROM stored
        WHERE type = 1 AND audience = 0 AND actor_kind = 2
        GROUP BY conversation_id
    ) AS n
    JOIN conversation c ON c.id = n.conversation_id
    JOIN device d ON d.visitor_id = c.visitor_id
    ORDER BY d.visitor_id, d.device_id, n.conversation_id
    ON CONFLICT (visitor_id, device_id, conversation_id) DO UPDATE SET
        seq = excluded.seq,
        first_at = CASE WHEN p.dead_at IS NULL THEN p.first_at ELSE excluded.first_at END,
        due_at = CASE WHEN p.dead_at IS NULL THEN p.due_at ELSE excluded.due_at END,
        attempts = CASE WHEN p.dead_at IS NULL THEN p.attempts ELSE 0 END,
        dead_at = NULL;
    RETURN NULL;
END
$$;

CREATE TRIGGER event_push AFTER INSERT ON event REFERENCING NEW TABLE AS stored FOR EACH STATEMENT EXECUTE FUNCTION queue_push();
