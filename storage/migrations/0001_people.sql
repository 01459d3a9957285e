-- Instants are whole milliseconds UTC, ids and marks (keyed hashes) are text, sealed text is a blob.
CREATE TABLE people (
    ref TEXT PRIMARY KEY, profile BLOB NOT NULL, version BIGINT NOT NULL DEFAULT 1
);
-- An account belongs to one person: two joins at once are one, because the second finds the mark.
CREATE TABLE accounts (
    mark TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people (ref), account BLOB NOT NULL,
    closed BIGINT NOT NULL DEFAULT 0, used_at BIGINT NOT NULL
);
CREATE INDEX accounts_of ON accounts (person);
CREATE TABLE groups (
    ref TEXT PRIMARY KEY, body BLOB NOT NULL, since BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1
);
CREATE TABLE doors (
    mark TEXT PRIMARY KEY, grp TEXT NOT NULL REFERENCES groups (ref), place BLOB NOT NULL,
    purpose TEXT NOT NULL
);
CREATE INDEX doors_of ON doors (grp);
-- `called` is the mark of the name as people would mistake it: in a group no two are alike.
CREATE TABLE members (
    person TEXT NOT NULL REFERENCES people (ref), grp TEXT NOT NULL REFERENCES groups (ref),
    called TEXT NOT NULL, since BIGINT NOT NULL, used_at BIGINT NOT NULL,
    PRIMARY KEY (person, grp)
);
CREATE UNIQUE INDEX members_called ON members (grp, called);
CREATE TABLE roles (
    ref TEXT PRIMARY KEY, grp TEXT NOT NULL REFERENCES groups (ref),
    person TEXT NOT NULL REFERENCES people (ref), role TEXT NOT NULL, since BIGINT NOT NULL,
    until BIGINT NOT NULL, version BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX roles_held ON roles (person, grp, role);
CREATE INDEX roles_of ON roles (grp);
-- What a trusted servant asked to change (until another agrees), or what was changed (until it can
-- no longer be undone).
CREATE TABLE changes (
    ref TEXT PRIMARY KEY, grp TEXT NOT NULL REFERENCES groups (ref),
    asked TEXT REFERENCES people (ref), agreed TEXT REFERENCES people (ref),
    made BIGINT NOT NULL, body BLOB NOT NULL, until BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX changes_of ON changes (grp);
CREATE TABLE codes (
    mark TEXT PRIMARY KEY, kind TEXT NOT NULL, person TEXT REFERENCES people (ref),
    grp TEXT REFERENCES groups (ref), until BIGINT NOT NULL, note BLOB
);
CREATE INDEX codes_of ON codes (person, kind);
CREATE TABLE tries (mark TEXT PRIMARY KEY, n BIGINT NOT NULL, until BIGINT NOT NULL);
-- `blocked` is nobody when nobody goes by the name; the row looks the same.
CREATE TABLE blocks (
    ref TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people (ref), mark TEXT NOT NULL,
    blocked TEXT REFERENCES people (ref), name BLOB NOT NULL, version BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX blocks_once ON blocks (person, mark);
CREATE INDEX blocks_against ON blocks (blocked);
