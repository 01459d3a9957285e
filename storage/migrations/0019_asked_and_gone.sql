-- Who was asked and is forgotten leaves the question to whoever asked it: it waits its time, and
-- then silence is its answer, as ever.
CREATE TABLE requests_of (
    ref TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people (ref),
    asked TEXT REFERENCES people (ref), grp TEXT NOT NULL REFERENCES groups (ref),
    kind TEXT NOT NULL, at BIGINT NOT NULL, state TEXT NOT NULL, body BLOB, answer BLOB,
    version BIGINT NOT NULL DEFAULT 1
);
INSERT INTO requests_of (ref, person, asked, grp, kind, at, state, body, answer, version)
    SELECT ref, person, asked, grp, kind, at, state, body, answer, version FROM requests;
DROP TABLE requests;
ALTER TABLE requests_of RENAME TO requests;
CREATE UNIQUE INDEX requests_once ON requests (person, asked, grp, kind);
CREATE INDEX requests_to ON requests (asked);
CREATE INDEX requests_at ON requests (at);
CREATE INDEX requests_in ON requests (grp);
