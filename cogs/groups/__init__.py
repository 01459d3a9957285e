"""Groups: founding one, and what it settles."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.core.actions import Cog, Want, action, command
from bot.core.cards import Answer, Button, Call, Card, Field, Page, Tone
from bot.core.decide import Who
from bot.core.errors import Slip, UserError
from bot.core.model import Context
from bot.core.rooms import Post
from bot.core.text import Day, Name, Plain, Strong, Text, t
from cogs.groups import words
from cogs.groups.changes import ChangesCog
from cogs.groups.daily import Daily
from cogs.groups.fields import (
    Agreement,
    Called,
    Cleared,
    Contact,
    Gather,
    Hour,
    Keeps,
    Pack,
    Path,
    Question,
    Suggested,
    Time,
    Tongue,
    Zone,
)
from cogs.groups.settling import Settling, Stored, values
from storage.codes import SETUP, Pass, noted, place_in
from storage.groups import Settings, web_room
from storage.names import likeness, seen
from storage.roles import FOUNDER, SERVANT
from storage.vacancies import TAKE_UP, VACANT, Vacancy

__all__ = ["ChangesCog", "Daily", "GroupsCog", "Settling"]

FOUNDING = timedelta(hours=1)
"""How long the way to a founding stays open."""
TERM = timedelta(days=90)
READING = "07:30"
"""When the day's reading comes to a group that has not settled it."""


class Places(Protocol):
    """Knows where a group is told what."""

    async def facts(self, ctx: Context, group: str) -> tuple[tuple[str, Text], ...]: ...


class GroupsCog(Cog):
    """`public` says whether there is an address that invitations can be sent with."""

    name = "groups"

    def __init__(self, stored: Stored, settling: Settling, public: bool, places: Places) -> None:
        self._places = places
        self._groups, self._roles, self._codes = stored.groups, stored.roles, stored.codes
        self._vacancies, self._settling, self._public = stored.vacancies, settling, public

    @command("Set up your group", who=Who.HOSTS, want=Want.GROUP)
    async def setup(self, ctx: Context) -> Answer:
        door = "" if ctx.place.private else await self._groups.door(ctx.place)
        settings = await self._groups.load(ctx.group.ref) if ctx.group else None
        if ctx.actor.host and not door:
            return self.offer(ctx, settings)
        if settings is None:
            raise UserError("There is no group here yet. Type /setup where it is to meet.")
        return await self._page(ctx, settings)

    @action("Found the group", who=Who.ANYONE)
    async def found(
        self,
        ctx: Context,
        way: Pass,
        name: Called,
        language: Tongue,
        zone: Zone,
        profile: Path,
        question: Question = None,
    ) -> Answer:
        code, me, until = way.code, ctx.person, ctx.now + TERM
        if code is None or code.kind != SETUP or code.group or code.person != me.ref:
            raise UserError("That is done, or too long ago. /setup shows where things stand.")
        place = place_in(code.note)
        if not place.private and await self._groups.door(place):
            raise UserError("This place has a group by now. /setup shows it.")
        settings = Settings(
            secrets.token_urlsafe(9),
            _named(self.found.spec.fields[1], name),
            zone.key,
            language,
            profile,
            _hour(question),
            READING,
            servants=frozenset({me.ref}),
        )
        room = web_room(settings.ref) if place.private or not place.id else place
        ctx.work.write(
            self._codes.use(code),
            *self._groups.found(settings, place, ctx.now),
            *self._groups.enter(settings.group, me, ctx.now),
            self._roles.give(settings.ref, me.ref, FOUNDER, ctx.now, until),
            *self._settling.planned(settings, room, ctx.now),
        )
        ctx.work.do(Post(room, _opening(settings)))
        said = ctx.t(
            "{group} is founded. You look after it until {day}; then others can.",
            group=Strong(settings.name),
            day=Day(until.astimezone(ZoneInfo(me.zone)).date()),
        )
        return await self._page(ctx, settings, said)

    @action("Look after the group", who=Who.THEIRS)
    async def take_up(self, ctx: Context, group: Vacancy) -> Answer:
        """Where every term has ended, somebody of the group takes it on."""
        settings, me = group.settings, ctx.person
        term = self._roles.give(settings.ref, me.ref, SERVANT, ctx.now, ctx.now + TERM)
        ctx.work.write(term)
        said = t(
            "{name} looks after the settings of the group now.",
            settings.language,
            name=Name(me.name),
        )
        card = Card(said, locale=settings.language)
        await self._settling.announce(ctx, settings, card, about=(me.ref,))
        version = settings.version + 1
        mine = replace(settings, servants=frozenset({me.ref}), version=version)
        return await self._page(ctx, mine, ctx.t("Thank you. It is yours to look after."))

    @action("The group's settings", who=Who.THEIRS)
    async def settings(self, ctx: Context, group: Settings) -> Answer:
        return await self._page(ctx, group)

    @action("Change the name", who=Who.THEIRS)
    async def set_name(self, ctx: Context, group: Settings, name: Called) -> Answer:
        shown = _named(self.set_name.spec.fields[1], name)
        return await self._settle(ctx, group, name=shown)

    @action("Change the language", who=Who.THEIRS)
    async def set_language(self, ctx: Context, group: Settings, language: Tongue) -> Answer:
        return await self._settle(ctx, group, language=language)

    @action("Change the time zone", who=Who.THEIRS)
    async def set_zone(self, ctx: Context, group: Settings, zone: Zone) -> Answer:
        return await self._settle(ctx, group, zone=zone.key)

    @action("Change the path", who=Who.THEIRS)
    async def set_profile(self, ctx: Context, group: Settings, profile: Path) -> Answer:
        return await self._settle(ctx, group, profile=profile)

    @action("Change the daily question", who=Who.THEIRS)
    async def set_question(self, ctx: Context, group: Settings, question: Time) -> Answer:
        return await self._settle(ctx, group, question=_hour(question))

    @action("Change the daily reading", who=Who.THEIRS)
    async def set_reading(self, ctx: Context, group: Settings, reading: Hour) -> Answer:
        return await self._settle(ctx, group, reading=_hour(reading))

    @action("Change the group's check-in", who=Who.THEIRS)
    async def set_gather(self, ctx: Context, group: Settings, gather: Gather) -> Answer:
        return await self._settle(ctx, group, gather=_hour(gather))

    @action("Change what stays of it", who=Who.THEIRS)
    async def set_keeps(self, ctx: Context, group: Settings, keeps: Keeps) -> Answer:
        return await self._settle(ctx, group, keeps="yes" if keeps else "")

    @action("Change the readings", who=Who.THEIRS)
    async def set_pack(self, ctx: Context, group: Settings, pack: Pack) -> Answer:
        packs = self._settling.packs(ctx.locale)
        if pack not in packs:
            raise UserError("Please choose one of: {labels}.", labels=", ".join(packs.values()))
        return await self._settle(ctx, group, pack=pack)

    @action("Change whom to turn to", who=Who.THEIRS)
    async def set_contact(self, ctx: Context, group: Settings, contact: Contact) -> Answer:
        """It is said at the end of sentences, which have a full stop of their own."""
        return await self._settle(ctx, group, contact=contact.removesuffix("."))

    @action("Change what you ask of each other", who=Who.THEIRS)
    async def ask_agreement(self, ctx: Context, group: Settings) -> Answer:
        """The question alone, since nothing is an answer to it."""
        return self.set_agreement.form(Call(self.set_agreement.id, (group.ref,)))

    @action("Change what you ask of each other", who=Who.THEIRS)
    async def set_agreement(
        self, ctx: Context, group: Settings, agreement: Agreement = ""
    ) -> Answer:
        return await self._settle(ctx, group, agreement=agreement)

    @action("Change what you suggest to sponsors", who=Who.THEIRS)
    async def ask_suggested(self, ctx: Context, group: Settings) -> Answer:
        return self.set_suggested.form(Call(self.set_suggested.id, (group.ref,)))

    @action("Change what you suggest to sponsors", who=Who.THEIRS)
    async def set_suggested(
        self, ctx: Context, group: Settings, suggested: Suggested = ""
    ) -> Answer:
        return await self._settle(ctx, group, suggested=suggested)

    @action("Leave something empty", who=Who.THEIRS)
    async def clear(self, ctx: Context, group: Settings, what: Cleared) -> Answer:
        return await self._settle(ctx, group, **{what: ""})

    async def _settle(self, ctx: Context, group: Settings, **after: str) -> Answer:
        if values(group, after) == after:
            return await self._page(ctx, group, ctx.t("That is how it is."))
        if new := await self._settling.settle(ctx, group, after):
            told = t("Our settings have changed.", new.language)
            told += self._settling.differences(values(group, after), after, new.language)
            await self._settling.announce(ctx, new, Card(told, locale=new.language))
            return await self._page(ctx, new, ctx.t("Changed."))
        said = ctx.t(
            "Asked. When another trusted servant agrees it is changed, and said in the group."
        )
        return Card(said, replaces=True)

    def offer(self, ctx: Context, settings: Settings | None = None) -> Card:
        """The way to found a group where there is none; `settings` are of the one they are in."""
        me, note = ctx.person.ref, noted(ctx.place)
        secret, kept = self._codes.make(SETUP, me, "", ctx.now, FOUNDING, note=note)
        ctx.work.write(kept)
        said = ctx.t(
            "This place has no group yet. To found one I ask five short things; each can be"
            " changed later."
        )
        buttons: tuple[Button, ...] = (
            self.found.button(ctx.label("Found a group here"), secret, tone=Tone.GOOD),
        )
        if not ctx.place.private:
            other = Call("arriving.here", (secret,))
            buttons += (Button(ctx.label("Another door of a group"), other),)
        if settings and ctx.person.ref in settings.servants:
            label = ctx.label("Settings of {group}", group=settings.name)
            buttons += (self.settings.button(label, settings.ref),)
        return Card(said, buttons=buttons)

    async def _page(self, ctx: Context, settings: Settings, said: Text = ()) -> Page:
        said = said or ctx.t("This is what the group has settled.")
        said += words.missing(ctx, settings, len(settings.servants), self._public)
        buttons: tuple[Button, ...] = ()
        if ctx.person.ref in settings.servants:
            waiting = await self._settling.waiting(settings)
            said += words.waiting(ctx, waiting, self._settling.packs(ctx.locale))
            buttons = (*words.answers(ctx, waiting), *self._ways(ctx, settings))
        vacancy = None if settings.servants else await self._vacancies.load(settings.ref)
        if vacancy and ctx.person.ref in vacancy.heirs:
            said += (Plain("\n\n"), *ctx.t(VACANT))
            buttons = (self.take_up.button(ctx.label(TAKE_UP), settings.ref),)
        if ctx.actor.host and not ctx.place.private:
            buttons += (Button(ctx.label("Where things come"), Call("doors.place")),)
        facts = words.facts(ctx, settings, self._settling.packs(ctx.locale))
        facts += await self._places.facts(ctx, settings.ref)
        card = Card(said, settings.name, facts, buttons, replaces=True)
        return Page("setup", words.rows(card), card)

    def _ways(self, ctx: Context, settings: Settings) -> tuple[Button, ...]:
        ref = settings.ref
        ways = [
            self.set_name.button(ctx.label("Change the name"), ref),
            self.set_language.button(ctx.label("Change the language"), ref),
            self.set_zone.button(ctx.label("Change the time zone"), ref),
            self.set_profile.button(ctx.label("Change the path"), ref),
            self.set_question.button(ctx.label("Change the daily question"), ref),
            self.set_reading.button(ctx.label("Change the daily reading"), ref),
            self.set_gather.button(ctx.label("Change the group's check-in"), ref),
            self.set_contact.button(ctx.label("Change whom to turn to"), ref),
            self.ask_agreement.button(ctx.label("Change what you ask of each other"), ref),
            self.ask_suggested.button(ctx.label("Change what you suggest to sponsors"), ref),
        ]
        if settings.question:
            ways.append(self.clear.button(ctx.label("Ask no daily question"), ref, "question"))
        if settings.reading:
            ways.append(self.clear.button(ctx.label("Bring no daily reading"), ref, "reading"))
        if settings.gather:
            ways.append(self.clear.button(ctx.label("Hold no group check-in"), ref, "gather"))
            ways.append(self.set_keeps.button(ctx.label("Change what stays of it"), ref))
        packs = self._settling.packs(ctx.locale)
        chosen = settings.pack if settings.pack in packs else next(iter(packs))
        for pack in (pack for pack in packs if pack != chosen):
            label = ctx.label("Read: {name}", name=packs[pack])
            ways.append(self.set_pack.button(label, ref, pack))
        if settings.agreement:
            label = ctx.label("Go back to our words for it")
            ways.append(self.clear.button(label, ref, "agreement"))
        return tuple(ways)


def _named(field: Field, name: str) -> str:
    shown = seen(name)
    if not likeness(shown):
        raise Slip(field, UserError("A name needs a letter or a figure in it."))
    return shown


def _hour(at: time | None) -> str:
    return f"{at:%H:%M}" if at else ""


def _opening(settings: Settings) -> Card:
    said = t(
        "Hello. I am a bot, and from today I hold the door of {group}. /join is for whoever wants"
        " to, /help shows what there is.",
        settings.language,
        group=Strong(settings.name),
    )
    return Card(said, locale=settings.language)
