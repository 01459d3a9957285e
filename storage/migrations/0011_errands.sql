-- A form that somebody fills in on a page of the web room, though they were asked elsewhere. `mark`
-- is that of the link, or once it was opened of the page; what was asked waits among the drafts.
CREATE TABLE errands (
    mark TEXT PRIMARY KEY, account TEXT NOT NULL, opened INTEGER NOT NULL, until BIGINT NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX errands_of ON errands (account);
