"""How a group settles something: alone by its only trusted servant, else by two of them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Protocol

from bot.core.cards import Button, Call, Card, Tone
from bot.core.model import Context, Person
from bot.core.rooms import Post
from bot.core.text import Name, t, translate
from cogs.groups import words
from cogs.groups.daily import asked_daily
from storage.changes import Change, Changes
from storage.codes import Codes
from storage.groups import Groups, Settings
from storage.people import People
from storage.roles import Roles
from storage.schedule import Schedule
from storage.vacancies import Vacancies

ASKED = timedelta(days=7)
"""How long a change waits for a second trusted servant."""
DAILY = frozenset({"question", "zone", "name"})
"""Settings that the daily question goes by."""


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
    """`question` is what the clock asks every day."""

    def __init__(self, stored: Stored, question: Call) -> None:
        self._people, self._groups = stored.people, stored.groups
        self._changes, self._schedule = stored.changes, stored.schedule
        self._question = question

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
            card = _asked(other, ctx.person, settings, change)
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
        if after.keys() & DAILY:
            room = await self._groups.room(new.ref)
            ctx.work.write(*asked_daily(self._schedule, self._question, new, room, ctx.now))
        return new

    async def announce(
        self, ctx: Context, settings: Settings, card: Card, about: tuple[str, ...] = ()
    ) -> None:
        """`about` are the refs of those whom the card names."""
        ctx.work.do(Post(await self._groups.room(settings.ref), card), about=about)


def values(settings: Settings, names: Mapping[str, str]) -> dict[str, str]:
    """How it stands with these at the moment."""
    return {name: str(getattr(settings, name)) for name in names}


def _asked(other: Person, asker: Person, settings: Settings, change: Change) -> Card:
    locale = other.language
    said = t(
        "A note from {group}. {name} would like to change this:",
        locale,
        group=settings.name,
        name=Name(asker.name),
    )
    said += words.differences(change.before, change.after, locale)
    agree, refuse = Call("changes.agree", (change.ref,)), Call("changes.refuse", (change.ref,))
    buttons = (
        Button(translate("Agree", locale), agree, Tone.GOOD),
        Button(translate("Not this", locale), refuse),
    )
    return Card(said, buttons=buttons, private=True, locale=locale)
