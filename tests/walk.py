"""People in a room who press, type and fill in whatever they were ever shown, day after day."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.app import App
from bot.core.cards import Answer, Call, Card, Field, Form, Page
from bot.core.errors import Forgotten
from bot.core.model import Origin
from bot.core.questions import SAY
from bot.core.text import Strong
from tests.fuzz import ZONES, check_answer
from tests.room import Actor, Room, words

FIRST = date(1950, 1, 1)
SAID = f"{SAY}:"
MOST_QUESTIONS = 7
SEALED = {
    "people": ("ref", "profile"),
    "checkins": ("person", "body"),
    "clocks": ("person", "body"),
    "blocks": ("person", "name"),
    "reflections": ("person", "body"),
    "favourites": ("person", "body"),
    "reading_hours": ("ref", "body"),
}
"""What is kept under a person's own key: whose it is, and the sealed column."""


class Watched(App):
    """Keeps what it answered, to whom."""

    answers: list[tuple[str, Answer]]

    async def perform(self, call: Call, origin: Origin) -> Answer:
        return self._noted(origin, await super().perform(call, origin))

    async def hear(self, text: str, origin: Origin, otherwise: Answer = None) -> Answer:
        return self._noted(origin, await super().hear(text, origin, otherwise))

    def _noted(self, origin: Origin, answer: Answer) -> Answer:
        check_answer(answer)
        self.answers.append((origin.account.id, answer))
        return answer


@dataclass(frozen=True, slots=True)
class Step:
    """What is done, by whom, with which of the things that could be; `slip` is what stands in
    place of a good answer."""

    deed: str
    who: int
    which: int
    slip: str | None = None


DEEDS = (
    *("type", "type", "type", "type", "press", "press", "press", "press", "press before"),
    *("press anything", "answer", "type words", "type a code", "say", "cancel", "go"),
    *("wait", "wait long", "tidy"),
)
HABITS = (
    *("join", "join", "checkin", "checkins", "time", "time", "today", "today", "readings"),
    *("block", "me", "setup", "link"),
)
"""What people come for, more often than for the other commands."""
QUIET = ("now.", "help.")
"""What leads no further."""


@dataclass(slots=True)
class Word:
    """Something private that was typed: by which account, and who that was from then on."""

    text: str
    account: str
    owners: set[str]


@dataclass
class Walk:
    room: Room
    app: Watched
    actors: Sequence[Actor]
    words: list[Word] = field(default_factory=list)
    whose: dict[str, str] = field(default_factory=dict)
    """The person behind an account; "" for nobody."""
    dead: set[str] = field(default_factory=set)
    read: dict[str, tuple[int, int]] = field(default_factory=dict)
    """How many cards of their own, and of the room, somebody had seen before."""
    typed: int = 0

    async def goes(self, step: Step) -> None:
        self.whose = await self._known()
        before, sealed, spoken = self.whose, await self._sealed(), len(self.words)
        self.app.answers = []
        actor = self.actors[step.who % len(self.actors)]
        await self._does(step, actor)
        if step.deed == "type" and step.which % 5:
            await self._presses(actor, step, _calls(actor.seen[-1:]))
        for n in range(MOST_QUESTIONS if step.which % 4 else 0):
            if actor.form or any(call.startswith(SAID) for call in _calls(actor.seen[-1:])):
                await self._answers(actor, replace(step, which=step.which + 7 * n, slip=None))
        self.whose = await self._known()
        alive = await self.room.storage.people.refs()
        self.dead |= (gone := set(before.values()) - alive - {""})
        for ref in gone:
            await self._is_gone(ref, sealed)
        self._remember()
        for actor in self.actors:
            self._looks(actor, before, {word.text for word in self.words[spoken:]})

    async def _does(self, step: Step, actor: Actor) -> None:
        match step.deed:
            case "press":
                cards = [card for card in actor.seen if card.buttons]
                await self._presses(actor, step, _calls(cards[-1:]))
            case "press before":
                await self._presses(actor, step, self._shown(actor)[-40:])
            case "press anything":
                await self._presses(actor, step, [c for a in self.actors for c in self._shown(a)])
            case "type" | "type words":
                await self._types(actor, step)
            case "type a code":
                codes = [*self._codes()]
                await actor.types(codes[step.which % len(codes)] if codes else "/help")
            case "answer":
                await self._answers(actor, step)
            case "say":
                await actor.types(f" {step.slip or 'Hello there'}")
            case "cancel":
                actor.form = None
                await actor.cancels()
            case "go":
                actor.here = None if actor.here else actor.own
            case "wait" | "wait long":
                most = 12 if step.deed == "wait" else 40
                self.room.now += timedelta(minutes=(step.which % most) ** 3)
                await self.room.passes()
            case "tidy":
                await self.room.storage.tidy(self.room.now)

    async def _presses(self, actor: Actor, step: Step, calls: Sequence[str]) -> None:
        loud = [call for call in calls if not call.startswith(QUIET) or step.which % 10 == 0]
        if loud:
            await actor.sends(loud[step.which % len(loud)])

    async def _types(self, actor: Actor, step: Step) -> None:
        names = [*HABITS, *(action.spec.name for action in self.app.commands)]
        name = names[step.which % len(names)]
        spec = next(action.spec for action in self.app.commands if action.spec.name == name)
        words = [self._good(actor, f, step.which + n) for n, f in enumerate(spec.fields, 1)]
        line = " ".join([f"/{spec.name}", *(words if step.deed == "type words" else ())])
        await actor.types(line)

    def _shown(self, actor: Actor) -> list[str]:
        return _calls([*self.room.posted, *actor.seen])

    def _codes(self) -> Iterator[str]:
        said = (span for actor in self.actors for card in actor.seen for span in card.text)
        yield from (s.text for s in said if isinstance(s, Strong) and s.text.startswith("/"))

    async def _answers(self, actor: Actor, step: Step) -> None:
        """All of an open dialog, or the one question that was asked last."""
        if form := actor.form:
            values = [self._good(actor, f, step.which + n) for n, f in enumerate(form.fields)]
            if step.slip is not None:
                values[step.which % len(values)] = step.slip
            return await actor.fills(*values)
        asked = [call for call in self._shown(actor) if call.startswith(SAID)]
        if not asked:
            return await actor.types(step.slip or "Hello")
        action, place, _ = Call.parse(asked[-1]).args
        wanted = self.app.actions[action].spec.fields[int(place)]
        if wanted.choices and step.which % 3:
            return await actor.sends(asked[-1 - step.which % min(6, len(asked))])
        await actor.types(step.slip or self._good(actor, wanted, step.which) or "Skip")

    def _good(self, actor: Actor, asked: Field, which: int) -> str:
        if not asked.required and which % 3 == 0:
            return ""
        if asked.many:
            return ",".join(str(c.value) for n, c in enumerate(asked.choices) if which >> n & 1)
        if asked.choices:
            return str(asked.choices[which % len(asked.choices)].value)
        if asked.kind is ZoneInfo:
            return ZONES[which % len(ZONES)]
        if asked.kind is date:
            return self._private(actor, day=True)
        if asked.kind is int:
            return str(which % 4)
        if asked.kind is str:
            return self._private(actor) if asked.private else f"Name {which}"
        return f"{which % 24:02}:{which % 60:02}"

    def _private(self, actor: Actor, *, day: bool = False) -> str:
        """A word, or a date, that nobody else has, and nobody else may see."""
        self.typed += 1
        word = str(FIRST + timedelta(days=self.typed)) if day else f"zq{self.typed:04}x"
        self.words.append(Word(word, actor.account.id, set()))
        self._remember()
        return word

    def _remember(self) -> None:
        """Who an account is by now owns what it typed, until they are forgotten."""
        for word in self.words:
            if not word.owners & self.dead:
                word.owners |= {self.whose.get(word.account, "")} - {""}

    async def _known(self) -> dict[str, str]:
        people = self.room.storage.people
        return {actor.account.id: await people.known(actor.account) for actor in self.actors}

    async def _sealed(self) -> list[tuple[str, str, bytes]]:
        """Whose, what it is bound to, and the sealed text itself."""
        found = []
        for table, (owner, column) in SEALED.items():
            for row in await self.room.storage.db.read(f"SELECT * FROM {table}"):
                found.append((row[owner], f"{table}.{column}/{row['ref']}", row[column]))
        return found

    def _looks(self, actor: Actor, before: Mapping[str, str], fresh: set[str]) -> None:
        """At everything they were shown since: no private word of anybody else is in it."""
        me = actor.account.id
        mine, posted = self.read.get(me, (0, 0))
        self.read[me] = (len(actor.seen), len(self.room.posted))
        cards = [*actor.seen[mine:], *self.room.posted[posted:]]
        answers = (_written(answer) for to, answer in self.app.answers if to == me)
        seen = " ".join([*map(_said, cards), *answers])
        am = {before[me], self.whose[me]} - {""}
        for word in self.words:
            if word.text in seen and not (word.account == me and word.text in fresh):
                assert (word.owners - self.dead) & am, f"{me} can read {word}"
        refs = {*before.values(), *self.whose.values(), *self.dead} - {""}
        calls = " ".join(_calls(cards))
        assert not [ref for ref in refs if ref in calls], "a button names a person"
        for other in self.actors:
            if other.account.id in seen and other is not actor:
                assert {before[other.account.id], self.whose[other.account.id]} & am

    async def _is_gone(self, ref: str, sealed: list[tuple[str, str, bytes]]) -> None:
        """Nothing of them can be read any more, and nothing says that they were here."""
        storage = self.room.storage
        for owner, row, text in sealed:
            if owner == ref:
                with pytest.raises(Forgotten):
                    storage.vault.open(owner, row, text)
        assert ref not in storage.keys.owners()
        tables = await storage.db.read("SELECT name FROM sqlite_master WHERE type = 'table'")
        for name in [str(table["name"]) for table in tables]:
            rows = await storage.db.read(f"SELECT * FROM {name}")
            columns = rows[0].keys() if rows else []
            assert ref not in [row[column] for row in rows for column in columns], name


def _calls(cards: Sequence[Card]) -> list[str]:
    return [str(button.call) for card in cards for button in card.buttons]


def _said(card: Card) -> str:
    return " ".join([words(card), *(button.label for button in card.buttons)])


def _written(answer: Answer) -> str:
    """All that a door could show of it."""
    match answer:
        case Page(data=data, card=card):
            return f"{json.dumps(data, default=str, ensure_ascii=False)} {_said(card)}"
        case Card():
            return _said(answer)
        case Form():
            return " ".join([answer.trouble, *answer.given, *answer.call.args])
        case _:
            return ""
