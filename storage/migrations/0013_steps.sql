-- Step work. Instants are whole milliseconds UTC; `body` is sealed under the key of `person`, and a
-- mark is a keyed hash: which guide, which step, which question of which day.
CREATE TABLE step_notebooks (
    ref TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people (ref), mark TEXT NOT NULL,
    at BIGINT NOT NULL, body BLOB NOT NULL, version BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX step_notebooks_once ON step_notebooks (mark);
CREATE INDEX step_notebooks_of ON step_notebooks (person);
CREATE TABLE step_entries (
    ref TEXT PRIMARY KEY, notebook TEXT NOT NULL REFERENCES step_notebooks (ref) ON DELETE CASCADE,
    person TEXT NOT NULL REFERENCES people (ref), step TEXT NOT NULL, mark TEXT NOT NULL,
    at BIGINT NOT NULL, body BLOB NOT NULL, version BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX step_entries_once ON step_entries (mark);
CREATE INDEX step_entries_in ON step_entries (notebook);
CREATE INDEX step_entries_step ON step_entries (step, at);
CREATE INDEX step_entries_of ON step_entries (person, at);
CREATE TABLE step_suggestions (
    ref TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people (ref),
    entry TEXT NOT NULL REFERENCES step_entries (ref) ON DELETE CASCADE, mark TEXT NOT NULL,
    at BIGINT NOT NULL, body BLOB NOT NULL, version BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX step_suggestions_once ON step_suggestions (mark);
CREATE INDEX step_suggestions_on ON step_suggestions (entry, at);
CREATE INDEX step_suggestions_of ON step_suggestions (person, at);
-- What the author says to a suggestion is the author's: it stays when the suggestion goes.
CREATE TABLE step_answers (
    suggestion TEXT PRIMARY KEY, entry TEXT NOT NULL REFERENCES step_entries (ref) ON DELETE CASCADE,
    person TEXT NOT NULL REFERENCES people (ref), at BIGINT NOT NULL, body BLOB NOT NULL
);
CREATE INDEX step_answers_on ON step_answers (entry);
CREATE INDEX step_answers_of ON step_answers (person);
-- Until when somebody is told no more that there is something new to read.
CREATE TABLE step_notes (
    person TEXT PRIMARY KEY REFERENCES people (ref), until BIGINT NOT NULL
);
