-- What somebody shows to others of a check-in: offered first, then sent. Instants are whole
-- milliseconds UTC; `body` is sealed under the key of the person whose check-in it is.
CREATE TABLE shares (
    ref TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people (ref),
    checkin TEXT NOT NULL REFERENCES checkins (ref) ON DELETE CASCADE,
    at BIGINT NOT NULL, sent BIGINT NOT NULL DEFAULT 0, body BLOB NOT NULL,
    version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX shares_of ON shares (person);
CREATE INDEX shares_from ON shares (checkin);
CREATE INDEX shares_at ON shares (at);
-- To whom: a person, or a place of a group, which is sealed under the key of the house.
CREATE TABLE shares_to (
    share TEXT NOT NULL REFERENCES shares (ref) ON DELETE CASCADE,
    person TEXT REFERENCES people (ref), place BLOB
);
CREATE INDEX shares_to_share ON shares_to (share);
CREATE INDEX shares_to_person ON shares_to (person);
CREATE INDEX panels_named ON panels (name);
