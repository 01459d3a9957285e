-- A place can be for several things, and is one group's all the same.
CREATE TABLE doors_for (
    mark TEXT NOT NULL, grp TEXT NOT NULL REFERENCES groups (ref), place BLOB NOT NULL,
    purpose TEXT NOT NULL, nth BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (mark, purpose)
);
INSERT INTO doors_for (mark, grp, place, purpose, nth)
    SELECT mark, grp, place, purpose, nth FROM doors;
DROP TABLE doors;
ALTER TABLE doors_for RENAME TO doors;
CREATE INDEX doors_of ON doors (grp);
