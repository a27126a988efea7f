-- When and why a session ended before its time (1 signed out, 2 identified, 3 refresh token reused): nodes that the bus does not reach read it here.
ALTER TABLE refresh_family ADD COLUMN ended_at timestamptz;
ALTER TABLE refresh_family ADD COLUMN ended_by smallint;

CREATE INDEX refresh_family_ended ON refresh_family (ended_at) WHERE ended_at IS NOT NULL;

-- ID tokens of the identity provider that were used: each is good for one sign-in. Hexadecimal SHA-256 of what was signed.
CREATE TABLE used_id_token (
    digest text PRIMARY KEY,
    expires_at timestamptz NOT NULL
);

-- A push address is taken over within its inbox only. Null for a visitor of earlier times without a conversation: nobody takes that one over.
ALTER TABLE device ADD COLUMN inbox_id uuid;
UPDATE device SET inbox_id = (SELECT inbox_id FROM visitor WHERE visitor.id = device.visitor_id);
