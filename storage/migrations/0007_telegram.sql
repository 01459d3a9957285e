-- Which process alone may do something for now.
CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until BIGINT NOT NULL);
-- What a platform was told last, so that it is told again only when it has changed.
CREATE TABLE told (name TEXT PRIMARY KEY, value TEXT NOT NULL);
-- A group that was upgraded has another place; `mark` is that of the old one.
CREATE TABLE moved (mark TEXT PRIMARY KEY, place BLOB NOT NULL);
