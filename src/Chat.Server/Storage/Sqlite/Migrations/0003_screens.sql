-- What the widget and the console need besides conversations.

-- Appearance, form, hours: read with the inbox, never searched by. Null: the defaults.
ALTER TABLE inbox ADD COLUMN settings TEXT;

-- What the visitor was last seen with, and whether he is kept out.
ALTER TABLE visitor ADD COLUMN device_id TEXT;
ALTER TABLE visitor ADD COLUMN browser TEXT;
ALTER TABLE visitor ADD COLUMN os TEXT;
ALTER TABLE visitor ADD COLUMN locale TEXT;
ALTER TABLE visitor ADD COLUMN blocked_at INTEGER;
ALTER TABLE visitor ADD COLUMN blocked_by TEXT;
ALTER TABLE visitor ADD COLUMN block_reason TEXT;

CREATE INDEX visitor_blocked ON visitor (id) WHERE blocked_at IS NOT NULL;

-- A personal one has its operator and perhaps an inbox, a shared one has an inbox and no operator.
CREATE TABLE canned_reply (
    id TEXT PRIMARY KEY,
    operator_id TEXT REFERENCES operator ON DELETE CASCADE,
    inbox_id TEXT REFERENCES inbox ON DELETE CASCADE,
    shortcut TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    CHECK (operator_id IS NOT NULL OR inbox_id IS NOT NULL)
) STRICT;

CREATE UNIQUE INDEX canned_reply_own ON canned_reply (operator_id, shortcut) WHERE operator_id IS NOT NULL;
CREATE UNIQUE INDEX canned_reply_shared ON canned_reply (inbox_id, shortcut) WHERE operator_id IS NULL;
