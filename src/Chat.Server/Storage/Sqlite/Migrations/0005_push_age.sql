-- A push is given up by the age of its newest message, not by that of an older one which could not be told.
DROP TRIGGER event_push;

CREATE TRIGGER event_push AFTER INSERT ON event
WHEN NEW.type = 1 AND NEW.audience = 0 AND NEW.actor_kind = 2
BEGIN
    INSERT INTO push (visitor_id, device_id, conversation_id, seq, first_at, due_at)
    SELECT d.visitor_id, d.device_id, NEW.conversation_id, NEW.seq, NEW.at, NEW.at + 5000
    FROM conversation c JOIN device d ON d.visitor_id = c.visitor_id
    WHERE c.id = NEW.conversation_id
    ON CONFLICT (visitor_id, device_id, conversation_id) DO UPDATE SET
        seq = excluded.seq,
        first_at = excluded.first_at,
        due_at = CASE WHEN dead_at IS NULL THEN due_at ELSE excluded.due_at END,
        attempts = CASE WHEN dead_at IS NULL THEN attempts ELSE 0 END,
        dead_at = NULL;
END;
