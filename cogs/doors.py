"""The doors of a group: what is in the way at one, and what becomes of those that are lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from bot.core.actions import Cog, Want, action, command
from bot.core.cards import Answer, Card, Tone
from bot.core.decide import Who
from bot.core.model import Context, Place
from bot.core.ports import Examines
from bot.core.rooms import DoorLost, Event
from bot.core.work import Unit
from storage.groups import Groups, Settings


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
