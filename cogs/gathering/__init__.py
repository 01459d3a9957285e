"""The check-in of a group: somebody opens it in turn, and it opens in any case."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Protocol

from bot.core.actions import Cog, Want, action, command
from bot.core.cards import Answer, Button, Call, Card, Field, Tone
from bot.core.decide import Who
from bot.core.errors import UserError
from bot.core.model import Context, Person
from bot.core.ports import Due
from bot.core.rooms import Close, Open, Post, Remove, Replace
from bot.core.text import Plain, Text, key
from bot.core.work import Lane, Unit
from bot.core.writing import agreed, quiet_until
from cogs.gathering import words
from cogs.gathering.rota import (
    BY_ITSELF,
    LAST_ASKED,
    Do,
    Step,
    following,
    may_open,
    right,
    steps,
    turn,
)
from storage.gatherings import Asked, Gathering, Gatherings, State, turn_of
from storage.groups import CHECKINS, Groups, Settings
from storage.people import People
from storage.schedule import Schedule

GRACE = timedelta(hours=1)
"""A step that comes later is left out, except for the end."""
TO_END = timedelta(days=7)
OVER = key("That one is over, or has been opened.")
TAKEN = key("Somebody else has said yes. Thank you for being willing.")

Which = Annotated[str, Field("Which one?", longest=12)]
What = Annotated[str, Field("Which step?", longest=10)]


class Stored(Protocol):
    """What it leans on."""

    @property
    def gatherings(self) -> Gatherings: ...
    @property
    def groups(self) -> Groups: ...
    @property
    def people(self) -> People: ...
    @property
    def schedule(self) -> Schedule: ...


class GatheringCog(Cog):
    """Whose turn it is, and what is right when, is in `rota`."""

    name = "gathering"

    def __init__(self, stored: Stored) -> None:
        self._gatherings, self._groups = stored.gatherings, stored.groups
        self._people, self._schedule = stored.people, stored.schedule

    @command("The group's check-in, and who opens it", who=Who.GROUP, want=Want.GROUP)
    async def gather(self, ctx: Context) -> Answer:
        settings = await self._settings(ctx)
        return await self._page(ctx, settings)

    @action("I will open it sometimes", who=Who.GROUP, consent="messages")
    async def volunteer(self, ctx: Context) -> Answer:
        settings, me = await self._settings(ctx), ctx.person.ref
        ctx.work.write(self._gatherings.volunteer(settings.ref, me, ctx.now))
        said = ctx.t("Thank you. You are asked the day before, when it is your turn.")
        return replace(await self._page(ctx, settings, said, mine=True), replaces=True)

    @action("Not me any more", who=Who.GROUP)
    async def step_back(self, ctx: Context) -> Answer:
        settings, me = await self._settings(ctx), ctx.person.ref
        ctx.work.write(*self._gatherings.step_back(settings.ref, me))
        said = ctx.t("All right. You are not asked any more.")
        return replace(await self._page(ctx, settings, said, mine=False), replaces=True)

    @action("I'll do it", who=Who.THEIRS)
    async def yes(self, ctx: Context, asked: Asked) -> Answer:
        one = await self._waiting(ctx, asked)
        if one.opener not in ("", ctx.person.ref):
            return Card(ctx.t(TAKEN), replaces=True)
        ctx.work.write(*self._changed(one, replace(one, opener=ctx.person.ref)))
        not_this = self.no.button(ctx.label("I cannot after all"), asked.ref)
        if may_open(one, ctx.person.ref, ctx.now):
            return replace(words.called(ctx, self._way_in(ctx, one)), replaces=True)
        said = ctx.t("Thank you. When it is time you get a button; pressing it is all there is.")
        return Card(said, buttons=(not_this,), replaces=True)

    @action("Not this time", who=Who.THEIRS)
    async def no(self, ctx: Context, asked: Asked) -> Answer:
        one = await self._waiting(ctx, asked)
        settings = await self._groups.settings(one.group)
        if one.opener == ctx.person.ref:
            one = replace(one, opener="")
            ctx.work.write(*self._changed(one, one))
        if settings and not one.opener:
            if ctx.now >= one.at:
                ctx.work.do(Replace(one.place, one.offer, self._offer(ctx, settings, one)))
            else:
                await self._ask(ctx, settings, one)
        return Card(ctx.t("All right. Somebody else is asked."), replaces=True)

    @action("Open it", who=Who.THEIRS)
    async def open(self, ctx: Context, gathering: Gathering) -> Answer:
        """Of two who press at once one opens it: the other finds it open."""
        me = ctx.person
        if gathering.state is State.OPEN:
            return Card(ctx.t("It is open already. Come in."), private=True)
        if gathering.state is State.OVER:
            raise UserError(OVER)
        if not may_open(gathering, me.ref, ctx.now):
            raise UserError("It is not time for that yet, or somebody has said yes to it.")
        settings = await self._groups.settings(gathering.group)
        if settings is None:
            raise UserError(OVER)
        self._begin(ctx, settings, gathering, me)
        return Card(ctx.t("It is open. Thank you."))

    @action("The group's check-in", who=Who.CLOCK)
    async def plan(self, ctx: Context) -> Answer:
        """A day ahead: every step of it gets its row."""
        settings = await self._groups.settings(ctx.group.ref) if ctx.group else None
        if settings is None or not settings.gather:
            return None
        at = following(settings.gather, settings.zone, ctx.now)
        for other in await self._gatherings.waiting(settings.ref, ctx.now):
            if other.at == at:
                return None
            # Its hour was changed since.
            ctx.work.write(*self._changed(other, replace(other, state=State.OVER)))
        if at is None:
            return None
        place = await self._groups.room(settings.ref, CHECKINS)
        one = Gathering(secrets.token_urlsafe(9), settings.ref, at, place)
        ctx.work.write(self._gatherings.add(one), *self._planned(one, settings, ctx))
        return None

    @action("A step of the group's check-in", who=Who.CLOCK)
    async def step(self, ctx: Context, gathering: Which, what: What) -> Answer:
        one = await self._gatherings.load(gathering)
        settings = await self._groups.settings(one.group) if one else None
        if one is None or settings is None or not (settings.gather or one.state is State.OPEN):
            return None
        ctx = replace(ctx, locale=settings.language)
        match right(Step(what), one):
            case Do.ASK:
                await self._ask(ctx, settings, one)
            case Do.CALL | Do.REMIND as call:
                await self._call(ctx, one, call)
            case Do.OFFER:
                ctx.work.do(Replace(one.place, one.offer, self._offer(ctx, settings, one)))
            case Do.OPEN:
                self._begin(ctx, settings, one, None)
                ctx.work.write(self._gatherings.hold(one.ref, one.version))
            case Do.CLOSE:
                ctx.work.do(Remove(one.place, one.offer))
                over = words.over(ctx, settings, one.at)
                ctx.work.do(Close(one.place, one.room, bool(settings.keeps), over))
                ctx.work.write(*self._changed(one, replace(one, state=State.OVER)))
        return None

    def _planned(self, one: Gathering, settings: Settings, ctx: Context) -> Unit:
        """They are nobody's and no group's, so that no list of what is to come shows them."""
        return tuple(
            self._schedule.add(
                Due(
                    f"gathering/{one.ref}/{n}",
                    Call(self.step.id, (one.ref, step.value)),
                    one.place,
                    at,
                    grace=TO_END if step is Step.CLOSE else GRACE,
                )
            )
            for n, (step, at) in enumerate(steps(one.at, settings.zone, ctx.now))
        )

    async def _ask(self, ctx: Context, settings: Settings, one: Gathering) -> None:
        """The next in turn, if there is one; nobody in whose night it would be."""
        if one.opener or ctx.now > one.at - LAST_ASKED:
            return
        openers = await self._gatherings.openers(settings.ref)
        before = {asked.person for asked in await self._gatherings.asked(one.ref)}
        people = await self._people.many(opener.person for opener in openers)
        can = {ref for ref, p in people.items() if agreed(p) and not quiet_until(p, one.at)}
        if not (ref := turn(openers, before, can)):
            return
        asked = Asked(secrets.token_urlsafe(9), one.ref, ref)
        ctx.work.write(self._gatherings.ask(asked))
        person = people[ref]
        told = replace(ctx, locale=person.language)
        buttons = (
            self.yes.button(told.label("I'll do it"), asked.ref, tone=Tone.GOOD),
            self.no.button(told.label("Not this time"), asked.ref),
        )
        card = words.asked(told, settings, one.at, buttons)
        about = (ref, turn_of(settings.ref, ref, "asked"))
        ctx.work.do(Post(person, card), about=about, until=one.at)

    async def _call(self, ctx: Context, one: Gathering, call: Do) -> None:
        """Each rings, since it is a card of its own, and goes when it is open."""
        people = await self._people.many([one.opener])
        for person in people.values():
            told = replace(ctx, locale=person.language)
            card = words.called(told, self._way_in(told, one))
            about = (person.ref, turn_of(one.group, person.ref, "called"))
            named = f"{one.offer} {call.name}"
            ctx.work.do(Replace(person, named, card), about=about, until=one.at + BY_ITSELF)

    def _begin(self, ctx: Context, settings: Settings, one: Gathering, by: Person | None) -> None:
        told = replace(ctx, locale=settings.language)
        opener = by.ref if by else ""
        ctx.work.write(
            self._gatherings.change(replace(one, state=State.OPEN, opener=opener)),
            *((self._gatherings.has_opened(one.group, by.ref, ctx.now),) if by else ()),
        )
        ctx.work.do(Remove(one.place, one.offer))
        for person in [by] if by else []:
            for call in (Do.CALL, Do.REMIND):
                ctx.work.do(Remove(person, f"{one.offer} {call.name}"), lane=Lane.NOW)
        title = words.title(told, settings, one.at)
        about = (by.ref,) if by else ()
        ctx.work.do(Open(one.place, one.room, title, words.opened(told, by)), about=about)

    def _offer(self, ctx: Context, settings: Settings, one: Gathering) -> Card:
        told = replace(ctx, locale=settings.language)
        said = told.t("Our check-in has nobody yet who opens it. Anyone here can.")
        return Card(said, buttons=(self._way_in(told, one),), locale=settings.language)

    def _way_in(self, ctx: Context, one: Gathering) -> Button:
        return self.open.button(ctx.label("Open it"), one.ref, tone=Tone.GOOD)

    def _changed(self, before: Gathering, after: Gathering) -> Unit:
        """Fails when it was changed since it was read."""
        held = self._gatherings.hold(before.ref, before.version)
        return held, self._gatherings.change(after)

    async def _waiting(self, ctx: Context, asked: Asked) -> Gathering:
        one = await self._gatherings.load(asked.gathering)
        if one is None or one.state is not State.WAITS or ctx.person.ref not in one.members:
            raise UserError(OVER)
        return one

    async def _settings(self, ctx: Context) -> Settings:
        assert ctx.group  # `decide` saw to it
        settings = await self._groups.settings(ctx.group.ref)
        if settings is None:
            raise UserError("There is no group here yet. Type /setup where it is to meet.")
        return settings

    async def _page(
        self, ctx: Context, settings: Settings, first: Text = (), mine: bool | None = None
    ) -> Card:
        if mine is None:
            openers = await self._gatherings.openers(settings.ref)
            mine = ctx.person.ref in {one.person for one in openers}
        one = await self._gatherings.next(settings.ref, ctx.now)
        said = words.page(ctx, settings, one)
        if mine:
            said += (Plain(" "), *ctx.t("You are one of those who are asked."))
            way = self.step_back.button(ctx.label("Not me any more"))
        else:
            way = self.volunteer.button(ctx.label("I will open it sometimes"))
        said = (*first, Plain("\n"), *said) if first else said
        return Card(said, ctx.label("Our check-in"), buttons=(way,))
