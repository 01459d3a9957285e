-- Who said that they may be asked, for what, in which group. Instants are whole milliseconds UTC;
-- `body` is sealed under their own key.
CREATE TABLE offers (
    ref TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people (ref),
    grp TEXT NOT NULL REFERENCES groups (ref), kind TEXT NOT NULL, body BLOB NOT NULL,
    version BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX offers_once ON offers (person, grp, kind);
CREATE INDEX offers_in ON offers (grp, kind);
-- What `person` asked of `asked`. What each wrote is sealed under the key of the one who wrote it.
CREATE TABLE requests (
    ref TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people (ref),
    asked TEXT NOT NULL REFERENCES people (ref), grp TEXT NOT NULL REFERENCES groups (ref),
    kind TEXT NOT NULL, at BIGINT NOT NULL, state TEXT NOT NULL, body BLOB, answer BLOB,
    version BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX requests_once ON requests (person, asked, grp, kind);
CREATE INDEX requests_to ON requests (asked);
CREATE INDEX requests_at ON requests (at);
CREATE INDEX requests_in ON requests (grp);
-- That somebody asked, not whom: how often in a week, and how often people who were new.
CREATE TABLE asks (
    person TEXT NOT NULL REFERENCES people (ref), grp TEXT NOT NULL REFERENCES groups (ref),
    at BIGINT NOT NULL, newcomer BIGINT NOT NULL
);
CREATE INDEX asks_of ON asks (person, at);
CREATE INDEX asks_in ON asks (grp, at);
-- When somebody new was told that they may say no to anyone.
ALTER TABLE members ADD COLUMN told BIGINT;
