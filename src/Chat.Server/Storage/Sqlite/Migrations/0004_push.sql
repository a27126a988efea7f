-- Devices that want to be woken, and what they are to be woken for.

CREATE TABLE device (
    visitor_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    platform TEXT NOT NULL,
    token TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (visitor_id, device_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX device_token ON device (token);

-- One for each device and conversation, whatever is new in it. No attempts any more once dead_at is set.
CREATE TABLE push (
    visitor_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    dead_at INTEGER,
    error TEXT,
    PRIMARY KEY (visitor_id, device_id, conversation_id),
    FOREIGN KEY (visitor_id, device_id) REFERENCES device ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX push_due ON push (due_at) WHERE dead_at IS NULL;

-- In the transaction that stores the message, so that the process may die right after it. The pause lets a visitor who looks at the chat read first.
CREATE TRIGGER event_push AFTER INSERT ON event
WHEN NEW.type = 1 AND NEW.audience = 0 AND NEW.actor_kind = 2
BEGIN
    INSERT INTO push (visitor_id, device_id, conversation_id, seq, first_at, due_at)
    SELECT d.visitor_id, d.device_id, NEW.conversation_id, NEW.seq, NEW.at, NEW.at + 5000
    FROM conversation c JOIN device d ON d.visitor_id = c.visitor_id
    WHERE c.id = NEW.conversation_id
    ON CONFLICT (visitor_id, device_id, conversation_id) DO UPDATE SET
        seq = excluded.seq,
        first_at = CASE WHEN dead_at IS NULL THEN first_at ELSE excluded.first_at END,
        due_at = CASE WHEN dead_at IS NULL THEN due_at ELSE excluded.due_at END,
        attempts = CASE WHEN dead_at IS NULL THEN attempts ELSE 0 END,
        dead_at = NULL;
END;
