"""What two people do with their agreement, at random, through the real actions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import TypeAlias

from benchmarks.year.log import Deed, Log, Phase, Someone, Terms, What
from benchmarks.year.world import DOOR, World
from bot.core.cards import Call, Card
from bot.core.model import Account, Person
from bot.core.text import plain
from storage.parts import FOR_NOW

ZONES = (
    *("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"),
    *("America/St_Johns", "America/Sao_Paulo", "Asia/Kathmandu", "Australia/Sydney", "UTC"),
    *("Africa/Cairo", "Asia/Amman", "Pacific/Auckland", "America/Caracas", "Europe/Moscow"),
    *("Pacific/Chatham", "America/Godthab", "Pacific/Honolulu", "Asia/Tokyo", "Africa/Windhoek"),
)
"""Summer time on both sides of the equator and at midnight, half hours and quarters, and one
whose clocks have skipped a day."""
HOURS = ("06:30", "08:00", "12:15", "18:00", "20:00", "21:45", "23:30", "02:30", "00:00")
QUIETS = (("22:00", "07:00"), ("00:00", "00:00"), ("13:00", "15:30"), ("23:45", "06:00"))
WEEK = timedelta(days=7)

Choose: TypeAlias = "Callable[[Couple, World, Phase, int], Awaitable[None]]"


@dataclass
class Couple:
    """Two people, the agreement that they have, and the log of it."""

    number: int
    random: Random
    log: Log = field(init=False)
    now: list[Someone] = field(init=False)
    hours: list[str] = field(default_factory=lambda: ["20:00", "20:00"])
    accounts: list[Account] = field(default_factory=list)
    ref: str = ""
    """Of the agreement; "" while there is none."""
    refs: list[str] = field(default_factory=list)
    who: list[tuple[str, str]] = field(default_factory=list)
    """Which accounts each of their agreements was between."""
    _came: int = 0

    def __post_init__(self) -> None:
        self.now = [self._someone(), self._someone()]
        self.log = Log((self.now[0], self.now[1]))

    async def join(self, world: World) -> None:
        self.accounts = [await self._joins(world, who) for who in (0, 1)]

    async def act(self, world: World, phase: Phase) -> None:
        """One of them does something, and it is told."""
        weights = LIVE if self.ref else ALONE
        [do] = self.random.choices(list(weights), list(weights.values()))
        await do(self, world, phase, self.random.randrange(2))

    async def _joins(self, world: World, who: int) -> Account:
        self._came += 1
        name = f"{self.number}-{who}-{self._came}"
        (start, end), zone = self.now[who].quiet, self.now[who].zone
        quiet = (_minutes(start), _minutes(end))
        consents = frozenset({"checkins", "messages"})
        person = Person(name.ljust(12, "_"), name, zone, quiet=quiet, consents=consents)
        account = Account(DOOR, name)
        await world.storage.units.commit(world.storage.people.join(account, person))
        return account

    def _someone(self) -> Someone:
        return Someone(self.random.choice(ZONES), self.random.choice(QUIETS))

    def _days(self) -> frozenset[int]:
        if self.random.random() < 0.4:
            return frozenset(range(7))
        return frozenset(self.random.sample(range(7), self.random.randrange(7)))

    def _tell(self, world: World, phase: Phase, who: int, what: What, value: object = None) -> None:
        self.log.deeds.append(Deed(world.now, phase, who, what, value))

    async def _presses(self, world: World, who: int, action: str, *args: str) -> Card:
        return await world.performs(self.accounts[who], Call(action, args))

    async def agree(self, world: World, phase: Phase, who: int) -> None:
        asked, days = self.random.choice(("both", "both", "me", "other")), self._days()
        days = days or frozenset({1, 4})
        mine, theirs = self.random.choice(HOURS), self.random.choice(HOURS)
        listed = ",".join(map(str, sorted(days)))
        made = await self._presses(
            world, who, "proposals.propose", "pair", asked, listed, mine, "1", "no"
        )
        [(ref, *_)] = (b.call.args for b in made.buttons if b.call.action == "proposals.code")
        card = await self._presses(world, who, "proposals.code", ref)
        said = plain(card.text)
        code = said[said.index("/pairs ") :].split()[1].rstrip(",")
        shown = await self._presses(world, 1 - who, "pairs.pairs", code)
        [stamp] = (b.call.args[1] for b in shown.buttons if b.call.action == "proposals.accept")
        begun = await self._presses(world, 1 - who, "proposals.accept_at", ref, stamp, theirs)
        if "It begins now." not in plain(begun.text):
            raise RuntimeError("a yes was not taken for one")
        none = frozenset[int]()
        terms: list[Terms] = [(none, mine), (none, theirs)]
        if asked != "other":
            terms[0] = (days, mine)
        if asked != "me":
            terms[1] = (days, theirs)
        both = terms if who == 0 else terms[::-1]
        self.ref, self.hours = ref, [hour for _, hour in both]
        self.refs.append(ref)
        self.who.append((self.accounts[0].id, self.accounts[1].id))
        self._tell(world, phase, who, What.AGREE, tuple(both))

    async def end(self, world: World, phase: Phase, who: int) -> None:
        await self._presses(world, who, "pairs.end", self.ref, "yes")
        self.ref = ""
        self._tell(world, phase, who, What.END)

    async def forget(self, world: World, phase: Phase, who: int) -> None:
        """Somebody else comes in their place."""
        await self._presses(world, who, "keeping.forgotten")
        self.ref, self.now[who] = "", self._someone()
        self.accounts[who] = await self._joins(world, who)
        self._tell(world, phase, who, What.FORGET, self.now[who])

    async def week(self, world: World, phase: Phase, who: int) -> None:
        await self._presses(world, who, "rests.week", self.ref)
        self._tell(world, phase, who, What.REST, world.now + WEEK)

    async def stop(self, world: World, phase: Phase, who: int) -> None:
        await self._presses(world, who, "rests.stop", self.ref)
        self._tell(world, phase, who, What.REST, FOR_NOW)

    async def resume(self, world: World, phase: Phase, who: int) -> None:
        await self._presses(world, who, "rests.resume", self.ref)
        self._tell(world, phase, who, What.RESUME)

    async def mute(self, world: World, phase: Phase, who: int) -> None:
        """Or not any more: it changes nothing about what they are asked themselves."""
        await self._presses(
            world, who, self.random.choice(("rests.mute", "rests.unmute")), self.ref
        )

    async def settle(self, world: World, phase: Phase, who: int) -> None:
        days, hour = self._days(), self.random.choice(HOURS)
        listed = ",".join(map(str, sorted(days)))
        await self._presses(world, who, "pairs.set_terms", self.ref, listed, hour, "1", "no", "no")
        self.hours[who] = hour
        self._tell(world, phase, who, What.SETTLE, (days, hour))

    async def grant(self, world: World, phase: Phase, who: int) -> None:
        """What the other wishes, or not, if they wish anything."""
        card = await self._presses(world, who, "pairs.agreement", self.ref)
        what = self.random.choice((What.GRANT, What.GRANT, What.REFUSE))
        for button in card.buttons:
            if button.call.action == f"wishes.{what.value}":
                await world.performs(self.accounts[who], button.call)
                self._tell(world, phase, who, what)

    async def take_back(self, world: World, phase: Phase, who: int) -> None:
        await self._presses(world, who, "wishes.take_back", self.ref)
        self._tell(world, phase, who, What.TAKE_BACK)

    async def move(self, world: World, phase: Phase, who: int) -> None:
        zone = self.random.choice(ZONES)
        await self._presses(world, who, "people.set_zone", zone)
        self.now[who] = Someone(zone, self.now[who].quiet)
        self._tell(world, phase, who, What.ZONE, zone)

    async def sleep(self, world: World, phase: Phase, who: int) -> None:
        quiet = self.random.choice(QUIETS)
        await self._presses(world, who, "people.set_quiet", *quiet)
        self.now[who] = Someone(self.now[who].zone, quiet)
        self._tell(world, phase, who, What.QUIET, quiet)

    async def allow(self, world: World, phase: Phase, who: int) -> None:
        await self._presses(world, who, "people.allow", "messages")
        self._tell(world, phase, who, What.ALLOW)

    async def withdraw(self, world: World, phase: Phase, who: int) -> None:
        await self._presses(world, who, "people.withdraw", "messages")
        self._tell(world, phase, who, What.WITHDRAW)

    async def answer(self, world: World, phase: Phase, who: int) -> None:
        """The question that came last, or call it a day."""
        card = world.ear.last.get(self.accounts[who].id)
        for button in card.buttons if card else ():
            call = button.call
            if call.action == "rests.week" and call.args[0] != self.ref:
                return
        if card:
            calls = [b.call for b in card.buttons]
            answers = [c for c in calls if c.action in ("pings.answer", "pings.not_today")]
            await world.performs(self.accounts[who], self.random.choice(answers))


LIVE: dict[Choose, int] = {
    Couple.settle: 20,
    Couple.grant: 16,
    Couple.move: 15,
    Couple.resume: 16,
    Couple.week: 9,
    Couple.stop: 7,
    Couple.end: 7,
    Couple.answer: 12,
    Couple.mute: 5,
    Couple.sleep: 5,
    Couple.allow: 8,
    Couple.withdraw: 3,
    Couple.take_back: 2,
    Couple.forget: 2,
}
ALONE: dict[Choose, int] = {Couple.agree: 12, Couple.move: 1, Couple.allow: 1, Couple.sleep: 1}
"""How often each thing is done, with an agreement and without."""


def _minutes(hour: str) -> int:
    return int(hour[:2]) * 60 + int(hour[3:])
