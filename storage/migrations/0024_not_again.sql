-- Whom somebody asked, as a mark: one word of it goes to each in a month, also when it was taken
-- back. Of what was asked before, nobody knows it.
ALTER TABLE asks ADD COLUMN mark TEXT;
CREATE INDEX asks_marked ON asks (mark) WHERE mark IS NOT NULL;
-- With whom it ended of late, as a mark: until then they are not asked again.
CREATE TABLE parted (
    person TEXT NOT NULL REFERENCES people (ref), mark TEXT NOT NULL, until BIGINT NOT NULL,
    PRIMARY KEY (person, mark)
);
CREATE INDEX parted_until ON parted (until);
