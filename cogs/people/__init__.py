"""People: joining with open eyes, and one's own page, where everything can be changed."""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Protocol

from bot.core.actions import Cog, Want, action, command
from bot.core.ages import says
from bot.core.cards import NOW, SOMEONE, Answer, Button, Call, Card, Field, Page, Tone
from bot.core.decide import Who
from bot.core.errors import Slip, UserError
from bot.core.model import GUEST, Context, Group, Person
from bot.core.text import Plain, Strong, Text, key
from bot.core.work import Unit
from cogs.people import words
from cogs.people.fields import (
    PURPOSES,
    Adult,
    Back,
    From,
    Name,
    NewName,
    Purpose,
    Purposes,
    Sure,
    Tongue,
    Until,
    Zone,
)
from cogs.people.names import checked, suggested
from storage.codes import DOOR, Code, Codes, Pass
from storage.groups import Groups, Settings
from storage.keeping import Forgets
from storage.outbox import Outbox
from storage.people import People, account_of
from storage.profiles import Profile
from storage.roles import Roles

OPEN = timedelta(days=1)
"""How long a greeting leads in."""
TAKEN = key("Somebody here goes by a name like that. Please choose another.")


class Moves(Protocol):
    async def moved(self, person: Person, now: datetime) -> Unit:
        """What comes to somebody by their own clock, planned anew for who they are now."""
        ...


OURS = re.compile(r"[a-z_]+\.[a-z_]+(:[\w.-]+)*", re.ASCII)
"""A call of an action, as buttons carry it."""


class PeopleCog(Cog):
    """`kept` is what keeps something for a purpose, by the purpose; `contact` is the host's, as
    they gave it in the configuration; `moves` are told when somebody changes their
    zone, or what they agreed to; `farewells`, by purpose, take back what was shown to others
    before it is deleted."""

    name = "people"

    def __init__(
        self,
        people: People,
        groups: Groups,
        roles: Roles,
        codes: Codes,
        outbox: Outbox,
        kept: Mapping[str, Forgets],
        contact: str,
        moves: Sequence[Moves],
        farewells: Mapping[str, Callable[[Context], Awaitable[None]]],
    ) -> None:
        self._people, self._groups, self._roles = people, groups, roles
        self._codes, self._outbox = codes, outbox
        self._kept, self._contact = kept, contact
        self._moves, self._farewells = moves, farewells

    @command("Join the group", who=Who.GUESTS, want=Want.ME)
    async def join(self, ctx: Context) -> Answer:
        group = ctx.group
        if group is None and not ctx.actor.host:
            raise UserError("Please type /join where the group meets, or open an invitation link.")
        settings = await self._groups.settings(group.ref) if group else None
        name = await suggested(self._groups, group.ref if group else "", ctx.locale)
        where = group.ref if group else ""
        secret, kept = self._codes.make(DOOR, "", where, ctx.now, OPEN, note=name)
        ctx.work.write(kept)
        if ctx.person != GUEST:
            return self._second(ctx, group, secret)
        said, facts = words.greeting(
            ctx, self._contact, settings.agreement if settings else "", name
        )
        title = ctx.label("Welcome to {group}", group=group.name) if group else ctx.label("Welcome")
        buttons = (self.enter.button(ctx.label("Join"), secret, tone=Tone.GOOD), _someone(ctx))
        return Card(said, title, facts, buttons)

    @action("Join the group", who=Who.ANYONE)
    async def enter(
        self,
        ctx: Context,
        way: Pass,
        adult: Adult,
        language: Tongue,
        zone: Zone,
        purposes: Purposes = (),
        name: NewName = "",
    ) -> Answer:
        account = account_of(ctx.actor)
        if await self._people.known(account):
            return self._known(ctx)
        code, settings = await self._way_in(way)
        group = settings.group if settings else None
        chosen = await self._chosen(name, code, group, language)
        person = Person(
            secrets.token_urlsafe(9),
            chosen,
            zone.key,
            language,
            adult=adult,
            consents=frozenset(purposes),
        )
        ctx.work.write(self._codes.use(code), *self._people.join(account, person))
        if group:
            ctx.work.write(*self._groups.enter(group, person, ctx.now))
        return self._welcome(ctx, person, settings)

    @action("Join this group too", who=Who.ANYONE)
    async def enter_too(self, ctx: Context, way: Pass) -> Answer:
        if ctx.person == GUEST:
            return self.enter.form(Call(self.enter.id, (way.ref,)))
        code, settings = await self._way_in(way)
        if settings is None or await self._groups.has(settings.ref, ctx.person.ref):
            return self._known(ctx)
        group = settings.group
        if not await self._groups.free(group.ref, [ctx.person.name]):
            raise UserError(
                "In {group} somebody goes by a name like yours. Change yours, then join.",
                group=group.name,
                way=("Change my name", Call("people.set_name")),
            )
        ctx.work.write(self._codes.use(code), *self._groups.enter(group, ctx.person, ctx.now))
        return self._welcome(ctx, ctx.person, settings)

    @command("What I know of you, and your settings", want=Want.ME)
    async def me(self, ctx: Context) -> Answer:
        return await self._page(ctx, await self._profile(ctx))

    @action("Change my name")
    async def set_name(self, ctx: Context, name: Name) -> Answer:
        me, shown = await self._profile(ctx), self._shown(self.set_name.spec.fields[0], name)
        person = replace(me.person, name=shown)
        if await self._groups.taken(shown, person.ref):
            raise Slip(self.set_name.spec.fields[0], UserError(TAKEN))
        groups = await self._groups.of(person.ref)
        ctx.work.write(*self._groups.rename(person, me.person.name, len(groups)))
        return await self._changed(ctx, me, person)

    @action("Change my time zone")
    async def set_zone(self, ctx: Context, zone: Zone) -> Answer:
        me = await self._profile(ctx)
        person = replace(me.person, zone=zone.key)
        ctx.work.write(self._outbox.look_again(person.ref, ctx.now))
        ctx.work.write(*await self._moved(person, ctx.now))
        return await self._changed(ctx, me, person)

    @action("Change my language")
    async def set_language(self, ctx: Context, language: Tongue) -> Answer:
        me = await self._profile(ctx)
        spoken = replace(ctx, locale=language)
        return await self._changed(spoken, me, replace(me.person, language=language))

    @action("Change my quiet hours")
    async def set_quiet(self, ctx: Context, start: From, end: Until) -> Answer:
        me = await self._profile(ctx)
        ctx.work.write(self._outbox.look_again(me.person.ref, ctx.now))
        quiet = (_minutes(start), _minutes(end))
        return await self._changed(ctx, me, replace(me.person, quiet=quiet))

    @action("Change what I said about my age")
    async def set_adult(self, ctx: Context, adult: Adult) -> Answer:
        """An adult who says that they are under 18 is kept from adults at once; with others under
        18 it begins later, or one could look who they are."""
        me = await self._profile(ctx)
        person = says(me.person, adult=adult, now=ctx.now)
        said = ctx.t("Changed.")
        if person != me.person and not adult:
            said += (Plain(" "), *words.young(ctx))
        return await self._changed(ctx, me, person, said)

    @action("Allow it")
    async def allow(self, ctx: Context, purpose: Purpose, back: Back = "") -> Answer:
        me = await self._profile(ctx)
        changed = me.allowing(purpose, ctx.now)
        if changed.person.consents != me.person.consents:
            ctx.work.write(self._people.change(changed))
            ctx.work.write(*await self._moved(changed.person, ctx.now))
        said = ctx.t("Thank you. Allowed: {what}.", what=_label(ctx, purpose))
        said += (Plain(" "), *_any_time(ctx))
        if not OURS.fullmatch(back):
            return await self._page(ctx, changed, said)
        way = Button(ctx.label("Back"), Call.parse(back), Tone.GOOD)
        return Card(said, buttons=(way, self.me.button(ctx.label("My settings"))), replaces=True)

    @action("Take it back")
    async def withdraw(self, ctx: Context, purpose: Purpose) -> Answer:
        me = await self._profile(ctx)
        changed = me.withdrawing(purpose, ctx.now)
        if changed is not me:
            ctx.work.write(self._people.change(changed))
            ctx.work.write(self._outbox.look_again(me.person.ref, ctx.now))
            ctx.work.write(*await self._moved(changed.person, ctx.now))
        said = ctx.t("Taken back: {what}. From now on I will not.", what=_label(ctx, purpose))
        buttons: tuple[Button, ...] = (self.me.button(ctx.label("My settings")),)
        if purpose in self._kept:
            said += (Plain(" "), *ctx.t("What is there already stays yours until you delete it."))
            label = ctx.label("Delete what is kept")
            buttons = (self.clear.button(label, purpose, tone=Tone.CAREFUL), *buttons)
        return Card(said, buttons=buttons, replaces=True)

    @action("Delete what is kept")
    async def clear(self, ctx: Context, purpose: Purpose, sure: Sure = False) -> Answer:
        back = self.me.button(ctx.label("My settings"))
        if purpose not in self._kept:
            return Card(ctx.t("Nothing is kept for that."), buttons=(back,), replaces=True)
        if sure:
            if purpose in self._farewells:
                await self._farewells[purpose](ctx)
            ctx.work.write(*self._kept[purpose].forget(ctx.person.ref))
            return Card(ctx.t("Deleted, all of it."), buttons=(back,), replaces=True)
        said = ctx.t("Delete all that was kept for it? It cannot be brought back.")
        label = ctx.label("Yes, delete all")
        delete = self.clear.button(label, purpose, "yes", tone=Tone.CAREFUL)
        return Card(said, buttons=(delete, back), tone=Tone.CAREFUL, replaces=True)

    async def _moved(self, person: Person, now: datetime) -> Unit:
        return tuple([write for one in self._moves for write in await one.moved(person, now)])

    async def _way_in(self, way: Pass) -> tuple[Code, Settings | None]:
        code = way.code
        if code is None or code.kind != DOOR:
            raise UserError("This way in has closed. Type /join once more, where the group meets.")
        return code, await self._groups.settings(code.group) if code.group else None

    async def _chosen(self, name: str, code: Code, group: Group | None, language: str) -> str:
        """The name they typed, or else the one that was suggested, or else another."""
        field = self.enter.spec.fields[-1]
        shown = self._shown(field, name) if name else code.note
        if group is None or await self._groups.free(group.ref, [shown]):
            return shown
        if name:
            raise Slip(field, UserError(TAKEN))
        return await suggested(self._groups, group.ref, language)

    def _shown(self, field: Field, name: str) -> str:
        try:
            return checked(name)
        except UserError as why:
            raise Slip(field, why) from None

    def _second(self, ctx: Context, group: Group | None, secret: str) -> Card:
        """For somebody who has joined elsewhere: their page comes with them."""
        if group is None:
            return self._known(ctx)
        me = Strong(ctx.person.name)
        said = ctx.t(
            "You are known here as {name}. Join {group} as well?", name=me, group=group.name
        )
        return Card(
            said, buttons=(self.enter_too.button(ctx.label("Join"), secret, tone=Tone.GOOD),)
        )

    def _welcome(self, ctx: Context, person: Person, settings: Settings | None) -> Card:
        contact = (settings.contact if settings else "") or self._contact
        told = replace(ctx, locale=person.language)
        group = settings.group if settings else None
        buttons: tuple[Button, ...] = (_someone(told), _help(told))
        buttons += (self.me.button(told.label("My settings")),)
        if group is None and ctx.actor.host:
            buttons += (Button(told.label("Set up your group"), Call("groups.setup"), Tone.GOOD),)
        said = words.welcome(told, person, group, contact)
        if group is None and not ctx.actor.host:
            said += (Plain("\n"), *told.t("Type /setup where your group is to meet."))
        return Card(said, buttons=buttons, tone=Tone.GOOD, replaces=True)

    def _known(self, ctx: Context) -> Card:
        said = ctx.t("You have joined. Good that you are here.")
        return Card(
            said, buttons=(_help(ctx), self.me.button(ctx.label("My settings"))), replaces=True
        )

    async def _profile(self, ctx: Context) -> Profile:
        if profile := await self._people.profile(ctx.person.ref):
            return profile
        raise UserError("Nothing of yours is kept here any more.")

    async def _changed(self, ctx: Context, me: Profile, person: Person, said: Text = ()) -> Answer:
        changed = replace(me, person=person)
        ctx.work.write(self._people.change(changed))
        return await self._page(ctx, changed, said or ctx.t("Changed."))

    async def _page(self, ctx: Context, me: Profile, said: Text = ()) -> Page:
        ref = me.person.ref
        whole = words.Whole(
            me,
            words.accounts(ctx, await self._people.accounts(ref)),
            await self._groups.of(ref),
            await self._roles.held(ref, ctx.now),
        )
        said = said or ctx.t("This is what I know of you. Only you see it.")
        title, rows, others = ctx.label("Your settings"), words.rows(ctx, whole), words.others(ctx)
        facts = tuple((row.label, row.value) for row in rows)
        ways = (*(way for row in rows for way in row.ways), *others)
        card = Card(said, title, facts, ways, replaces=True, locale=ctx.locale)
        return Page("me", {"rows": rows, "others": others}, card)


def _someone(ctx: Context) -> Button:
    return Button(ctx.label(SOMEONE), NOW, Tone.CAREFUL)


def _help(ctx: Context) -> Button:
    return Button(ctx.label("What there is"), Call("help.help"))


def _any_time(ctx: Context) -> Text:
    return ctx.t("/me takes it back at any time.")


def _label(ctx: Context, purpose: str) -> Strong:
    return Strong(next(ctx.label(p.label) for p in PURPOSES if p.value == purpose))


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
