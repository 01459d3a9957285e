-- What somebody asked two trusted servants to read. Instants are whole milliseconds UTC; `body` is
-- sealed under the key of whoever it is for: the reporter's row, a copy for each who reads it, an
-- answer for the reporter.
CREATE TABLE reports (
    ref TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people (ref),
    grp TEXT NOT NULL REFERENCES groups (ref), at BIGINT NOT NULL, sent BIGINT NOT NULL DEFAULT 0,
    body BLOB NOT NULL, version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX reports_of ON reports (person);
CREATE INDEX reports_at ON reports (at);
CREATE TABLE report_copies (
    ref TEXT PRIMARY KEY, report TEXT NOT NULL REFERENCES reports (ref) ON DELETE CASCADE,
    person TEXT NOT NULL REFERENCES people (ref), state TEXT NOT NULL, body BLOB NOT NULL,
    version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX report_copies_of ON report_copies (person);
CREATE INDEX report_copies_in ON report_copies (report);
CREATE TABLE report_answers (
    ref TEXT PRIMARY KEY, report TEXT NOT NULL REFERENCES reports (ref) ON DELETE CASCADE,
    at BIGINT NOT NULL, body BLOB NOT NULL
);
CREATE INDEX report_answers_in ON report_answers (report);
