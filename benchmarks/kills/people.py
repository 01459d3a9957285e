"""What people in the script do next, and what must come of it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import count

DOORS = ("keyed", "plain")
"""One knows a key again and can be looked through; the other cannot."""
MUSTS = ("arrive", "once")
PEOPLE, ROOMS = 12, 4
"""At each door."""
BOARD = 100
"""Updates after which another panel is used."""
GIVES_UP = 1.0
"""Seconds after which somebody presses again who saw nothing happen."""
SOONEST, LATEST = 2, 900
"""Seconds ahead that something is planned: up to beyond the next jump of the clock."""


@dataclass(frozen=True)
class Deed:
    """Something that must be shown: under this mark, at this door."""

    mark: str
    door: str
    to: str
    must: str
    how: str
    """`room`, `person`, `planned` or `panel`."""
    lane: int = 2
    name: str = ""
    """Of a panel."""
    at: int = 0
    """When it is due, in seconds since 1970."""


@dataclass(frozen=True)
class Update:
    """What somebody did, as their platform hands it over."""

    number: int
    door: str
    account: str
    chat: str
    """A room, or their own chat, which has the number of its person."""
    text: str
    pressed: bool = False
    keeps: str = ""
    """The ref of the person whose check-ins it changes, once."""
    deeds: tuple[Deed, ...] = ()

    @property
    def ref(self) -> str:
        return f"{self.door}:{self.number}"


@dataclass
class Someone:
    door: str
    account: str
    buttons: list[str] = field(default_factory=list)
    """Those on the last answer that they saw."""
    pressed: int = 0
    """The update by which they asked to add a note, until they see the question."""
    since: float = 0.0
    asked: bool = False
    """Whether they see the question."""

    @property
    def ref(self) -> str:
        return f"p-{self.account}-{self.door}"[:12].ljust(12, "_")


def everyone() -> list[Someone]:
    return [
        Someone(door, str(100 * n + i)) for n, door in enumerate(DOORS, 1) for i in range(PEOPLE)
    ]


def rooms(door: str) -> list[str]:
    return [f"{door} room {n}" for n in range(ROOMS)]


class Script:
    """One for each door; the same seed chooses alike, as far as answers come alike."""

    def __init__(self, door: str, seed: int) -> None:
        self.door, self._chance = door, random.Random(f"{seed} {door}")
        self._all = everyone()
        self.people = {one.account: one for one in self._all if one.door == door}
        self._numbers = count(1)
        self.moods: dict[str, list[str]] = {}
        """The buttons of the daily question, by the room that it stands in."""

    def next(self, now: float) -> Update | None:
        """`now` is in seconds since 1970; None when whoever's turn it is waits for an answer."""
        everybody = list(self.people.values())
        who = next((one for one in everybody if one.asked), self._chance.choice(everybody))
        if who.asked:  # an hour later it would not be taken for an answer
            who.asked, who.pressed = False, 0
            return self._typed(who, "A note to myself.", keeps=who.ref)
        if who.pressed and now - who.since < GIVES_UP:
            return None
        what = self._chance.choices(
            (self._checks_in, self._wants_note, self._looks, self._tells, self._plans, self._pins),
            (25, 20, 10, 25, 12, 8),
        )
        return what[0](who, now)

    def sees(self, account: str, update: int, buttons: list[str]) -> None:
        """An answer that reached them."""
        who = self.people[account]
        if any(button.startswith("say:checkins.add_note") for button in buttons):
            who.asked = who.asked or who.pressed == update
        elif buttons:
            who.buttons = buttons

    def _checks_in(self, who: Someone, _now: float) -> Update:
        room = self._chance.choice(rooms(self.door))
        if (moods := self.moods.get(room)) and self._chance.random() < 0.3:
            press = self._chance.choice(moods)
            number = next(self._numbers)
            return Update(number, self.door, who.account, room, press, True, who.ref)
        return self._typed(who, f"/checkin {self._chance.randint(1, 5)}", keeps=who.ref)

    def _wants_note(self, who: Someone, now: float) -> Update:
        notes = [b for b in who.buttons if b.startswith("checkins.add_note:")]
        if not notes:
            return self._checks_in(who, now)
        update = Update(next(self._numbers), self.door, who.account, who.account, notes[0], True)
        who.pressed, who.since = update.number, now
        return update

    def _looks(self, who: Someone, _now: float) -> Update:
        """Something that keeps nothing."""
        done = [b for b in who.buttons if b.startswith("checkins.done:")]
        if done and self._chance.random() < 0.5:
            number = next(self._numbers)
            return Update(number, self.door, who.account, who.account, done[0], True)
        return self._typed(who, self._chance.choice(("/now", "/checkins")))

    def _tells(self, who: Someone, _now: float) -> Update:
        number, must = next(self._numbers), self._chance.choice(MUSTS)
        mark, lane, many = f"{self.door}:{number}", self._chance.randrange(4), 1
        door, to, how = self._somewhere()
        if to == f"person:{who.ref}":
            lane = 0  # what goes to whoever acts is an answer, whatever was asked for
        if self._chance.random() < 0.3:
            many = 3
        deeds = tuple(Deed(f"{mark}/{n}", door, to, must, how, lane) for n in range(many))
        text = f"/tell {mark} {must} {lane} {many} {to}"
        return Update(number, self.door, who.account, who.account, text, deeds=deeds)

    def _plans(self, who: Someone, now: float) -> Update:
        number, must = next(self._numbers), self._chance.choice(MUSTS)
        mark, (door, to, _) = f"{self.door}:{number}", self._somewhere()
        soon = self._chance.random() < 0.7
        at = round(now) + self._chance.randint(SOONEST, 10 if soon else LATEST)
        deed = Deed(f"{mark}/due", door, to, must, "planned", at=at)
        text = f"/plan {mark} {must} {at} {to}"
        return Update(number, self.door, who.account, who.account, text, deeds=(deed,))

    def _pins(self, who: Someone, _now: float) -> Update:
        number, door = next(self._numbers), self._chance.choice(DOORS)
        mark, name = f"{self.door}:{number}", f"board-{number // BOARD}"
        to = f"{door}:{self._chance.choice(rooms(door))}"
        deed = Deed(mark, door, to, "arrive", "panel", name=name)
        text = f"/pin {mark} {name} {to}"
        return Update(number, self.door, who.account, who.account, text, deeds=(deed,))

    def _somewhere(self) -> tuple[str, str, str]:
        """A door, a room of it or a person there, and which of the two."""
        if self._chance.random() < 0.5:
            door = self._chance.choice(DOORS)
            return door, f"{door}:{self._chance.choice(rooms(door))}", "room"
        one = self._chance.choice(self._all)
        return one.door, f"person:{one.ref}", "person"

    def _typed(self, who: Someone, text: str, keeps: str = "") -> Update:
        number = next(self._numbers)
        return Update(number, self.door, who.account, who.account, text, keeps=keeps)
