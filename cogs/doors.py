"""The doors of a group: which it is spoken to at, what is in the way there, and those lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Protocol

from bot.core.actions import Cog, Want, action, command
from bot.core.cards import Answer, Call, Card, Field, Tone
from bot.core.decide import Who
from bot.core.errors import UserError
from bot.core.model import Context, Place
from bot.core.ports import Chooses, Examines
from bot.core.rooms import DoorLost, Event, Post
from bot.core.text import Strong, t
from bot.core.work import Unit
from storage.groups import Groups, Settings

Where = Annotated[
    Place,
    Field(
        "Where shall the group be spoken to?",
        hint="The question and the reading of the day come there, and what is announced.",
    ),
]


class Plans(Protocol):
    def planned(self, settings: Settings, room: Place, now: datetime) -> Unit:
        """What comes every day from now on, and where."""
        ...


class DoorsCog(Cog):
    """`examiners`, by platform, are the doors that can look at themselves."""

    name = "doors"

    def __init__(self, groups: Groups, plans: Plans, examiners: Mapping[str, Examines]) -> None:
        self._groups, self._plans, self._examiners = groups, plans, examiners

    @command("What is in the way here", who=Who.HOSTS, want=Want.GROUP)
    async def doctor(self, ctx: Context) -> Answer:
        return await self._looked(ctx)

    @action("Look again", who=Who.HOSTS)
    async def again(self, ctx: Context) -> Answer:
        return replace(await self._looked(ctx), replaces=True)

    async def _looked(self, ctx: Context) -> Card:
        again = self.again.button(ctx.label("Look again"))
        examiner = self._examiners.get(ctx.place.platform)
        troubles = await examiner.examine(ctx.place) if examiner else ()
        if not troubles:
            return Card(ctx.t("Nothing is in the way here."), buttons=(again,), tone=Tone.GOOD)
        facts = tuple((each.name, ctx.t(each.why)) for each in troubles)
        ways = dict.fromkeys(each.where for each in troubles)
        facts += tuple((ctx.label("Where to mend it"), ctx.t(way)) for way in ways)
        said = ctx.t("This is in the way here:")
        return Card(said, facts=facts, buttons=(again,), tone=Tone.CAREFUL)

    @command("Where the group is spoken to", who=Who.HOSTS, want=Want.GROUP)
    async def place(self, ctx: Context) -> Answer:
        await self._examiner(ctx)
        return self.choose.form(Call(self.choose.id))

    @action("Where the group is spoken to", who=Who.HOSTS)
    async def choose(self, ctx: Context, where: Where) -> Answer:
        """Shows what would be, and what is in the way of it."""
        examiner, _ = await self._allowed(ctx, where)
        if troubles := await examiner.examine(where):
            facts = tuple((each.name, ctx.t(each.why)) for each in troubles)
            again = self.choose.button(ctx.label("Look again"), str(where))
            said = ctx.t("I am not allowed enough in {place}:", place=examiner.called(where))
            return Card(said, facts=facts, buttons=(again,), tone=Tone.CAREFUL)
        said = ctx.t(
            "From now on the group would be spoken to in {place}: the question and the reading of"
            " the day, and what is announced.",
            place=Strong(examiner.called(where)),
        )
        buttons = (
            self.move.button(ctx.label("Yes, there"), str(where), tone=Tone.GOOD),
            self.choose.button(ctx.label("Another place")),
        )
        return Card(said, buttons=buttons)

    @action("Speak to the group there", who=Who.HOSTS)
    async def move(self, ctx: Context, where: Where) -> Answer:
        examiner, settings = await self._allowed(ctx, where)
        before = await self._groups.room(settings.ref)
        if before.platform == where.platform and before != where:
            ctx.work.write(self._groups.remove_door(before))
        if not await self._groups.door(where):
            ctx.work.write(self._groups.add_door(settings.ref, where, first=True))
        ctx.work.write(*self._plans.planned(settings, where, ctx.now))
        told = t(
            "From now on I speak to {group} here.", settings.language, group=Strong(settings.name)
        )
        ctx.work.do(Post(where, Card(told, locale=settings.language)))
        said = ctx.t("Done. It begins in {place}.", place=Strong(examiner.called(where)))
        return Card(said, replaces=True)

    async def _examiner(self, ctx: Context) -> tuple[Chooses, Settings]:
        examiner = self._examiners.get(ctx.place.platform)
        if not isinstance(examiner, Chooses) or ctx.place.private:
            raise UserError("A place can be chosen where I see several: in a channel on Discord.")
        settings = await self._groups.settings(ctx.group.ref) if ctx.group else None
        if settings is None:
            raise UserError("There is no group here yet. Type /setup where it is to meet.")
        return examiner, settings

    async def _allowed(self, ctx: Context, where: Place) -> tuple[Chooses, Settings]:
        """Who looks after a place may name another in the same house, and nobody else's."""
        examiner, settings = await self._examiner(ctx)
        if not examiner.beside(where, ctx.place):
            raise UserError("I do not know that place.")
        if await self._groups.door(where) not in ("", settings.ref):
            raise UserError("That place is another group's.")
        return examiner, settings

    async def notice(self, ctx: Context, event: Event) -> None:
        """A lost door is none any more; what came to it comes to the group's next one."""
        if not isinstance(event, DoorLost):
            return
        ref = await self._groups.door(event.place)
        settings = await self._groups.settings(ref) if ref else None
        if settings is None:
            return
        room = await self._groups.room(ref, without=event.place)
        ctx.work.write(self._groups.remove_door(event.place))
        ctx.work.write(*self._plans.planned(settings, room, ctx.now))
