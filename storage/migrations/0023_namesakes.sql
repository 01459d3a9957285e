-- A name that somebody keeps away may mean more than one person, and nobody yet; its mark is the one
-- by which people go in their groups, so that it is known when somebody of that name comes.
DROP INDEX blocks_once;
CREATE INDEX blocks_of ON blocks (person, mark);
CREATE INDEX blocks_called ON blocks (mark);
-- Who went by a name until a few days ago. Instants are whole milliseconds UTC.
CREATE TABLE former_names (
    person TEXT NOT NULL REFERENCES people (ref), called TEXT NOT NULL, until BIGINT NOT NULL,
    PRIMARY KEY (person, called)
);
CREATE INDEX former_names_called ON former_names (called);
CREATE INDEX former_names_until ON former_names (until);
