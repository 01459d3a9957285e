-- The check-in of a group: who opens it in turn, and one row for each time. Instants are whole
-- milliseconds UTC; `place` is sealed under the key of the house.
CREATE TABLE openers (
    person TEXT NOT NULL REFERENCES people (ref), grp TEXT NOT NULL REFERENCES groups (ref),
    since BIGINT NOT NULL, last BIGINT NOT NULL DEFAULT 0, PRIMARY KEY (person, grp)
);
CREATE INDEX openers_in ON openers (grp);
CREATE TABLE gatherings (
    ref TEXT PRIMARY KEY, grp TEXT NOT NULL REFERENCES groups (ref), at BIGINT NOT NULL,
    state TEXT NOT NULL, opener TEXT, place BLOB NOT NULL,
    version BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX gatherings_once ON gatherings (grp, at);
CREATE INDEX gatherings_at ON gatherings (at);
CREATE INDEX gatherings_by ON gatherings (opener);
CREATE TABLE gathering_asks (
    ref TEXT PRIMARY KEY,
    gathering TEXT NOT NULL REFERENCES gatherings (ref) ON DELETE CASCADE,
    person TEXT NOT NULL REFERENCES people (ref), version BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX gathering_asks_once ON gathering_asks (gathering, person);
CREATE INDEX gathering_asks_of ON gathering_asks (person);
