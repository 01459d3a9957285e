-- Each key wrapped, under its kind (main, lookup, house, person, epoch) and owner: a person's
-- ref, or the hour that an epoch stands for. `until` is an epoch's end in milliseconds UTC.
CREATE TABLE keys (
    kind TEXT NOT NULL, owner TEXT NOT NULL, wrapped BLOB NOT NULL, until BIGINT,
    PRIMARY KEY (kind, owner)
);
