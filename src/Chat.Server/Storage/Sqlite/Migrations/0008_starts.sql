-- What keeps one visitor from filling everybody's lists, and lists whose pages do not move while they are read.

-- How many conversations that are not closed a visitor may have opened.
ALTER TABLE inbox ADD COLUMN open_conversations INTEGER NOT NULL DEFAULT 5;

-- Of how many conversations of its visitor that were not closed this one was the last when it was opened. Never changes, so that lists can be paged
-- by it: of each visitor the first, then of each the second.
ALTER TABLE conversation ADD COLUMN open_rank INTEGER NOT NULL DEFAULT 1;

CREATE INDEX conversation_live_of_visitor ON conversation (visitor_id) WHERE status <> 3;
CREATE INDEX conversation_of_inbox ON conversation (inbox_id, id DESC);
CREATE INDEX conversation_closed_at ON conversation (inbox_id, closed_at DESC, id DESC) WHERE status = 3;

-- closed_last_at moved with every note and tag, and rows with it.
DROP INDEX conversation_closed;
