-- `mark` is the account's, as in `accounts`; it is there before its owner has joined.
CREATE TABLE web_accounts (
    mark TEXT PRIMARY KEY, account BLOB NOT NULL, word TEXT NOT NULL UNIQUE,
    passphrase BLOB NOT NULL, founds INTEGER NOT NULL DEFAULT 0, made_at BIGINT NOT NULL
);
CREATE TABLE web_sessions (
    mark TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES web_accounts (mark) ON DELETE CASCADE,
    room TEXT NOT NULL DEFAULT '', seen_at BIGINT NOT NULL
);
CREATE INDEX web_sessions_of ON web_sessions (account);
-- Rooms that somebody was invited to and has not joined; afterwards membership says it.
CREATE TABLE web_rooms (
    account TEXT NOT NULL REFERENCES web_accounts (mark) ON DELETE CASCADE,
    grp TEXT NOT NULL REFERENCES groups (ref) ON DELETE CASCADE,
    PRIMARY KEY (account, grp)
);
CREATE INDEX web_rooms_of ON web_rooms (grp);
-- One call may count for several: a word, and an address.
CREATE TABLE web_tries (
    call TEXT NOT NULL, n INTEGER NOT NULL, mark TEXT NOT NULL, at BIGINT NOT NULL,
    PRIMARY KEY (call, n)
);
CREATE INDEX web_tries_of ON web_tries (mark, at);
-- The number of the last event. It is taken in the unit that keeps the event, so numbers come in
-- the order of commits and none comes twice: a reader that has seen one has seen all before it.
CREATE TABLE web_last (seq BIGINT NOT NULL);
INSERT INTO web_last (seq) VALUES (0);
-- `place` is a mark, in a private feed that of the account. `anchor` is the card: an event with the
-- anchor of an earlier one takes its place, and the earlier body is wiped.
CREATE TABLE web_events (
    seq BIGINT PRIMARY KEY, key TEXT NOT NULL UNIQUE, place TEXT NOT NULL, anchor TEXT NOT NULL,
    account TEXT REFERENCES web_accounts (mark) ON DELETE CASCADE,
    kind TEXT NOT NULL, body BLOB, at BIGINT NOT NULL
);
CREATE INDEX web_events_in ON web_events (place, seq);
CREATE INDEX web_events_card ON web_events (place, anchor, seq);
CREATE INDEX web_events_of ON web_events (account);
-- Whom a card names, as long as it can be seen: it goes when they are forgotten.
CREATE TABLE web_event_about (
    event TEXT NOT NULL REFERENCES web_events (key) ON DELETE CASCADE, person TEXT NOT NULL,
    PRIMARY KEY (event, person)
);
CREATE INDEX web_event_about_person ON web_event_about (person);
