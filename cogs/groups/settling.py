"""How a group settles something: alone by its only trusted servant, else by two of them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.core.cards import Button, Call, Card, Tone
from bot.core.model import Context, Person, Place
from bot.core.rooms import Post
from bot.core.text import Name, Text, t, translate
from bot.core.work import Unit
from cogs.groups import words
from cogs.groups.daily import SETTINGS, Daily, planned
from storage.changes import Change, Changes
from storage.codes import Codes
from storage.groups import CHECKINS, NOTICES, Groups, Settings
from storage.people import People
from storage.roles import Roles
from storage.schedule import Schedule
from storage.vacancies import Vacancies

ASKED = timedelta(days=7)
"""How long a change waits for a second trusted servant."""
Packs = Callable[[str], Mapping[str, str]]
"""The readings to choose from, by their tracks, as they are called in a language; ours first."""


class Stored(Protocol):
    """What of the storage it leans on."""

    @property
    def people(self) -> People: ...
    @property
    def groups(self) -> Groups: ...
    @property
    def vacancies(self) -> Vacancies: ...
    @property
    def roles(self) -> Roles: ...
    @property
    def codes(self) -> Codes: ...
    @property
    def changes(self) -> Changes: ...
    @property
    def schedule(self) -> Schedule: ...


class Settling:
    """`daily` is what comes every day."""

    def __init__(self, stored: Stored, daily: Daily, packs: Packs) -> None:
        self._people, self._groups = stored.people, stored.groups
        self._changes, self._schedule = stored.changes, stored.schedule
        self._daily, self.packs = daily, packs

    async def settle(
        self, ctx: Context, settings: Settings, after: Mapping[str, str]
    ) -> Settings | None:
        """The new settings, or None when another trusted servant was asked to agree."""
        others = await self._people.many(settings.servants - {ctx.person.ref})
        if not others:
            return await self.apply(ctx, settings, after)
        change = Change(
            secrets.token_urlsafe(9),
            settings.ref,
            ctx.person.ref,
            values(settings, after),
            after,
            ctx.now + ASKED,
        )
        ctx.work.write(self._changes.add(change))
        for other in others.values():
            card = self._asked(other, ctx.person, settings, change)
            ctx.work.do(Post(other, card), about=(ctx.person.ref,), until=change.until)
        told = t(
            "A change of our settings waits for another trusted servant. They find it with /roles.",
            settings.language,
        )
        await self.announce(ctx, settings, Card(told, locale=settings.language))
        return None

    async def waiting(self, settings: Settings) -> list[Change]:
        """What was asked for, and nobody has answered yet."""
        return await self._changes.waiting(settings.ref)

    async def apply(self, ctx: Context, settings: Settings, after: Mapping[str, str]) -> Settings:
        changed: dict[str, Any] = dict(after)
        new = replace(settings, **changed)
        ctx.work.write(self._groups.change(new))
        if after.keys() & SETTINGS:
            room = await self._groups.room(new.ref, CHECKINS)
            ctx.work.write(*self.planned(new, room, ctx.now))
        return new

    def planned(self, settings: Settings, room: Place, now: datetime) -> Unit:
        """What comes every day from now on."""
        return planned(self._schedule, self._daily, settings, room, now)

    def differences(self, before: Mapping[str, str], after: Mapping[str, str], locale: str) -> Text:
        return words.differences(before, after, locale, self.packs(locale))

    async def announce(
        self, ctx: Context, settings: Settings, card: Card, about: tuple[str, ...] = ()
    ) -> None:
        """`about` are the refs of those whom the card names."""
        ctx.work.do(Post(await self._groups.room(settings.ref, NOTICES), card), about=about)

    def _asked(self, other: Person, asker: Person, settings: Settings, change: Change) -> Card:
        locale = other.language
        said = t(
            "A note from {group}. {name} would like to change this:",
            locale,
            group=settings.name,
            name=Name(asker.name),
        )
        said += self.differences(change.before, change.after, locale)
        agree, refuse = Call("changes.agree", (change.ref,)), Call("changes.refuse", (change.ref,))
        buttons = (
            Button(translate("Agree", locale), agree, Tone.GOOD),
            Button(translate("Not this", locale), refuse),
        )
        return Card(said, buttons=buttons, private=True, locale=locale)


def values(settings: Settings, names: Mapping[str, str]) -> dict[str, str]:
    """How it stands with these at the moment."""
    return {name: str(getattr(settings, name)) for name in names}
