-- Instants are integer milliseconds UTC, text that is sealed is a blob.

-- Half-answered forms. `asked` counts, within a place, which question was asked last.
CREATE TABLE drafts (
    mark TEXT NOT NULL, action TEXT NOT NULL, account TEXT NOT NULL, body BLOB NOT NULL,
    asked INTEGER NOT NULL, at BIGINT NOT NULL,
    PRIMARY KEY (mark, action)
);
CREATE INDEX drafts_account ON drafts (account);

-- What a platform handed over: waiting, claimed, done, failed.
CREATE TABLE inbox (
    seq INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, subject TEXT NOT NULL,
    state TEXT NOT NULL, look_at BIGINT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, body BLOB
);
CREATE INDEX inbox_open ON inbox (subject, seq) WHERE state IN ('waiting', 'claimed');
CREATE INDEX inbox_next ON inbox (seq) WHERE state IN ('waiting', 'claimed');

-- What is due when. `due_at` is the occurrence; `look_at` is when to look at the row next, or
-- NULL while it rests because it could not be performed.
CREATE TABLE schedule (
    ref TEXT PRIMARY KEY, person TEXT, grp TEXT, action TEXT NOT NULL, body BLOB NOT NULL,
    due_at BIGINT NOT NULL, look_at BIGINT, tries INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX schedule_next ON schedule (look_at) WHERE look_at IS NOT NULL;
CREATE INDEX schedule_resting ON schedule (action) WHERE look_at IS NULL;
CREATE INDEX schedule_person ON schedule (person) WHERE person IS NOT NULL;

-- Deeds on their way: pending, claimed, sending; then sent, unknown, failed or expired, and
-- without a body or a destination. `turn` is 1 for the first of a destination, 2 for the first
-- of lane 0 behind it, 0 for those that wait, and NULL for what is settled. `next_at` is when to
-- look next: the end of a wait or of a lease. From `passes_at` on, lane 0 may pass it; 0 stands
-- there while it waits for the end of quiet hours.
CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, destination TEXT NOT NULL,
    lane INTEGER NOT NULL, must TEXT NOT NULL, state TEXT NOT NULL, turn INTEGER,
    panel TEXT, next_at BIGINT NOT NULL, until BIGINT NOT NULL, passes_at BIGINT,
    tried_at BIGINT, body BLOB
);
CREATE UNIQUE INDEX outbox_first ON outbox (destination) WHERE turn = 1;
CREATE INDEX outbox_next ON outbox (lane, next_at, seq) WHERE turn = 1;
CREATE INDEX outbox_passing ON outbox (next_at) WHERE turn = 2;
CREATE INDEX outbox_line ON outbox (destination, seq) WHERE turn IN (0, 2);
CREATE INDEX outbox_urgent ON outbox (destination, seq) WHERE turn IS NOT NULL AND lane = 0;
CREATE INDEX outbox_panel ON outbox (destination, panel, seq) WHERE panel IS NOT NULL;
CREATE INDEX outbox_settled ON outbox (next_at) WHERE turn IS NULL;

-- Whom a deed on its way speaks of.
CREATE TABLE outbox_about (
    key TEXT NOT NULL REFERENCES outbox (key) ON DELETE CASCADE, person TEXT NOT NULL,
    PRIMARY KEY (key, person)
);
CREATE INDEX outbox_about_person ON outbox_about (person);

-- The card of a name that stands in a place, as the platform calls it.
CREATE TABLE panels (
    destination TEXT NOT NULL, name TEXT NOT NULL, receipt BLOB NOT NULL,
    PRIMARY KEY (destination, name)
);

-- Places that take nothing from us for now.
CREATE TABLE closed_places (destination TEXT PRIMARY KEY, until BIGINT NOT NULL);
