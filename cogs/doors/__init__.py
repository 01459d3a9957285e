"""The doors of a group: where it is told what, what is in the way there, and those lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Protocol

from bot.core.actions import Cog, Want, action, command
from bot.core.cards import Answer, Button, Call, Card, Field, Tone
from bot.core.decide import Who
from bot.core.errors import UserError
from bot.core.model import Context, Place
from bot.core.ports import Chooses, Examines
from bot.core.rooms import DoorClosed, DoorLost, DoorOpened, Event, Post
from bot.core.text import Plain, Strong, Text, plain, t, translate
from bot.core.work import Unit
from cogs.doors.places import LABELS, MEANT, Maybe, Places, What
from storage.groups import CHECKINS, MEETINGS, PURPOSES, ROOM, Groups, Settings

__all__ = ["DoorsCog", "Places"]

Where = Annotated[Place, Field("Which place shall it be?")]


class Plans(Protocol):
    def planned(self, settings: Settings, room: Place, now: datetime) -> Unit:
        """What comes every day from now on, and where."""
        ...


class DoorsCog(Cog):
    """`examiners`, by platform, are the doors that can look at themselves."""

    name = "doors"

    def __init__(
        self, groups: Groups, plans: Plans, examiners: Mapping[str, Examines], places: Places
    ) -> None:
        self._groups, self._plans = groups, plans
        self._examiners, self._places = examiners, places

    @command("What is in the way here", who=Who.HOSTS, want=Want.GROUP)
    async def doctor(self, ctx: Context) -> Answer:
        return await self._looked(ctx)

    @action("Look again", who=Who.HOSTS)
    async def again(self, ctx: Context) -> Answer:
        return replace(await self._looked(ctx), replaces=True)

    async def _looked(self, ctx: Context) -> Card:
        """Here, and in each place of the group that is in the same house; in a chat of their own,
        where whoever founded it is served."""
        buttons: tuple[Button, ...] = (self.again.button(ctx.label("Look again")),)
        examiner, own = self._examiners.get(ctx.place.platform), ctx.place.private
        settings = await (self._served(ctx) if own else self._at_home(ctx))
        doors = await self._groups.doors(settings.ref) if settings else {}
        shut = await self._groups.shut(settings.ref) if settings else []
        near = (p for some in doors.values() for p in some if p.platform == ctx.place.platform)
        meet = await self._groups.each(settings.ref, MEETINGS) if settings else [ctx.place]
        facts: dict[tuple[str, Text], None] = {}
        ways: dict[str, None] = {}
        here = () if own else (ctx.place,)
        for place in dict.fromkeys((*here, *near)) if examiner else ():
            there = "" if place == ctx.place else f" ({plain(self._places.called(ctx, place))})"
            for each in await examiner.examine(place, meets=place in meet) if examiner else ():
                facts[f"{each.name}{there}", ctx.t(each.why)] = None
                ways[each.where] = None
        bad = bool(facts or shut)
        tone = Tone.CAREFUL if bad else Tone.GOOD
        said = ctx.t("This is in the way here:") if bad else ctx.t("Nothing is in the way here.")
        facts |= {(ctx.label("Where to mend it"), ctx.t(way)): None for way in ways}
        listed = await self._places.facts(ctx, settings.ref) if settings else ()
        if settings and isinstance(examiner, Chooses) and not own:
            buttons += (self._list(ctx),)
        return Card(said, facts=(*facts, *listed), buttons=buttons, tone=tone)

    @command("Where the group is told what", who=Who.HOSTS, want=Want.GROUP)
    async def place(self, ctx: Context, what: Maybe = "") -> Answer:
        examiner, _ = await self._chooser(ctx)
        if not what:
            return await self._card(ctx)
        if examiner.picks:
            return self.choose.form(Call(self.choose.id, (what,)))
        return await self.move(ctx, what, ctx.place)

    @action("Where the group is told what", who=Who.HOSTS)
    async def choose(self, ctx: Context, what: What, where: Where) -> Answer:
        """Shows what would be, and what is in the way of it."""
        examiner, settings = await self._allowed(ctx, where)
        called, own = self._places.called(ctx, where), await self._groups.doors(settings.ref)
        elsewhere = any(each.platform == where.platform for each in own[MEETINGS])
        meets = what == MEETINGS or (what == ROOM and not elsewhere)
        if troubles := await examiner.examine(where, meets=meets):
            facts = tuple((each.name, ctx.t(each.why)) for each in troubles)
            again = self.choose.button(ctx.label("Look again"), what, str(where))
            said = ctx.t("I am not allowed enough in {place}:", place=plain(called))
            return Card(said, facts=facts, buttons=(again,), tone=Tone.CAREFUL)
        said = ctx.t("From now on this would come to {place}:", place=Strong(plain(called)))
        facts = ((ctx.label(LABELS[what]), ctx.t(MEANT[what])),)
        buttons = (
            self.move.button(ctx.label("Yes, there"), what, str(where), tone=Tone.GOOD),
            self.choose.button(ctx.label("Another place"), what),
        )
        return Card(said, facts=facts, buttons=buttons)

    @action("Tell the group there", who=Who.HOSTS)
    async def move(self, ctx: Context, what: What, where: Where) -> Answer:
        _, settings = await self._allowed(ctx, where)
        doors = await self._groups.doors(settings.ref)
        gone = [old for old in doors[what] if old.platform == where.platform and old != where]
        if what == ROOM:
            gone = [old for old in gone if old == await self._groups.room(settings.ref)]
        ctx.work.write(*(self._groups.remove_door(old, what) for old in gone))
        if what != ROOM and where in doors[ROOM]:  # where everything comes
            ctx.work.write(self._groups.remove_door(where, what))
        elif where not in doors[what]:
            added = self._groups.add_door(settings.ref, where, what, first=what == ROOM)
            ctx.work.write(added)
        if what == CHECKINS or (what == ROOM and not doors[CHECKINS]):
            ctx.work.write(*self._plans.planned(settings, where, ctx.now))
        locale = settings.language
        told = t("From now on I speak to {group} here.", locale, group=Strong(settings.name))
        if what != ROOM:
            label = Strong(translate(LABELS[what], locale))
            told = t("{what}: from now on that comes here.", locale, what=label)
        ctx.work.do(Post(where, Card(told, locale=locale)))
        called = Strong(plain(self._places.called(ctx, where)))
        said = ctx.t("Done. It begins in {place}.", place=called)
        return Card(said, buttons=(self._list(ctx),), replaces=True)

    @action("Back to where everything is", who=Who.HOSTS)
    async def back(self, ctx: Context, what: What) -> Answer:
        _, settings = await self._chooser(ctx)
        here = ctx.place.platform
        own = [] if what == ROOM else (await self._groups.doors(settings.ref))[what]
        gone = [place for place in own if place.platform == here]
        ctx.work.write(*(self._groups.remove_door(place, what) for place in gone))
        if what == CHECKINS and gone:
            room = await self._groups.room(settings.ref)
            ctx.work.write(*self._plans.planned(settings, room, ctx.now))
        said = ctx.t("Done. It comes with everything else.")
        return Card(said, buttons=(self._list(ctx),), replaces=True)

    async def _card(self, ctx: Context) -> Card:
        """What comes where, and what each is for."""
        examiner, settings = await self._chooser(ctx)
        doors, here = await self._groups.doors(settings.ref), ctx.place.platform
        said = ctx.t("One place for everything, or one of its own for some of it.")
        if not examiner.picks:
            line = Strong(f"/place {PURPOSES[1]}")
            said += (Plain(" "), *ctx.t("Type {line}, say, where it shall come.", line=line))
        buttons: list[Button] = []
        for purpose in (ROOM, *PURPOSES):
            what = ctx.label(LABELS[purpose])
            if not examiner.picks:
                continue
            label = ctx.label("{what}: another place", what=what)
            buttons.append(self.choose.button(label, purpose))
            if purpose != ROOM and any(each.platform == here for each in doors[purpose]):
                label = ctx.label("{what}: with everything else", what=what)
                buttons.append(self.back.button(label, purpose))
        facts = await self._places.facts(ctx, settings.ref, meant=True)
        title = ctx.label("Where things come")
        return Card(said, title, facts, tuple(buttons), replaces=True)

    def _list(self, ctx: Context) -> Button:
        return self.place.button(ctx.label("Where things come"))

    async def _chooser(self, ctx: Context) -> tuple[Chooses, Settings]:
        examiner = self._examiners.get(ctx.place.platform)
        if not isinstance(examiner, Chooses) or ctx.place.private:
            raise UserError(
                "A place can be chosen where the group is: in a channel on Discord, in a group or"
                " a topic on Telegram."
            )
        settings = await self._at_home(ctx)
        if settings is None:
            raise UserError("There is no group here yet. Type /setup where it is to meet.")
        return examiner, settings

    async def _served(self, ctx: Context) -> Settings | None:
        """The group that a chat of their own is about."""
        return await self._groups.settings(ctx.group.ref) if ctx.group else None

    async def _at_home(self, ctx: Context) -> Settings | None:
        """The group that is at home in the house of this place: who looks after a place of their
        own chooses nothing for a group that they are only in."""
        examiner = self._examiners.get(ctx.place.platform)
        settings = await self._groups.settings(ctx.group.ref) if ctx.group else None
        if settings is None or ctx.place.private:
            return None
        doors = await self._groups.doors(settings.ref)
        near = [place for some in doors.values() for place in some]
        if isinstance(examiner, Chooses) and any(examiner.beside(p, ctx.place) for p in near):
            return settings
        return settings if ctx.place in near else None

    async def _allowed(self, ctx: Context, where: Place) -> tuple[Chooses, Settings]:
        """Who looks after a place may name another in the same house, and nobody else's."""
        examiner, settings = await self._chooser(ctx)
        if not examiner.beside(where, ctx.place):
            raise UserError("I do not know that place.")
        if await self._groups.door(where) not in ("", settings.ref):
            raise UserError("That place is another group's.")
        return examiner, settings

    async def notice(self, ctx: Context, event: Event) -> None:
        """A lost door is none any more, and one from which we were sent away is shut; what came to
        it comes to the group's next one, until it is open again."""
        if not isinstance(event, DoorLost | DoorClosed | DoorOpened):
            return
        ref = await self._groups.door(event.place)
        settings = await self._groups.settings(ref) if ref else None
        if settings is None:
            return
        place, opened = event.place, isinstance(event, DoorOpened)
        if not isinstance(event, DoorLost) and opened is not (
            place in await self._groups.shut(ref)
        ):
            return
        if isinstance(event, DoorLost):
            ctx.work.write(self._groups.remove_door(place))
        else:
            ctx.work.write(self._groups.shut_door(place, shut=not opened))
        way = {"also": place} if opened else {"without": place}
        room = await self._groups.room(ref, CHECKINS, **way)
        ctx.work.write(*self._plans.planned(settings, room, ctx.now))
