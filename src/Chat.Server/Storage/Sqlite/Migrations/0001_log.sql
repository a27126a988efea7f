-- The log and what its rows point at. UUIDs are lower-case text, times integer Unix milliseconds, lists and maps JSON text; numbers of types are
-- those of the enumerations in Chat.Contracts.

CREATE TABLE inbox (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    reopen_days INTEGER NOT NULL DEFAULT 7,
    allow_native_apps INTEGER NOT NULL DEFAULT 0,
    allow_preview INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE operator (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    avatar TEXT,
    role INTEGER NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE team (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;

CREATE TABLE visitor (
    id TEXT PRIMARY KEY,
    inbox_id TEXT NOT NULL REFERENCES inbox,
    subject TEXT,
    name TEXT,
    created_at INTEGER NOT NULL,
    UNIQUE (inbox_id, subject)
) STRICT;

CREATE TABLE conversation (
    id TEXT PRIMARY KEY,
    inbox_id TEXT NOT NULL REFERENCES inbox,
    visitor_id TEXT NOT NULL REFERENCES visitor,
    client_id TEXT NOT NULL,
    status INTEGER NOT NULL,
    snoozed_until INTEGER,
    assignee TEXT REFERENCES operator,
    team_id TEXT REFERENCES team,
    topic TEXT,
    page TEXT,
    fields TEXT,
    locale TEXT,
    tags TEXT NOT NULL DEFAULT '[]',
    rating INTEGER,
    opened_at INTEGER NOT NULL,
    closed_at INTEGER,
    waiting_since INTEGER,
    last_seq INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    -- last_at of a closed conversation, for the lists of closed ones.
    closed_last_at INTEGER,
    state_seq INTEGER NOT NULL,
    UNIQUE (inbox_id, visitor_id, client_id)
) STRICT;

CREATE INDEX conversation_live ON conversation (inbox_id) WHERE status <> 3;
CREATE INDEX conversation_closed ON conversation (inbox_id, closed_last_at DESC, id DESC) WHERE status = 3;
CREATE INDEX conversation_of_visitor ON conversation (visitor_id, id DESC);
CREATE INDEX conversation_due ON conversation (snoozed_until) WHERE status = 2;

CREATE TABLE event (
    conversation_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    type INTEGER NOT NULL,
    audience INTEGER NOT NULL,
    at INTEGER NOT NULL,
    client_id TEXT,
    actor_id TEXT,
    actor_kind INTEGER NOT NULL,
    reply_to INTEGER,
    target_seq INTEGER,
    edited_seq INTEGER,
    deleted_seq INTEGER,
    actor_name TEXT,
    body TEXT,
    data TEXT,
    PRIMARY KEY (conversation_id, seq)
) STRICT, WITHOUT ROWID;

-- Lives as long as its conversation. The fingerprint stands for the content, which may be edited or erased.
CREATE TABLE event_dedup (
    conversation_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    fingerprint INTEGER NOT NULL,
    PRIMARY KEY (conversation_id, client_id)
) STRICT, WITHOUT ROWID;

-- operator_id is the zero UUID on the visitor's side: keys hold no nulls.
CREATE TABLE cursor (
    conversation_id TEXT NOT NULL REFERENCES conversation ON DELETE CASCADE,
    side INTEGER NOT NULL,
    operator_id TEXT NOT NULL,
    delivered_seq INTEGER NOT NULL,
    read_seq INTEGER NOT NULL,
    PRIMARY KEY (conversation_id, side, operator_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE log_state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    epoch INTEGER NOT NULL
) STRICT;

INSERT INTO log_state (id, epoch) VALUES (1, 1);
