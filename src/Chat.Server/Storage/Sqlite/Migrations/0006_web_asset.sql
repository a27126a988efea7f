-- What the pages of this version and of those before are made of. A page that has been open since before an upgrade may still ask for it.
CREATE TABLE web_asset (
    path TEXT PRIMARY KEY,
    content BLOB NOT NULL,
    brotli BLOB,
    kept_at INTEGER NOT NULL
) STRICT;
