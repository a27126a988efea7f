-- The last message, for rows of lists: looked for backwards through the log it took as long as others liked to make it. Null: none was noted yet.
ALTER TABLE conversation ADD COLUMN last_message_seq INTEGER;

-- The edits of a message, whose texts its deletion erases. Edits are rare, and nothing else is in it.
CREATE INDEX event_edits ON event (conversation_id, target_seq) WHERE type = 2;
