-- Who an anonymous visitor has turned out to be: what they open from then on would be nobody's.
ALTER TABLE visitor ADD COLUMN identified_as uuid;
