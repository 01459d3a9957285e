"""The front of the house: what there is today, and what comes next."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.core.actions import Cog, Want, command
from bot.core.cards import JOIN, Answer, Button, Call, Card, Page
from bot.core.decide import Who
from bot.core.errors import UserError
from bot.core.model import GUEST, Context
from bot.core.text import Day, Moment, Name, Plain, Strong, Text, key
from storage.schedule import Schedule

GREETINGS = (
    (5, key("Good night"), key("Good night, {name}")),
    (12, key("Good morning"), key("Good morning, {name}")),
    (18, key("Good afternoon"), key("Good afternoon, {name}")),
    (24, key("Good evening"), key("Good evening, {name}")),
)
"""Until which hour of one's own clock, to a stranger and by name."""
SOON = 5
"""As many things that come next are shown."""


class Reads(Protocol):
    """A feature that has something to read for today."""

    async def today(self, ctx: Context) -> Answer: ...

    async def twice(self, ctx: Context, coming: Collection[str]) -> Collection[str]:
        """Of the actions that are to come, those that bring what another of them brings them."""
        ...


class Asks(Protocol):
    """A feature that asks somebody something each day."""

    async def ways(self, ctx: Context) -> tuple[Button, ...]:
        """To what they have not answered."""
        ...


class HomeCog(Cog):
    """`called` says how actions are called: what comes next is one of them. `ways` are what a
    card offers where there is no menu beside it, each with its label."""

    name = "home"

    def __init__(
        self,
        schedule: Schedule,
        called: Callable[[], Mapping[str, str]],
        reads: Reads,
        asks: Asks,
        ways: Sequence[tuple[str, Call]],
    ) -> None:
        self._schedule, self._called = schedule, called
        self._reads, self._asks, self._ways = reads, asks, ways

    @command("What there is today", who=Who.ANYONE, want=Want.TODAY)
    async def home(self, ctx: Context) -> Answer:
        coming = await self._coming(ctx)
        read = await self._reading(ctx)
        lines: list[Text] = [(Day(ctx.today),)]
        if read and read.card.title:
            lines.append(ctx.t("To read: {title}", title=Strong(read.card.title)))
        lines += [ctx.t("{when}: {what}", when=Moment(at), what=what) for at, what in coming]
        if ctx.group:
            lines.append(self._house(ctx))
        text = tuple(span for line in lines for span in (*line, Plain("\n")))[:-1]
        card = Card(text, _greeting(ctx), buttons=await self._buttons(ctx))
        data = {"today": ctx.today, "coming": coming, "reading": read, "house": self._house(ctx)}
        return Page("home", data, card)

    async def _coming(self, ctx: Context) -> list[tuple[datetime, str]]:
        """The next few, soonest first, in the person's words."""
        group = ctx.group.ref if ctx.group else ""
        coming = await self._schedule.coming(ctx.person.ref, group, ctx.now)
        called = self._called()
        twice = await self._reads.twice(ctx, {what for _, what in coming})
        coming = [(at, what) for at, what in coming if what not in twice]
        return [(at, ctx.label(called[what])) for at, what in coming[:SOON] if what in called]

    async def _reading(self, ctx: Context) -> Page | None:
        """None for a guest, and on a day that has none."""
        if ctx.person == GUEST:
            return None
        with suppress(UserError):
            read = await self._reads.today(ctx)
            return read if isinstance(read, Page) else None
        return None

    def _house(self, ctx: Context) -> Text:
        """A quiet line about the group."""
        if ctx.group is None:
            return ctx.t("You are in no group yet.")
        group, zone = Name(ctx.group.name), ctx.group.zone
        if ctx.person != GUEST and zone == ctx.person.zone:
            said = ctx.t("{group} keeps the same time as you.", group=group)
        else:
            said = ctx.t("{group} keeps the time of {zone}.", group=group, zone=zone)
        return (*said, Plain(" "), *ctx.t("It is run by its own members."))

    async def _buttons(self, ctx: Context) -> tuple[Button, ...]:
        if ctx.person == GUEST:
            return (Button(ctx.label("Join"), JOIN),)
        ways = (Button(ctx.label(label), call) for label, call in self._ways)
        return (*await self._asks.ways(ctx), *ways)


def _greeting(ctx: Context) -> str:
    hour = ctx.now.astimezone(ZoneInfo(ctx.person.zone)).hour
    alone, named = next((alone, named) for until, alone, named in GREETINGS if hour < until)
    return ctx.label(alone) if ctx.person == GUEST else ctx.label(named, name=ctx.person.name)
