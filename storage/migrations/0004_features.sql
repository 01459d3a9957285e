-- What people keep for themselves. Instants are whole milliseconds UTC, ids and marks are text;
-- `body` is sealed under the key of whoever it is about.
CREATE TABLE checkins (
    ref TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people (ref), at BIGINT NOT NULL,
    body BLOB NOT NULL, version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX checkins_of ON checkins (person, at);
CREATE INDEX checkins_at ON checkins (at);
-- Two presses at once are one check-in: the second finds the first, and corrects it.
CREATE UNIQUE INDEX checkins_once ON checkins (person, (at / 60000));
CREATE TABLE clocks (
    ref TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people (ref), mark TEXT NOT NULL,
    body BLOB NOT NULL, version BIGINT NOT NULL DEFAULT 1
);
-- `mark` is the name's: a form that is sent twice keeps one date.
CREATE UNIQUE INDEX clocks_once ON clocks (person, mark);
