-- Readings: what people write about them and like of them, and when theirs comes. Instants are whole
-- milliseconds UTC, ids and marks are text; `body` is sealed under the key of whoever it is about.
CREATE TABLE reflections (
    ref TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people (ref), mark TEXT NOT NULL,
    at BIGINT NOT NULL, body BLOB NOT NULL, version BIGINT NOT NULL DEFAULT 1
);
-- `mark` is that of the track and the day: one of each.
CREATE UNIQUE INDEX reflections_once ON reflections (person, mark);
CREATE INDEX reflections_of ON reflections (person, at);
CREATE TABLE favourites (
    ref TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people (ref), mark TEXT NOT NULL,
    at BIGINT NOT NULL, body BLOB NOT NULL
);
CREATE UNIQUE INDEX favourites_once ON favourites (person, mark);
CREATE INDEX favourites_of ON favourites (person, at);
-- `ref` is the person's own.
CREATE TABLE reading_hours (
    ref TEXT PRIMARY KEY REFERENCES people (ref), body BLOB NOT NULL,
    version BIGINT NOT NULL DEFAULT 1
);
-- The day, on the group's own clock, whose reading was shown last: none is shown twice.
CREATE TABLE readings_shown (
    grp TEXT PRIMARY KEY REFERENCES groups (ref), day TEXT NOT NULL
);
