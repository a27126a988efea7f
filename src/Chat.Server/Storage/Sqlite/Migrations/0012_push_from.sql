-- The oldest message that a push stands for: where the newest is deleted, an older one that the device has not got is still worth a push.
ALTER TABLE push ADD COLUMN from_seq INTEGER NOT NULL DEFAULT 0;

UPDATE push SET from_seq = seq;

DROP TRIGGER event_push;

CREATE TRIGGER event_push AFTER INSERT ON event
WHEN NEW.type = 1 AND NEW.audience = 0 AND NEW.actor_kind = 2
BEGIN
    INSERT INTO push (visitor_id, device_id, conversation_id, seq, from_seq, first_at, due_at)
    SELECT d.visitor_id, d.device_id, NEW.conversation_id, NEW.seq, NEW.seq, NEW.at, NEW.at + 5000
    FROM conversation c JOIN device d ON d.visitor_id = c.visitor_id
    WHERE c.id = NEW.conversation_id
    ON CONFLICT (visitor_id, device_id, conversation_id) DO UPDATE SET
        seq = excluded.seq,
        from_seq = CASE WHEN dead_at IS NULL THEN from_seq ELSE excluded.from_seq END,
        first_at = excluded.first_at,
        due_at = CASE WHEN dead_at IS NULL THEN due_at ELSE excluded.due_at END,
        attempts = CASE WHEN dead_at IS NULL THEN attempts ELSE 0 END,
        dead_at = NULL;
END;
