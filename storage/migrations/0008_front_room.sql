-- What one browser is shown: a shopping list while it is put away; by day or night, in which letters.
ALTER TABLE web_sessions ADD COLUMN away INTEGER NOT NULL DEFAULT 0;
ALTER TABLE web_sessions ADD COLUMN light TEXT NOT NULL DEFAULT '';
ALTER TABLE web_sessions ADD COLUMN letters TEXT NOT NULL DEFAULT '';
-- Who said it, where it is something that a person said: they can mend it and take it back.
ALTER TABLE web_events ADD COLUMN author TEXT;
CREATE INDEX web_events_by ON web_events (author);
