"""Trusted servants: who serves, as what, until when; nobody is picked, they bring a code."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from bot.core.actions import Cog, Want, action, command
from bot.core.cards import Answer, Button, Call, Card, Field, Page, Tone
from bot.core.decide import Who
from bot.core.errors import UserError
from bot.core.model import Context
from bot.core.rooms import Post
from bot.core.text import Day, Name, Plain, Strong, Text, t
from storage.changes import Changes
from storage.codes import TRIES, Codes
from storage.groups import NOTICES, Groups, Settings
from storage.people import People, account_of
from storage.roles import FOUNDER, LABELS, SERVANT, Role, Roles
from storage.vacancies import LAST, TAKE_UP, VACANT, Vacancies

LIFETIME = timedelta(days=1)
TERM = timedelta(days=90)

Typed = Annotated[
    str,
    Field(
        "The code you were given", hint="Left empty, you see who serves.", private=True, code=True
    ),
]

Sure = Annotated[bool, Field("Step down though nobody else serves?")]


class RolesCog(Cog):
    name = "roles"

    def __init__(
        self,
        roles: Roles,
        people: People,
        groups: Groups,
        codes: Codes,
        vacancies: Vacancies,
        changes: Changes,
    ) -> None:
        self._roles, self._people, self._groups, self._codes = roles, people, groups, codes
        self._vacancies, self._changes = vacancies, changes

    @command("Who serves the group, until when", who=Who.GROUP, want=Want.GROUP)
    async def roles(self, ctx: Context, code: Typed = "") -> Answer:
        if code:
            return await self._take(ctx, code)
        assert ctx.group  # `decide` saw to it
        held = await self._roles.of(ctx.group.ref, ctx.now)
        people = await self._people.many(role.person for role in held)
        said: Text = ctx.t("Each term ends by itself.") if held else ctx.t(VACANT)
        first, zone = said, ZoneInfo(ctx.person.zone)
        serving: list[tuple[str, str, date]] = []
        for role in held:
            if role.person in people:
                name, until = people[role.person].name, role.until.astimezone(zone).date()
                label = ctx.label(LABELS.get(role.role, role.role))
                serving.append((name, label, until))
                line = ctx.t(
                    "{name}, {role}, until {day}", name=Name(name), role=label, day=Day(until)
                )
                said += (Plain("\n"), *line)
        mine = [role for role in held if role.person == ctx.person.ref]
        waiting: Text = ()
        if mine and await self._changes.waiting(ctx.group.ref):
            waiting = ctx.t("A change of the settings waits for an answer.")
            said += (Plain("\n\n"), *waiting)
        buttons = self._ways(ctx, ctx.group.ref, held) if mine else ()
        buttons += tuple(self._way_down(ctx, role) for role in mine)
        vacancy = None if held else await self._vacancies.load(ctx.group.ref)
        if vacancy and ctx.person.ref in vacancy.heirs:
            buttons = (Button(ctx.label(TAKE_UP), Call("groups.take_up", (vacancy.ref,))),)
        title = ctx.label("Who serves in {group}", group=ctx.group.name)
        data = {"first": first, "serving": serving, "waiting": waiting}
        return Page("roles", data, Card(said, title, buttons=buttons))

    @action("Hand over a code", who=Who.THEIRS)
    async def hand(self, ctx: Context, group: Settings) -> Answer:
        """A founder says who serves beside them; where there is none, any trusted servant."""
        held = await self._roles.of(group.ref, ctx.now)
        if not self._may_hand(ctx, held):
            raise UserError("As long as there is a founder, the founder hands the codes over.")
        secret, kept = self._codes.make(SERVANT, ctx.person.ref, group.ref, ctx.now, LIFETIME)
        ctx.work.write(*self._codes.end(SERVANT, ctx.person.ref, group.ref), kept)
        said = ctx.t(
            "Give this to the one you mean. They type {line} within a day, and are a trusted"
            " servant of {group} for 90 days. The group is told.",
            line=Strong(f"/roles {secret}"),
            group=group.name,
        )
        return Card(said, ctx.label("A code for one person"))

    @action("Step down", who=Who.THEIRS)
    async def step_down(self, ctx: Context, role: Role, sure: Sure = False) -> Answer:
        others = [one for one in await self._roles.of(role.group, ctx.now) if one.ref != role.ref]
        settings = None if others or sure else await self._groups.settings(role.group)
        if settings:
            said = ctx.t(LAST, group=Strong(settings.name))
            down = self.step_down.button(ctx.label("Step down"), role.ref, "yes")
            return Card(said, buttons=(down,), tone=Tone.CAREFUL, replaces=True)
        ctx.work.write(self._roles.end(role))
        return Card(ctx.t("Done. Thank you for your service."), replaces=True)

    async def _take(self, ctx: Context, secret: str) -> Card:
        """Each try counts, and what is wrong with a code is not said."""
        who = str(account_of(ctx.actor))
        if await self._codes.tries(SERVANT, who, ctx.now) >= TRIES:
            raise UserError("That was often. Please wait an hour, then ask for a new code.")
        ctx.work.write(self._codes.tried(SERVANT, who, ctx.now))
        code = await self._codes.find(SERVANT, secret, ctx.now)
        settings = await self._groups.load(code.group) if code else None
        me = ctx.person
        here = settings and await self._groups.has(settings.ref, me.ref)
        if code is None or settings is None or not here or code.person not in settings.servants:
            said = ctx.t("That code does not open anything. It may be over: they last a day.")
            return Card(said, tone=Tone.CAREFUL)
        until = ctx.now + TERM
        ctx.work.write(
            self._codes.use(code),
            self._roles.give(settings.ref, me.ref, SERVANT, ctx.now, until),
        )
        told = t(
            "{name} is a trusted servant now, until {day}.",
            settings.language,
            name=Name(me.name),
            day=Day(until.astimezone(ZoneInfo(settings.zone)).date()),
        )
        room = await self._groups.room(settings.ref, NOTICES)
        ctx.work.do(Post(room, Card(told, locale=settings.language)), about=(me.ref,))
        said = ctx.t(
            "Thank you. You are a trusted servant of {group} for 90 days. You are asked when a"
            " setting is to change, and /roles is where you step down.",
            group=Strong(settings.name),
        )
        return Card(said, tone=Tone.GOOD)

    def _may_hand(self, ctx: Context, held: list[Role]) -> bool:
        founders = {role.person for role in held if role.role == FOUNDER}
        return not founders or ctx.person.ref in founders

    def _ways(self, ctx: Context, group: str, held: list[Role]) -> tuple[Button, ...]:
        settings = Button(ctx.label("The group's settings"), Call("groups.settings", (group,)))
        if not self._may_hand(ctx, held):
            return (settings,)
        return (settings, self.hand.button(ctx.label("Make somebody a trusted servant"), group))

    def _way_down(self, ctx: Context, role: Role) -> Button:
        what = ctx.label(LABELS.get(role.role, role.role))
        return self.step_down.button(ctx.label("Step down: {what}", what=what), role.ref)
