"""Dates that somebody keeps for themselves, and the time since; nobody else sees one."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated

from bot.core.actions import Cog, Want, action, command
from bot.core.calendar import Leap
from bot.core.cards import Answer, Button, Call, Card, Choice, Field, Page, Tone
from bot.core.decide import Who
from bot.core.errors import Slip, UserError
from bot.core.model import Context
from bot.core.text import Day, Plain, Text
from cogs.time import words
from storage.clocks import MOST, Clock, Clocks, Counts, Shows

COUNTS = (
    Choice(Counts.CALENDAR, "In days, months and years"),
    Choice(Counts.DAYS, "In days"),
)
SHOWS = (
    Choice(Shows.SINCE, "The time since"),
    Choice(Shows.ALL, "The longest and all together too"),
    Choice(Shows.DATE, "The date alone"),
)
LEAPS = (Choice(Leap.FEB_28, "On 28 February"), Choice(Leap.MAR_1, "On 1 March"))

Called = Annotated[str, Field("What is it the date of?", private=True, longest=40)]
Counted = Annotated[str, Field("How would you like it counted?", choices=COUNTS)]
Since = Annotated[
    date, Field("Which day?", hint="Year, month, day, like 2026-03-31.", private=True)
]

SomeDay = Annotated[
    date | None,
    Field(
        "A day to keep, like 2026-03-31", hint="Left empty, you see what you keep.", private=True
    ),
]

UNDO = timedelta(days=3)
"""So long can "I am starting again" be taken back."""


class TimeCog(Cog):
    name = "time"

    def __init__(self, clocks: Clocks) -> None:
        self._clocks = clocks

    @command("Your dates, and the time since", want=Want.MINE)
    async def time(self, ctx: Context, since: SomeDay = None) -> Answer:
        if since:
            _lived(ctx, since, self.time.spec.fields[0])
            return self.add_day.form(Call(self.add_day.id, (since.isoformat(),)))
        clocks = await self._clocks.of(ctx.person.ref)
        said = (
            ctx.t("Nobody else sees these.")
            if clocks
            else ctx.t("You can keep a date here, or several. Nobody else sees them.")
        )
        facts = tuple((clock.name, words.since(ctx, clock)) for clock in clocks)
        buttons = tuple(
            self.see.button(f"{n}. {clock.name}", clock.ref) for n, clock in enumerate(clocks, 1)
        )
        if len(clocks) < MOST:
            more = ctx.label("Keep another date") if clocks else ctx.label("Keep a date")
            buttons += (self.add.button(more),)
        if len(clocks) > 1:
            buttons += (self.delete_all.button(ctx.label("Delete all")),)
        card = Card(said, ctx.label("Your dates"), facts, buttons, replaces=True)
        return Page("time", {"clocks": [_shown(ctx, clock) for clock in clocks]}, card)

    @action("Keep a date", consent="dates")
    async def add(self, ctx: Context, called: Called, counts: Counted, since: Since) -> Answer:
        return await self._keep(ctx, called, counts, since)

    @action("Keep a date", consent="dates")
    async def add_day(self, ctx: Context, since: Since, called: Called, counts: Counted) -> Answer:
        """The same for somebody who named the day first."""
        return await self._keep(ctx, called, counts, since)

    @action("A date of yours", who=Who.THEIRS)
    async def see(self, ctx: Context, clock: Clock) -> Answer:
        return self._seen(ctx, clock)

    @action("I am starting again", who=Who.THEIRS, consent="dates")
    async def again(self, ctx: Context, clock: Clock) -> Answer:
        if clock.since < ctx.today:
            clock = clock.started_again(ctx.today, ctx.now)
            ctx.work.write(self._clocks.change(clock))
        said = ctx.t("Welcome back. What you have learned stays yours.")
        buttons = (*self._undo(ctx, clock), self.see.button(ctx.label("See it"), clock.ref))
        return Card(said, buttons=buttons, tone=Tone.GOOD, replaces=True)

    @action("Put the former date back", who=Who.THEIRS, consent="dates")
    async def undo(self, ctx: Context, clock: Clock) -> Answer:
        if self._undo(ctx, clock):
            clock = clock.as_before()
            ctx.work.write(self._clocks.change(clock))
        return self._seen(ctx, clock)

    @action("Change it", who=Who.THEIRS)
    async def settings(self, ctx: Context, clock: Clock) -> Answer:
        return self._settings(ctx, clock)

    @action("Change the date", who=Who.THEIRS, consent="dates")
    async def move(self, ctx: Context, clock: Clock, since: Since) -> Answer:
        _lived(ctx, since, self.move.spec.fields[1])
        return self._seen(ctx, self._changed(ctx, replace(clock, since=since)))

    @action("Change the name", who=Who.THEIRS, consent="dates")
    async def rename(self, ctx: Context, clock: Clock, called: Called) -> Answer:
        name = _named(called, self.rename.spec.fields[1])
        others = [c for c in await self._clocks.of(clock.person) if c.ref != clock.ref]
        if same := _of_name(others, name):
            return self._taken(ctx, same)
        return self._seen(ctx, self._changed(ctx, replace(clock, name=name)))

    @action("How it is counted", who=Who.THEIRS, consent="dates")
    async def count(self, ctx: Context, clock: Clock, counts: Counted) -> Answer:
        clock = replace(clock, counts=Counts(counts))
        return self._settings(ctx, self._changed(ctx, clock))

    @action("What is shown", who=Who.THEIRS, consent="dates")
    async def show(
        self, ctx: Context, clock: Clock, shows: Annotated[str, Field("Show what?", choices=SHOWS)]
    ) -> Answer:
        return self._settings(ctx, self._changed(ctx, replace(clock, shows=Shows(shows))))

    @action("The next milestone", who=Who.THEIRS, consent="dates")
    async def ahead(
        self, ctx: Context, clock: Clock, on: Annotated[bool, Field("Show the next milestone?")]
    ) -> Answer:
        return self._settings(ctx, self._changed(ctx, replace(clock, ahead=on)))

    @action("29 February in other years", who=Who.THEIRS, consent="dates")
    async def leap(
        self, ctx: Context, clock: Clock, leap: Annotated[str, Field("Which day?", choices=LEAPS)]
    ) -> Answer:
        return self._settings(ctx, self._changed(ctx, replace(clock, leap=Leap(leap))))

    @action("Delete it", who=Who.THEIRS)
    async def delete(
        self, ctx: Context, clock: Clock, sure: Annotated[bool, Field("Delete it?")] = False
    ) -> Answer:
        if sure:
            ctx.work.write(self._clocks.delete(clock))
            return Card(ctx.t("Deleted."), buttons=(self._back(ctx),), replaces=True)
        asked = ctx.t("This date and what was before it cannot be brought back.")
        buttons = (
            self.delete.button(ctx.label("Yes, delete it"), clock.ref, "yes", tone=Tone.CAREFUL),
            self.see.button(ctx.label("Keep it"), clock.ref),
        )
        return Card(asked, clock.name, buttons=buttons, tone=Tone.CAREFUL, replaces=True)

    @action("Delete all")
    async def delete_all(
        self, ctx: Context, sure: Annotated[bool, Field("Delete all of them?")] = False
    ) -> Answer:
        number = len(await self._clocks.of(ctx.person.ref))
        if not number:
            said = ctx.t("There are no dates of yours here.")
            return Card(said, buttons=(self._back(ctx),), replaces=True)
        if sure:
            ctx.work.write(*self._clocks.forget(ctx.person.ref))
            said = ctx.t("Deleted, all of them.")
            return Card(said, buttons=(self._back(ctx),), replaces=True)
        asked = ctx.n(
            "There is {n} date of yours. Deleted, it cannot be brought back.",
            "There are {n} dates of yours. Deleted, they cannot be brought back.",
            number,
        )
        yes = self.delete_all.button(ctx.label("Yes, delete all"), "yes", tone=Tone.CAREFUL)
        buttons = (yes, self.time.button(ctx.label("Keep them")))
        return Card(asked, buttons=buttons, tone=Tone.CAREFUL, replaces=True)

    async def _keep(self, ctx: Context, called: str, counts: str, since: date) -> Answer:
        name = _named(called, self.add.spec.fields[0])
        _lived(ctx, since, self.add.spec.fields[2])
        clocks = await self._clocks.of(ctx.person.ref)
        if same := _of_name(clocks, name):
            return self._seen(ctx, same) if same.since == since else self._taken(ctx, same)
        if len(clocks) >= MOST:
            said = ctx.t("You keep {most} dates, and there is no room for more.", most=MOST)
            return Card(said, buttons=(self._back(ctx),))
        made = Clock(secrets.token_urlsafe(9), ctx.person.ref, name, since, counts=Counts(counts))
        ctx.work.write(*self._clocks.add(made))
        return self._seen(ctx, made)

    def _seen(self, ctx: Context, clock: Clock) -> Page:
        lines = [words.since(ctx, clock), *words.more(ctx, clock)]
        text = tuple(span for line in lines for span in (*line, Plain("\n")))[:-1]
        buttons = (
            *self._undo(ctx, clock),
            self.again.button(ctx.label("I am starting again"), clock.ref),
            self.settings.button(ctx.label("Change it"), clock.ref),
            self._back(ctx),
        )
        card = Card(text, clock.name, buttons=buttons, replaces=True)
        return Page("time_one", _shown(ctx, clock), card)

    def _settings(self, ctx: Context, clock: Clock) -> Card:
        """What is chosen now, and a button for each thing that is not."""
        counts, shows = _others(COUNTS, clock.counts), _others(SHOWS, clock.shows)
        facts = [
            (ctx.label("Date"), (Day(clock.since),)),
            (ctx.label("Counted"), _chosen(ctx, COUNTS, clock.counts)),
            (ctx.label("Shown"), _chosen(ctx, SHOWS, clock.shows)),
        ]
        buttons = [
            self.move.button(ctx.label("Change the date"), clock.ref),
            self.rename.button(ctx.label("Change the name"), clock.ref),
            *(self.count.button(ctx.label(c.label), clock.ref, c.value) for c in counts),
            *(self.show.button(ctx.label(c.label), clock.ref, c.value) for c in shows),
        ]
        if clock.ahead:
            buttons.append(self.ahead.button(ctx.label("No next milestone"), clock.ref, "no"))
        else:
            buttons.append(self.ahead.button(ctx.label("The next milestone"), clock.ref, "yes"))
        if (clock.since.month, clock.since.day) == (2, 29):
            facts.append((ctx.label("In other years"), _chosen(ctx, LEAPS, clock.leap)))
            leaps = _others(LEAPS, clock.leap)
            buttons += [self.leap.button(ctx.label(c.label), clock.ref, c.value) for c in leaps]
        buttons += [
            self.delete.button(ctx.label("Delete it"), clock.ref),
            self.see.button(ctx.label("That's all"), clock.ref),
        ]
        said = ctx.t("How would you like it?")
        return Card(said, clock.name, tuple(facts), tuple(buttons), replaces=True)

    def _changed(self, ctx: Context, clock: Clock) -> Clock:
        ctx.work.write(self._clocks.change(clock))
        return clock

    def _undo(self, ctx: Context, clock: Clock) -> tuple[Button, ...]:
        if not clock.past or not clock.again_at or ctx.now - clock.again_at > UNDO:
            return ()
        return (self.undo.button(ctx.label("Put the former date back"), clock.ref),)

    def _back(self, ctx: Context) -> Button:
        return self.time.button(ctx.label("Your dates"))

    def _taken(self, ctx: Context, clock: Clock) -> Card:
        said = ctx.t("You keep a date by that name already.")
        buttons = (self.see.button(ctx.label("See it"), clock.ref), self._back(ctx))
        return Card(said, buttons=buttons)


def _named(typed: str, field: Field) -> str:
    """In one line, with something in it that can be seen."""
    name = " ".join(typed.split())
    if not any(c.isprintable() and not c.isspace() for c in name):
        raise Slip(field, UserError("Please give it a name; any word of your own will do."))
    return name


def _lived(ctx: Context, since: date, field: Field) -> date:
    if since > ctx.today:
        late = UserError("That day is still to come. Please write today's date, or one before it.")
        raise Slip(field, late)
    return since


def _of_name(clocks: list[Clock], name: str) -> Clock | None:
    return next((c for c in clocks if c.name.casefold() == name.casefold()), None)


def _others(choices: tuple[Choice, ...], chosen: str) -> list[Choice]:
    return [choice for choice in choices if choice.value != chosen]


def _chosen(ctx: Context, choices: tuple[Choice, ...], chosen: str) -> Text:
    return next(ctx.t(choice.label) for choice in choices if choice.value == chosen)


def _shown(ctx: Context, clock: Clock) -> dict[str, object]:
    """For a page of the web."""
    said, more = words.since(ctx, clock), words.more(ctx, clock)
    return {"ref": clock.ref, "name": clock.name, "said": said, "more": more}
