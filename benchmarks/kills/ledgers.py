"""Compares what the platform wrote down with what the application kept, and says what is missing
and what is there twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from benchmarks.kills.house import AheadClock, opened
from benchmarks.kills.people import DOORS, Deed, Update
from benchmarks.kills.setting import hours
from benchmarks.kills.supervise import Run
from storage import Storage

MOST = 10
"""Deeds that are named when they are lost, or come twice."""
KINDS = {"keyed": "knows a key for 120 s", "plain": "knows no key"}


@dataclass
class Tally:
    """Of one kind of thing: how much there was to be, and how much there was."""

    promised: int = 0
    came: int = 0
    lost: int = 0
    doubled: int = 0
    unknown: int = 0

    def count(self, times: int, *, unknown: bool = False) -> None:
        """One that was promised, and was there so many times."""
        self.promised += 1
        self.came += times > 0
        self.doubled += max(times - 1, 0)
        self.unknown += not times and unknown
        self.lost += not times and not unknown


@dataclass
class Findings:
    updates: Tally = field(default_factory=Tally)
    """Those that the platform was told we have; performed, by the application's own table."""
    checkins: Tally = field(default_factory=Tally)
    """Changes of somebody's check-ins, and how many there were by their versions."""
    deeds: dict[tuple[str, str, str], Tally] = field(default_factory=dict)
    """By door, class and how."""
    missing: list[str] = field(default_factory=list)
    """The deeds that are lost, and what the application says of each."""
    twice: list[str] = field(default_factory=list)
    """The deeds that came again though they must not, and how long after."""
    planned: Tally = field(default_factory=Tally)
    """Calls that were to be performed once at a given time."""
    latest: float = 0.0
    """Seconds after that time; the last life does not count, before which the clock jumped."""
    disordered: int = 0
    """Messages to one place that came before an earlier one."""
    unanswered: int = 0
    answered_twice: int = 0
    known: int = 0
    """Repeats that were not shown, because the platform knew the key."""
    found: int = 0
    """Repeats that were not made, because a look had found the message."""

    def deed(self, door: str, must: str, how: str) -> Tally:
        return self.deeds.setdefault((door, must, how), Tally())


@dataclass(frozen=True)
class Kept:
    """The application's ledger."""

    done: frozenset[str]
    """Updates that the inbox knows as done."""
    performed: tuple[tuple[str, float], ...]
    """Marks, in the order in which they were kept, and when that was."""
    changes: dict[str, int]
    """By person: how often their check-ins were made or changed."""
    states: dict[str, str]
    """What it says became of each deed, by its key."""


async def compare(run: Run) -> Findings:
    async with opened(run.folder, AheadClock(run.offset)) as storage:
        kept = await _kept(storage)
    ledger, found = run.ledger, Findings()
    updates = [_update(u) for door in DOORS for u in ledger[door]["updates"]]
    for door in DOORS:
        if ledger[door]["confirmed"] != len(ledger[door]["updates"]):
            raise AssertionError("the platform still has updates to hand over")
    _updates(updates, kept, found)
    _planned(run, updates, kept, found)
    _checkins(updates, kept, found)
    _deeds(updates, ledger, kept, found)
    _questions(run, ledger, kept, found)
    _panels(updates, ledger, kept, found)
    _order(updates, ledger, kept, found)
    for door in DOORS:
        replies: dict[str, int] = ledger[door]["replies"]
        found.unanswered += len(ledger[door]["updates"]) - len(replies)
        found.answered_twice += sum(times - 1 for times in replies.values())
        found.known += ledger[door]["known"]
        found.found += ledger[door]["found"]
    return found


def _updates(updates: list[Update], kept: Kept, found: Findings) -> None:
    times = Counter(mark for mark, _ in kept.performed)
    for update in updates:
        performed = times[update.ref] if update.deeds else 1
        found.updates.count(performed if update.ref in kept.done else 0)


def _planned(run: Run, updates: list[Update], kept: Kept, found: Findings) -> None:
    due = {deed.mark: deed.at for u in updates for deed in u.deeds if deed.how == "planned"}
    times = Counter(mark for mark, _ in kept.performed)
    for mark in due:
        found.planned.count(times[mark])
    late = (at - due[mark] for mark, at in kept.performed if mark in due and at < run.last)
    found.latest = max(late, default=0)


def _checkins(updates: list[Update], kept: Kept, found: Findings) -> None:
    promised = Counter(update.keeps for update in updates if update.keeps)
    for person in promised.keys() | kept.changes.keys():
        made, wanted = kept.changes.get(person, 0), promised[person]
        found.checkins.promised += wanted
        found.checkins.came += min(made, wanted)
        found.checkins.lost += max(wanted - made, 0)
        found.checkins.doubled += max(made - wanted, 0)


def _deeds(updates: list[Update], ledger: Any, kept: Kept, found: Findings) -> None:
    times = Counter((door, s["text"]) for door in DOORS for s in ledger[door]["shown"] if s["key"])
    states = {_mark(key): state for key, state in kept.states.items()}
    for deed in (deed for update in updates for deed in update.deeds if deed.how != "panel"):
        state, shown = states.get(deed.mark, "no row"), times[deed.door, deed.mark]
        found.deed(deed.door, deed.must, deed.how).count(shown, unknown=state == "unknown")
        if not shown and state != "unknown":
            found.missing.append(f"{deed.mark} ({state})")
        if shown > 1 and (deed.door == "keyed" or deed.must == "once"):
            found.twice.append(_told(deed.mark, "text", ledger[deed.door]["shown"]))


def _told(mark: str, by: str, shown: list[dict[str, Any]]) -> str:
    """When it was shown again, and how much else was shown there in between."""
    first, *again = [n for n, one in enumerate(shown) if one["key"] and one[by] == mark]
    place, at = shown[first]["place"], shown[first]["at"]
    keys = len({shown[n]["key"] for n in (first, *again)})
    between = sum(one["place"] == place for one in shown[first + 1 : again[0]])
    later = ", ".join(f"{shown[n]['at'] - at:.1f} s later" for n in again)
    return f"{mark}: {later}, {between} between, {keys} keys"


def _questions(run: Run, ledger: Any, kept: Kept, found: Findings) -> None:
    """Those that came in the last life may or may not have been due."""
    begun, last = (datetime.fromtimestamp(at, UTC) for at in (run.begun, run.last))
    times = Counter(s["key"] for door in DOORS for s in ledger[door]["shown"] if s["key"])
    asked = hours(begun, last)
    for key, (door, must) in asked.items():
        state = kept.states.get(key, "no row")
        found.deed(door, must, "hourly").count(times[key], unknown=state == "unknown")
        if not times[key] and state != "unknown":
            found.missing.append(f"{key} ({state})")
        if times[key] > 1 and (door == "keyed" or must == "once"):
            found.twice.append(_told(key, "key", ledger[door]["shown"]))
    for key, many in times.items():
        if key.startswith("daily ") and key not in asked:
            _, door, must, _ = key.split(maxsplit=3)
            found.deed(door, must, "hourly").doubled += many - 1


def _panels(updates: list[Update], ledger: Any, kept: Kept, found: Findings) -> None:
    """Each must stand there once, and say what was pinned last."""
    pinned = {u.ref: u.deeds[0] for u in updates if u.deeds and u.deeds[0].how == "panel"}
    last = {(d.door, d.to, d.name): m for m, _ in kept.performed if (d := pinned.get(m))}
    says: dict[tuple[str, str, str], list[str]] = {}
    for door in DOORS:
        edits = {receipt: text for receipt, text in ledger[door]["edits"]}
        for shown in ledger[door]["shown"]:
            if shown["panel"]:
                panel = (door, f"{door}:{shown['place']}", shown["panel"])
                says.setdefault(panel, []).append(edits.get(shown["receipt"], shown["text"]))
    for panel, mark in last.items():
        there = says.get(panel, [])
        right = bool(there) and there[-1] == mark
        found.deed(panel[0], "arrive", "panel").count(len(there) if right else 0)


def _order(updates: list[Update], ledger: Any, kept: Kept, found: Findings) -> None:
    """What is urgent may pass what is stuck; everything else is in the order of the units."""
    told = {u.ref: [d for d in u.deeds if d.lane and d.how in ("room", "person")] for u in updates}
    ordered: list[Deed] = [deed for mark, _ in kept.performed for deed in told.get(mark, ())]
    turn = {deed.mark: number for number, deed in enumerate(ordered)}
    for door in DOORS:
        latest: dict[str, int] = {}
        seen: set[str] = set()
        for shown in ledger[door]["shown"]:
            mark, place = shown["text"], shown["place"]
            if not shown["key"] or mark not in turn or mark in seen:
                continue
            seen.add(mark)
            found.disordered += turn[mark] < latest.get(place, -1)
            latest[place] = max(latest.get(place, -1), turn[mark])


async def _kept(storage: Storage) -> Kept:
    read = storage.db.read
    done = await read("SELECT ref FROM inbox WHERE state = 'done'")
    performed = await read("SELECT mark, at FROM performed ORDER BY seq")
    changes = await read("SELECT person, sum(version) AS n FROM checkins GROUP BY person")
    states = await read("SELECT key, state FROM outbox")
    return Kept(
        frozenset(row["ref"] for row in done),
        tuple((row["mark"], row["at"] / 1000) for row in performed),
        {row["person"]: row["n"] for row in changes},
        {row["key"]: row["state"] for row in states},
    )


def _mark(key: str) -> str:
    """The mark of the deed with this key: `update/action/n`, or `update/due+ref@at/action/0`."""
    cause, _, number = key.partition("/")
    return f"{cause}/due" if number.startswith("due+") else f"{cause}/{key.rpartition('/')[2]}"


def _update(plain: dict[str, Any]) -> Update:
    return Update(**{**plain, "deeds": tuple(Deed(**deed) for deed in plain["deeds"])})


def broken_promises(found: Findings, run: Run) -> list[str]:
    """In words; none is what is wanted."""
    wrong: list[str] = []
    for name, tally in (
        ("updates", found.updates),
        ("planned calls", found.planned),
        ("check-ins", found.checkins),
    ):
        wrong += [f"{tally.lost} {name} lost"] if tally.lost else []
        wrong += [f"{tally.doubled} {name} doubled"] if tally.doubled else []
    for (door, must, how), tally in found.deeds.items():
        named = f"{how}, {must}, at a door that {KINDS[door]}"
        both = tally.lost + tally.unknown
        lost = both if door == "keyed" or must == "arrive" else tally.lost
        wrong += [f"{lost} deeds lost: {named}"] if lost else []
        if tally.doubled and (door == "keyed" or must == "once"):
            wrong.append(f"{tally.doubled} deeds doubled: {named}")
    wrong += [f"{one} is missing" for one in found.missing[:MOST]]
    wrong += [f"{one} is twice there" for one in found.twice[:MOST]]
    wrong += [f"{found.disordered} messages out of order"] if found.disordered else []
    wrong += [f"{len(run.complaints)} lines of complaint"] if run.complaints else []
    return wrong
