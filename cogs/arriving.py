"""How the bot comes to a place: the first door of a group, or one more door of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Protocol

from bot.core.actions import Cog, Want, action, command
from bot.core.cards import Answer, Card, Field, Tone
from bot.core.decide import Who
from bot.core.errors import UserError
from bot.core.model import Context, Place
from bot.core.ports import Adds
from bot.core.rooms import Post
from bot.core.text import Link, Plain, Strong, Text, key, t
from storage.codes import ADDED, SECOND, SETUP, TRIES, Code, Codes, Pass, place_in
from storage.groups import NOTICES, Groups, Settings
from storage.people import account_of

WHILE = timedelta(hours=1)
OVER = key("That link is over, or it was made for somebody else. /door makes another.")
TAKEN = key("This place has a group by now. /setup shows it.")

Typed = Annotated[str, Field("The code from the other place", private=True, code=True)]

Carried = Annotated[str, Field("What the link carries")]


class Offers(Protocol):
    def offer(self, ctx: Context) -> Card:
        """The way to found a group where there is none."""
        ...


class ArrivingCog(Cog):
    """`adders`, by platform, are the doors that can lead somewhere by a link."""

    name = "arriving"

    def __init__(
        self, groups: Groups, codes: Codes, founding: Offers, adders: Mapping[str, Adds]
    ) -> None:
        self._groups, self._codes = groups, codes
        self._founding, self._adders = founding, adders

    @command("Bring me to a place where people meet", who=Who.ANYONE, want=Want.GROUP)
    async def door(self, ctx: Context) -> Answer:
        said = ctx.t(
            "A door is a place where a group meets and I am. Where I am already, whoever looks"
            " after the place types /setup."
        )
        if ctx.person.ref:
            ctx.work.write(*self._codes.end(ADDED, ctx.person.ref))
        for platform, adds in self._adders.items():
            found = ctx.label("Found a group on {door}", door=platform.capitalize())
            said += self._way(ctx, platform, adds, found, "")
        group = ctx.group
        if group is None or not ctx.actor.roles:
            return Card(said)
        for platform, adds in self._adders.items():
            label = ctx.label(
                "Another door of {group} on {door}", group=group.name, door=platform.capitalize()
            )
            said += self._way(ctx, platform, adds, label, group.ref)
        said += (Plain("\n\n"),)
        said += ctx.t(
            "{group} can have a door elsewhere: there, /setup and “Another door of a group” give a"
            " code, and you confirm it here.",
            group=group.name,
        )
        return Card(said, buttons=(self.admit.button(ctx.label("I have a code")),))

    @action("Another door of a group", who=Who.ANYONE)
    async def here(self, ctx: Context, way: Pass) -> Answer:
        """Whoever looks after the place takes a code from it to the group."""
        code, me = way.code, ctx.person.ref
        if code is None or code.kind != SETUP or code.group or code.person != me:
            raise UserError("That is done, or too long ago. /setup shows where things stand.")
        if await self._groups.door(place_in(code.note)):
            raise UserError(TAKEN)
        secret, kept = self._codes.make(SECOND, me, "", ctx.now, WHILE, note=code.note)
        ctx.work.write(*self._codes.end(SECOND, me), kept)
        said = ctx.t(
            "Give this code to a trusted servant of the group: {code}. They type /door there and"
            " confirm it. It is good once, within an hour.",
            code=Strong(secret),
        )
        return Card(said, ctx.label("A code for another door"))

    @action("A code for another door", who=Who.SERVANTS)
    async def admit(self, ctx: Context, code: Typed) -> Answer:
        """What is wrong with a code is not said, and each try counts."""
        account = str(account_of(ctx.actor))
        if await self._codes.tries(SECOND, account, ctx.now) >= TRIES:
            raise UserError("That was often. Please wait an hour, then take a new code.")
        ctx.work.write(self._codes.tried(SECOND, account, ctx.now))
        found = await self._codes.find(SECOND, code, ctx.now)
        settings = await self._groups.settings(ctx.group.ref) if ctx.group else None
        place = place_in(found.note) if found else None
        if found is None or place is None or settings is None or await self._groups.door(place):
            said = ctx.t("That code opens no door. It may be over: they last an hour.")
            again = self.admit.button(ctx.label("Another code"))
            return Card(said, buttons=(again,), tone=Tone.CAREFUL)
        return await self._opened(ctx, settings, place, found)

    @action("Begin where I was added", who=Who.HOSTS)
    async def added(self, ctx: Context, secret: Carried) -> Answer:
        """By a link of /door, in the place that was chosen for it."""
        code = await self._codes.find(ADDED, secret, ctx.now)
        if code is None or not _made_for(code, ctx):
            raise UserError(OVER)
        if await self._groups.door(ctx.place):
            raise UserError(TAKEN)
        if not code.group:
            ctx.work.write(self._codes.use(code))
            return self._founding.offer(ctx)
        settings = await self._groups.load(code.group)
        if settings is None or ctx.person.ref not in settings.servants:
            raise UserError(OVER)
        return await self._opened(ctx, settings, ctx.place, code)

    async def _opened(self, ctx: Context, settings: Settings, place: Place, code: Code) -> Card:
        room = await self._groups.room(settings.ref, NOTICES)
        ctx.work.write(self._codes.use(code), self._groups.add_door(settings.ref, place))
        hello = t(
            "Hello. I am a bot, and from today this is a door of {group}. /join is for whoever"
            " wants to, /help shows what there is.",
            settings.language,
            group=Strong(settings.name),
        )
        ctx.work.do(Post(place, Card(hello, locale=settings.language)))
        told = t(
            "We have another door from now on, on {door}.",
            settings.language,
            door=place.platform.capitalize(),
        )
        ctx.work.do(Post(room, Card(told, locale=settings.language)))
        said = ctx.t("Done. {group} has one more door.", group=Strong(settings.name))
        return Card(said, tone=Tone.GOOD)

    def _way(self, ctx: Context, platform: str, adds: Adds, label: str, group: str) -> Text:
        """A link for this person, or for this account alone where it belongs to nobody."""
        account, me = account_of(ctx.actor), ctx.person.ref
        if not me and account.platform != platform:
            return ()
        note = "" if me else str(account)
        secret, kept = self._codes.make(ADDED, me, group, ctx.now, WHILE, note=note)
        if not (link := adds.adds(secret)):
            return ()
        ctx.work.write(kept)
        return (Plain("\n\n"), Link(label, link))


def _made_for(code: Code, ctx: Context) -> bool:
    if code.person:
        return code.person == ctx.person.ref
    return code.note == str(account_of(ctx.actor))
