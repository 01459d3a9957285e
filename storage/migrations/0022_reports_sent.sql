-- That somebody sent a report, not which: what was taken back counts for a week, too. Instants are
-- whole milliseconds UTC.
CREATE TABLE reports_sent (
    person TEXT NOT NULL REFERENCES people (ref), at BIGINT NOT NULL
);
CREATE INDEX reports_sent_of ON reports_sent (person, at);
CREATE INDEX reports_sent_at ON reports_sent (at);
INSERT INTO reports_sent (person, at) SELECT person, at FROM reports WHERE sent = 1;
