-- What was written to the two of a report, beside the copies that were handed first: the reporter's
-- own of each text, and a copy for each of the two of what was added. Instants are whole
-- milliseconds UTC; `body` is sealed under the key of the person whose row it is.
CREATE TABLE report_texts (
    ref TEXT PRIMARY KEY, report TEXT NOT NULL REFERENCES reports (ref) ON DELETE CASCADE,
    person TEXT NOT NULL REFERENCES people (ref), at BIGINT NOT NULL, body BLOB NOT NULL
);
CREATE INDEX report_texts_in ON report_texts (report, person);
CREATE INDEX report_texts_of ON report_texts (person);
