-- Who may call. Every secret is sealed under the master key, which is not in the database.

CREATE TABLE inbox_origin (
    inbox_id TEXT NOT NULL REFERENCES inbox ON DELETE CASCADE,
    origin TEXT NOT NULL,
    PRIMARY KEY (inbox_id, origin)
) STRICT;

-- With these a host site signs who its visitors are. The algorithm belongs to the key.
CREATE TABLE inbox_key (
    inbox_id TEXT NOT NULL REFERENCES inbox ON DELETE CASCADE,
    kid TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    material BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (inbox_id, kid)
) STRICT;

CREATE TABLE inbox_member (
    inbox_id TEXT NOT NULL REFERENCES inbox ON DELETE CASCADE,
    operator_id TEXT NOT NULL REFERENCES operator ON DELETE CASCADE,
    PRIMARY KEY (operator_id, inbox_id)
) STRICT;

CREATE TABLE team_member (
    team_id TEXT NOT NULL REFERENCES team ON DELETE CASCADE,
    operator_id TEXT NOT NULL REFERENCES operator ON DELETE CASCADE,
    PRIMARY KEY (team_id, operator_id)
) STRICT;

CREATE TABLE team_inbox (
    team_id TEXT NOT NULL REFERENCES team ON DELETE CASCADE,
    inbox_id TEXT NOT NULL REFERENCES inbox ON DELETE CASCADE,
    PRIMARY KEY (team_id, inbox_id)
) STRICT;

-- No hash: signs in with OpenID Connect only. Another security stamp ends every session of the operator.
CREATE TABLE operator_credential (
    operator_id TEXT PRIMARY KEY REFERENCES operator ON DELETE CASCADE,
    password_hash TEXT,
    must_change INTEGER NOT NULL,
    failed_count INTEGER NOT NULL DEFAULT 0,
    locked_until INTEGER,
    security_stamp TEXT NOT NULL
) STRICT;

-- A subject means something only to its issuer.
CREATE TABLE operator_subject (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    operator_id TEXT NOT NULL REFERENCES operator ON DELETE CASCADE,
    PRIMARY KEY (issuer, subject),
    UNIQUE (operator_id, issuer)
) STRICT;

-- The last refresh token used of each sign-in or device; none for a device that has not used a second one. expires_at is when the last token that
-- may exist of the family ends. The holder is a visitor, who may have no row, or an operator.
CREATE TABLE refresh_family (
    family TEXT PRIMARY KEY,
    holder_id TEXT NOT NULL,
    generation INTEGER NOT NULL,
    revoked INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX refresh_family_expiry ON refresh_family (expires_at);

CREATE TABLE signing_key (
    kid TEXT PRIMARY KEY,
    secret BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    retired_at INTEGER
) STRICT;

-- Whether an operator takes conversations (0 offline, 1 away, 2 online), and how many at once.
ALTER TABLE operator ADD COLUMN availability INTEGER NOT NULL DEFAULT 0;
ALTER TABLE operator ADD COLUMN capacity INTEGER NOT NULL DEFAULT 5;
