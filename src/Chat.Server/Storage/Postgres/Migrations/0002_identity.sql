-- Who may call. Every secret is sealed under the master key, which is not in the database.

CREATE TABLE inbox_origin (
    inbox_id uuid NOT NULL REFERENCES inbox ON DELETE CASCADE,
    origin text NOT NULL,
    PRIMARY KEY (inbox_id, origin)
);

-- With these a host site signs who its visitors are. The algorithm belongs to the key.
CREATE TABLE inbox_key (
    inbox_id uuid NOT NULL REFERENCES inbox ON DELETE CASCADE,
    kid text NOT NULL,
    algorithm text NOT NULL,
    material bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (inbox_id, kid)
);

CREATE TABLE inbox_member (
    inbox_id uuid NOT NULL REFERENCES inbox ON DELETE CASCADE,
    operator_id uuid NOT NULL REFERENCES operator ON DELETE CASCADE,
    PRIMARY KEY (operator_id, inbox_id)
);

CREATE TABLE team_member (
    team_id uuid NOT NULL REFERENCES team ON DELETE CASCADE,
    operator_id uuid NOT NULL REFERENCES operator ON DELETE CASCADE,
    PRIMARY KEY (team_id, operator_id)
);

CREATE TABLE team_inbox (
    team_id uuid NOT NULL REFERENCES team ON DELETE CASCADE,
    inbox_id uuid NOT NULL REFERENCES inbox ON DELETE CASCADE,
    PRIMARY KEY (team_id, inbox_id)
);

-- No hash: signs in with OpenID Connect only. Another security stamp ends every session of the operator.
CREATE TABLE operator_credential (
    operator_id uuid PRIMARY KEY REFERENCES operator ON DELETE CASCADE,
    password_hash text,
    must_change boolean NOT NULL,
    failed_count int NOT NULL DEFAULT 0,
    locked_until timestamptz,
    security_stamp uuid NOT NULL
);

-- A subject means something only to its issuer.
CREATE TABLE operator_subject (
    issuer text NOT NULL,
    subject text NOT NULL,
    operator_id uuid NOT NULL REFERENCES operator ON DELETE CASCADE,
    PRIMARY KEY (issuer, subject),
    UNIQUE (operator_id, issuer)
);

-- The last refresh token used of each sign-in or device; none for a device that has not used a second one. expires_at is when the last token that
-- may exist of the family ends. The holder is a visitor, who may have no row, or an operator.
CREATE TABLE refresh_family (
    family uuid PRIMARY KEY,
    holder_id uuid NOT NULL,
    generation int NOT NULL,
    revoked boolean NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE INDEX refresh_family_expiry ON refresh_family (expires_at);

CREATE TABLE signing_key (
    kid text PRIMARY KEY,
    secret bytea NOT NULL,
    created_at timestamptz NOT NULL,
    retired_at timestamptz
);

-- Whether an operator takes conversations (0 offline, 1 away, 2 online), and how many at once.
ALTER TABLE operator ADD COLUMN availability smallint NOT NULL DEFAULT 0;
ALTER TABLE operator ADD COLUMN capacity integer NOT NULL DEFAULT 5;
