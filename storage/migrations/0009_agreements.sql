-- What people agreed on with each other. Instants are whole milliseconds UTC; `body` is sealed under
-- the key of the person whose part, or whose answer, it is.
CREATE TABLE agreements (
    ref TEXT PRIMARY KEY, kind TEXT NOT NULL, grp TEXT REFERENCES groups (ref),
    since BIGINT NOT NULL, review_at BIGINT NOT NULL, until BIGINT,
    version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX agreements_since ON agreements (since);
CREATE INDEX agreements_in ON agreements (grp);
CREATE TABLE parts (
    agreement TEXT NOT NULL REFERENCES agreements (ref) ON DELETE CASCADE,
    person TEXT NOT NULL REFERENCES people (ref), agreed BIGINT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (agreement, person)
);
CREATE INDEX parts_of ON parts (person);
-- The question asked last, and what was answered: the next one takes its place.
CREATE TABLE pings (
    ref TEXT PRIMARY KEY, agreement TEXT NOT NULL REFERENCES agreements (ref) ON DELETE CASCADE,
    person TEXT NOT NULL REFERENCES people (ref), at BIGINT NOT NULL, body BLOB NOT NULL,
    version BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX pings_last ON pings (agreement, person);
CREATE INDEX pings_of ON pings (person);
