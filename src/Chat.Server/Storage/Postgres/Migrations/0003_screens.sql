-- What the widget and the console need besides conversations.

-- Appearance, form, hours: read with the inbox, never searched by. Null: the defaults.
ALTER TABLE inbox ADD COLUMN settings jsonb;

-- What the visitor was last seen with, and whether he is kept out.
ALTER TABLE visitor
    ADD COLUMN device_id uuid,
    ADD COLUMN browser text,
    ADD COLUMN os text,
    ADD COLUMN locale text,
    ADD COLUMN blocked_at timestamptz,
    ADD COLUMN blocked_by uuid,
    ADD COLUMN block_reason text;

CREATE INDEX visitor_blocked ON visitor (id) WHERE blocked_at IS NOT NULL;

-- A personal one has its operator and perhaps an inbox, a shared one has an inbox and no operator.
CREATE TABLE canned_reply (
    id uuid PRIMARY KEY,
    operator_id uuid REFERENCES operator ON DELETE CASCADE,
    inbox_id uuid REFERENCES inbox ON DELETE CASCADE,
    shortcut text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    CHECK (operator_id IS NOT NULL OR inbox_id IS NOT NULL)
);

CREATE UNIQUE INDEX canned_reply_own ON canned_reply (operator_id, shortcut) WHERE operator_id IS NOT NULL;
CREATE UNIQUE INDEX canned_reply_shared ON canned_reply (inbox_id, shortcut) WHERE operator_id IS NULL;
