"""With whom somebody may share a check-in: those they agreed with, and their group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.core.ages import may_pair
from bot.core.cards import Choice
from bot.core.model import Context, Group, Person, Place
from bot.core.text import Plain, Strong, Text, key
from bot.core.work import Write
from storage.agreements import Agreement, Agreements, Kind
from storage.blocks import Blocks
from storage.checkins import CheckIns
from storage.groups import CHECKINS, Groups, web_room
from storage.parts import Role
from storage.people import People
from storage.shares import Share, Shares

NOBODY, SPONSOR, PAIR, CIRCLE, GROUP = "nobody", "sponsor", "pair", "circle", "group"
WITH = (
    Choice(NOBODY, "Nobody"),
    Choice(SPONSOR, "Show it to my sponsor"),
    Choice(PAIR, "Show it to somebody I check in with"),
    Choice(CIRCLE, "Show it to my circle"),
    Choice(GROUP, "Show it to my group"),
)
SHARED = (Choice("group", "your group"), Choice("people", "people you agreed with"))
"""In what somebody takes along of theirs."""
WEB_ROOM = key("in its web room")


class Stored(Protocol):
    """What sharing leans on."""

    @property
    def checkins(self) -> CheckIns: ...
    @property
    def shares(self) -> Shares: ...
    @property
    def agreements(self) -> Agreements: ...
    @property
    def blocks(self) -> Blocks: ...
    @property
    def groups(self) -> Groups: ...
    @property
    def people(self) -> People: ...


@dataclass(frozen=True, slots=True)
class Target:
    """One answer to "with whom?"."""

    kind: str
    label: str
    """On a button, in the person's language."""
    who: Text
    """In a sentence."""
    named: str = ""
    """With what they are to the person, in a sentence."""
    people: tuple[str, ...] = ()
    place: Place | None = None
    agreement: str = ""
    group: str = ""

    def of(self, share: Share) -> bool:
        return (self.agreement, self.group) == (share.agreement, share.group)


class Targets:
    def __init__(self, stored: Stored) -> None:
        self._agreements, self._blocks = stored.agreements, stored.blocks
        self._groups, self._people, self._shares = stored.groups, stored.people, stored.shares

    async def of(self, ctx: Context) -> list[Target]:
        """The oldest agreement first, and the group last."""
        me = ctx.person.ref
        live = [a for a in await self._agreements.of(me) if a.live and a.part(me).agreed]
        refs = {part.person for one in live for part in one.others(me)}
        people = await self._people.many(refs)
        away = await self._away(ctx, people)
        people = {ref: person for ref, person in people.items() if ref not in away}
        found = [self._agreed(ctx, one, people) for one in live]
        found = [target for target in found if target.people]
        if ctx.group and await self._groups.has(ctx.group.ref, me):
            found.append(await self._whole(ctx, ctx.group))
        return found

    async def called(self, ctx: Context, share: Share, *, anew: bool = False) -> Text:
        """With whom it was, or, `anew`, is to be: those who were named when it was looked at. Who
        is kept away by now is named only where it stands with them; () where nobody is left."""
        if share.group:
            groups = await self._groups.many([share.group])
            return _names(ctx, [groups[share.group].name]) if groups else ctx.t("a group")
        people = await self._people.many(share.people)
        if not people:
            return ctx.t("somebody who is not here any more")
        away = await self._away(ctx, people)
        if away and share.sent and not anew:
            away -= await self._shares.standing(share)
        return _names(ctx, sorted(p.name for p in people.values() if p.ref not in away))

    async def fewer(self, ctx: Context, share: Share) -> bool:
        """Whether somebody is kept away by now who was named when it was looked at."""
        away = await self._away(ctx, await self._people.many(share.people))
        return not away.isdisjoint(share.people)

    async def still(self, share: Share) -> Agreement | None:
        """The agreement that it goes under, as long as both of them stand by it."""
        agreement = await self._agreements.load(share.agreement)
        if agreement is None or not agreement.live or share.person not in agreement.belongs_to:
            return None
        return agreement if agreement.part(share.person).agreed else None

    async def open_to(self, share: Share, agreement: Agreement, ctx: Context) -> list[Person]:
        """Those who take it at this moment. Nobody is told who does not."""
        take = [
            part.person
            for part in agreement.others(share.person)
            if part.agreed
            and part.person in share.people
            and not part.muted
            and not (part.rests and part.rests > ctx.now)
        ]
        people = (await self._people.many(take)).values()
        blocked = await self._blocks.around(share.person)
        return [p for p in people if p.ref not in blocked and may_pair(ctx.person, p, ctx.now)]

    def held(self, agreement: Agreement) -> Write:
        """Fails when it has ended, or is another, by the time that something is sent under it."""
        return self._agreements.hold(agreement.ref, agreement.version)

    def held_in(self, share: Share) -> Write:
        """Fails when they have left the group by the time that it is sent."""
        return self._groups.stays(share.group, share.person)

    async def belongs(self, share: Share) -> Group | None:
        """The group that it goes to, as long as they are in it."""
        if not await self._groups.has(share.group, share.person):
            return None
        return (await self._groups.many([share.group])).get(share.group)

    async def _away(self, ctx: Context, people: Mapping[str, Person]) -> frozenset[str]:
        """Whom they keep away themselves, or who is kept from them while they are under 18. That
        they are kept away is told to nobody, so to whoever is, all looks as before."""
        kept = await self._blocks.kept_from(ctx.person.ref)
        if ctx.person.adult:
            return kept
        others = people.values()
        return kept | {p.ref for p in others if not may_pair(ctx.person, p, ctx.now)}

    def _agreed(self, ctx: Context, one: Agreement, people: dict[str, Person]) -> Target:
        me = one.part(ctx.person.ref)
        others = [part.person for part in one.others(me.person) if part.agreed]
        named = sorted(people[ref].name for ref in others if ref in people)
        shown = ", ".join(named)
        kind, label, has = PAIR, shown, shown
        if one.kind is Kind.SPONSOR and me.role is Role.SPONSEE:
            kind, label = SPONSOR, ctx.label("My sponsor: {name}", name=shown)
            has = ctx.label("your sponsor {name}", name=shown)
        elif one.kind is Kind.SPONSOR and me.role is Role.MENTEE:
            kind, label = SPONSOR, ctx.label("My mentor: {name}", name=shown)
            has = ctx.label("your mentor {name}", name=shown)
        elif one.kind is Kind.CIRCLE:
            kind, label = CIRCLE, ctx.label("My circle: {names}", names=shown)
            has = ctx.label("your circle with {names}", names=shown)
        there = tuple(ref for ref in others if ref in people)
        return Target(kind, label[:80], _names(ctx, named), has, there, agreement=one.ref)

    async def _whole(self, ctx: Context, group: Group) -> Target:
        place = await self._place(ctx, group)
        web = place == web_room(group.ref)
        where = ctx.label(WEB_ROOM) if web else place.platform.capitalize()
        who = ctx.t("Everyone in {group} ({where})", group=Strong(group.name), where=where)
        label = ctx.label("Everyone in {group}", group=group.name[:60])
        has = ctx.label("everyone in {group}", group=group.name)
        return Target(GROUP, label, who, has, place=place, group=group.ref)

    async def _place(self, ctx: Context, group: Group) -> Place:
        """Where they are, or where the group is on the same platform: what somebody says on one
        platform is not carried to another."""
        places = await self._groups.each(group.ref, CHECKINS)
        if ctx.place in places:
            return ctx.place
        same = (place for place in places if place.platform == ctx.place.platform)
        return next(same, web_room(group.ref))


def kinds(targets: Sequence[Target], kind: str) -> list[Target]:
    return [target for target in targets if target.kind == kind]


def _names(ctx: Context, named: Sequence[str]) -> Text:
    said: Text = ()
    for name in named:
        said += ((Plain(", "),) if said else ()) + (Strong(name),)
    return said
