-- Who was asked and is forgotten leaves the question to whoever asked it: it waits its time, and
-- then silence is its answer, as ever.
ALTER TABLE requests RENAME TO requests_before;
DROP INDEX requests_once;
DROP INDEX requests_to;
DROP INDEX requests_at;
DROP INDEX requests_in;
CREATE TABLE requests (
    ref TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people (ref),
    asked TEXT REFERENCES people (ref), grp TEXT NOT NULL REFERENCES groups (ref),
    kind TEXT NOT NULL, at BIGINT NOT NULL, state TEXT NOT NULL, body BLOB, answer BLOB,
    version BIGINT NOT NULL DEFAULT 1
);
INSERT INTO requests (ref, person, asked, grp, kind, at, state, body, answer, version)
    SELECT ref, person, asked, grp, kind, at, state, body, answer, version FROM requests_before;
DROP TABLE requests_before;
CREATE UNIQUE INDEX requests_once ON requests (person, asked, grp, kind);
CREATE INDEX requests_to ON requests (asked);
CREATE INDEX requests_at ON requests (at);
CREATE INDEX requests_in ON requests (grp);
