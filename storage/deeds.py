"""The statements of the outbox, each with what it leans on."""

from __future__ import annotations

from bot.core.work import Lane

PENDING = """(
    SELECT max(seq) FROM outbox WHERE destination = :to AND panel = :panel AND state = 'pending'
    AND NOT EXISTS (SELECT 1 FROM outbox WHERE key = :key))"""

SUPERSEDE = (
    f"DELETE FROM outbox_about WHERE key = (SELECT key FROM outbox WHERE seq = {PENDING})",
    f"UPDATE outbox SET key = :key, body = :body, must = :must, until = :until"
    f" WHERE seq = {PENDING}",
)
"""The row keeps its turn; with its new key it stands in the way of the row that follows."""

QUEUE = """
    INSERT INTO outbox
        (key, destination, lane, must, state, turn, panel, next_at, until, passes_at, body)
    VALUES (:key, :to, :lane, :must, 'pending', CASE
        WHEN NOT EXISTS (SELECT 1 FROM outbox WHERE destination = :to AND turn = 1) THEN 1
        WHEN :lane = 0 AND NOT EXISTS (
            SELECT 1 FROM outbox WHERE destination = :to AND turn IS NOT NULL AND lane = 0) THEN 2
        ELSE 0 END, :panel, :at, :until, :passes, :body)
    ON CONFLICT (key) DO NOTHING"""

ABOUT = """
    INSERT INTO outbox_about (key, person)
    SELECT key, :person FROM outbox WHERE key = :key AND turn IS NOT NULL
    ON CONFLICT (key, person) DO NOTHING"""

_LANE = """
    SELECT * FROM (
        SELECT * FROM outbox WHERE turn = 1 AND lane = {lane} AND next_at <= :now
        ORDER BY next_at, seq LIMIT :most) AS lane{lane}"""

_PASSING = """
    SELECT * FROM (
        SELECT urgent.* FROM outbox AS urgent
        JOIN outbox AS first ON first.destination = urgent.destination AND first.turn = 1
        WHERE urgent.turn = 2 AND urgent.next_at <= :now
        AND first.next_at > :now AND first.passes_at <= :now
        ORDER BY urgent.next_at, urgent.seq LIMIT :most) AS passing"""

READY = """
    SELECT ready.*, panels.receipt, closed_places.until AS closed FROM ({ready}) AS ready
    LEFT JOIN panels
        ON panels.destination = ready.destination AND panels.name = ready.panel
    LEFT JOIN closed_places
        ON closed_places.destination = ready.destination AND closed_places.until > :now
""".format(ready=" UNION ALL ".join([*(_LANE.format(lane=lane.value) for lane in Lane), _PASSING]))
"""The first of each destination, lane by lane, and what may pass a first one that is stuck."""

TAKE = """
    UPDATE outbox SET state = 'claimed', next_at = :lease,
        passes_at = CASE WHEN coalesce(passes_at, 0) = 0 THEN :passes ELSE passes_at END
    WHERE key IN ({keys}) AND turn IS NOT NULL AND next_at <= :now"""
"""A row in somebody's hands has its next_at in the future; one superseded has another key."""

HOLD = """
    UPDATE outbox SET state = 'pending', next_at = :at, passes_at = 0
    WHERE key = :key AND turn IS NOT NULL AND tried_at IS NULL AND next_at = :seen"""
"""What waits for the end of quiet hours lets lane NOW pass from the first moment."""
LOOK_AGAIN = """
    UPDATE outbox SET state = 'pending', next_at = :now
    WHERE (state = 'pending' AND passes_at = 0 OR state = 'claimed' AND tried_at IS NULL)
    AND turn IS NOT NULL AND seq IN (
        SELECT seq FROM outbox WHERE destination = :to AND turn = 1
        UNION ALL SELECT seq FROM outbox WHERE destination = :to AND turn IN (0, 2))"""

BEGIN = """
    UPDATE outbox SET state = 'sending', tried_at = coalesce(tried_at, :now)
    WHERE key IN ({keys}) AND state = 'claimed' AND next_at = :lease AND until > :latest"""

AGAIN = """
    UPDATE outbox SET tried_at = :tried,
        state = CASE WHEN :tried IS NULL THEN 'pending' ELSE 'sending' END,
        next_at = CASE WHEN :at < until THEN :at ELSE until END
    WHERE key = :key AND next_at = :lease AND state IN ('claimed', 'sending')"""
"""Surely nothing was sent this time: it is as uncertain as it was before."""

AGAIN_UNCERTAIN = """
    UPDATE outbox SET state = 'sending', next_at = CASE WHEN :at < until THEN :at ELSE until END
    WHERE key = :key AND next_at = :lease AND state IN ('claimed', 'sending')"""

_PROMOTE = """
    UPDATE outbox SET turn = 1 WHERE seq IN (
        SELECT (SELECT min(seq) FROM outbox WHERE destination = theirs.column1 AND turn IN (0, 2))
        FROM ({places}) AS theirs WHERE NOT EXISTS (
            SELECT 1 FROM outbox WHERE destination = theirs.column1 AND turn = 1))"""
_PROMOTE_URGENT = """
    UPDATE outbox SET turn = 2 WHERE turn = 0 AND seq IN (
        SELECT (SELECT min(seq) FROM outbox
            WHERE destination = theirs.column1 AND turn IS NOT NULL AND lane = 0)
        FROM ({places}) AS theirs)"""

_DONE = """
    UPDATE outbox SET state = :state, body = NULL, panel = NULL, turn = NULL, destination = ''"""

NOT_ABOUT = "DELETE FROM outbox_about WHERE key IN ({keys})"
DONE = f"{_DONE} WHERE key IN ({{keys}}) AND turn IS NOT NULL"
PROMOTE = (_PROMOTE, _PROMOTE_URGENT)
"""What follows moves up: for each destination looked up by itself, however many wait there."""
END = f"{_DONE} WHERE key = :key AND next_at = :seen AND turn IS NOT NULL"

STANDS = """
    INSERT INTO panels (destination, name, receipt) VALUES (:to, :name, :receipt)
    ON CONFLICT (destination, name) DO UPDATE SET receipt = excluded.receipt"""
REMOVED = "DELETE FROM panels WHERE destination = :to AND name = :name"

CLOSE = """
    INSERT INTO closed_places (destination, until) VALUES (:to, :until)
    ON CONFLICT (destination) DO UPDATE SET until = excluded.until"""

FREE = """
    UPDATE outbox SET next_at = :now
    WHERE turn IS NOT NULL AND state IN ('claimed', 'sending') AND next_at > :now"""

NAMED = "SELECT key, person FROM outbox_about WHERE key IN ({keys}) ORDER BY key, person"

_THEIRS = """turn IS NOT NULL AND key IN (
        SELECT key FROM outbox WHERE destination = :to AND turn = 1
        UNION ALL SELECT key FROM outbox WHERE destination = :to AND turn IN (0, 2)
        UNION ALL SELECT key FROM outbox_about WHERE person = :person)"""
_GOING = f"state <> 'sending' AND {_THEIRS}"
_LEFT = f"""
    SELECT min(seq) FROM outbox AS waiting WHERE turn IN (0, 2) AND NOT ({_GOING})
    AND destination IN (SELECT destination FROM outbox WHERE {_THEIRS})"""
_NO_FIRST = """NOT EXISTS (
        SELECT 1 FROM outbox AS first
        WHERE first.destination = waiting.destination AND first.turn = 1)"""
FORGET = (
    f"UPDATE outbox SET body = NULL WHERE state = 'sending' AND {_THEIRS}",
    f"UPDATE outbox SET turn = 0 WHERE {_GOING}",
    f"UPDATE outbox SET turn = 1 WHERE seq IN ({_LEFT} AND {_NO_FIRST} GROUP BY destination)",
    f"UPDATE outbox SET turn = 2 WHERE turn = 0 AND seq IN ({_LEFT} AND lane = 0"
    " GROUP BY destination)",
    f"DELETE FROM outbox WHERE {_GOING}",
    "DELETE FROM outbox_about WHERE person = :person",
    "DELETE FROM panels WHERE destination = :to",
)
"""Those that are left move up before the others go. What is being sent is left to be settled,
but without a body nobody can repeat it."""

_OVER = "turn IN (0, 2) AND turn = 0 AND until <= :now AND state = 'pending'"
TIDY = (
    f"DELETE FROM outbox_about WHERE key IN (SELECT key FROM outbox WHERE {_OVER})",
    f"UPDATE outbox SET state = 'expired', body = NULL, panel = NULL, turn = NULL,"
    f" destination = '' WHERE {_OVER}",
    "DELETE FROM outbox WHERE seq IN ("
    " SELECT seq FROM outbox WHERE turn IS NULL AND next_at <= :before LIMIT :most)",
    "DELETE FROM closed_places WHERE until <= :now",
)
"""Those that wait behind another expire here; the first of each destination when it is claimed,
so that the next one moves up."""
