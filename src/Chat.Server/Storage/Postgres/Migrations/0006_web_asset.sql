-- What the pages of this version and of those before are made of. While two versions serve together, a page of one may ask a node of the other for it.
CREATE TABLE web_asset (
    path text PRIMARY KEY,
    content bytea NOT NULL,
    brotli bytea,
    kept_at timestamptz NOT NULL
);
