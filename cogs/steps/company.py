"""The people one works with: whom one may let read, and who is told that there is something new."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from bot.core.ages import may_pair
from bot.core.calendar import in_zone
from bot.core.cards import Button, Call, Card
from bot.core.errors import UserError
from bot.core.model import Context, Person
from bot.core.recurrence import instant
from bot.core.rooms import Post
from bot.core.text import key
from bot.core.work import Must
from bot.core.writing import agreed, by
from storage.agreements import Agreement, Agreements, about
from storage.blocks import Blocks
from storage.notebook import Entry, Notebook, may_share
from storage.people import People
from storage.steps import Steps

MOST = 18
"""As many fit on one card; more work with nobody at a time."""
GONE = key("You are not working with each other here at the moment. Nothing was changed.")
LATEST = timedelta(days=1)
"""After it a word about something new has lost its sense."""


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody one works with, and what that rests on."""

    agreement: Agreement
    person: Person

    @property
    def name(self) -> str:
        return self.person.name

    def tag(self, thing: str) -> str:
        """Names them in a button beside the thing it is about, and means nothing elsewhere."""
        return sha256(f"{thing} {self.agreement.ref}".encode()).hexdigest()[:10]


class Company:
    def __init__(
        self, steps: Steps, agreements: Agreements, people: People, blocks: Blocks
    ) -> None:
        self._steps, self._agreements = steps, agreements
        self._people, self._blocks = people, blocks

    async def of(self, person: str) -> list[Other]:
        """Those with whom they have a live agreement of two, the oldest first, but for whom they
        keep away; whether they are kept away themselves makes no difference. Somebody under 18
        works with no adult; the adult is not told why there is nothing to read."""
        found = [a for a in await self._agreements.of(person) if may_share(a, person)]
        away = await self._blocks.kept_from(person)
        partners = {a.ref: part.person for a in found for part in a.others(person) if part.agreed}
        partners = {ref: other for ref, other in partners.items() if other not in away}
        known = await self._people.many({*partners.values(), person})
        me = known.pop(person, None)
        people = ((a, known.get(partners.get(a.ref, ""))) for a in found)
        if me and not me.adult:
            now = self._people.now()
            people = ((a, o) for a, o in people if o and may_pair(me, o, now))
        return [Other(a, o) for a, o in people if o][:MOST]

    async def tagged(self, person: str, thing: str, tag: str) -> Other:
        """The one that a button names; refused when they work together no more."""
        others = await self.of(person)
        if found := next((one for one in others if one.tag(thing) == tag), None):
            return found
        raise UserError(GONE)

    async def reading(self, notebook: Notebook, entry: Entry) -> list[Other]:
        """Who besides its author may read it now."""
        found = await self._steps.reading.readers(notebook, entry)
        known = await self._people.many(found)
        return [Other(found[ref], person) for ref, person in known.items()]

    async def called(self, refs: Iterable[str]) -> dict[str, str]:
        """Their names; who was forgotten has none."""
        return {ref: one.name for ref, one in (await self._people.many(refs)).items()}

    async def tells(
        self, ctx: Context, notebook: Notebook, others: Iterable[Other], *, held: bool = False
    ) -> None:
        """At most one word a day to each of those who may read something new, and only where
        they agreed to be written to. `held` when the notebook is what the action is about."""
        for other in others:
            person = other.person
            if not await self._listens(ctx, other):
                continue
            still = self._steps.reading.still(notebook, other.agreement, person.ref, held=held)
            ctx.work.write(*still)
            self._post(ctx, Call("suggesting.shared", (other.agreement.ref,)), other, notebook)
            ctx.work.write(self._steps.tell(person.ref, ctx.now, _midnight(person, ctx.now)))

    async def tells_author(self, ctx: Context, notebook: Notebook, other: Other) -> None:
        """The same for the author, when the other has noted something."""
        person = other.person
        if await self._listens(ctx, other):
            self._post(ctx, Call("steps.steps"), other, notebook)
            ctx.work.write(self._steps.tell(person.ref, ctx.now, _midnight(person, ctx.now)))

    def quiets(self, ctx: Context, notebook: str, others: Iterable[Other]) -> None:
        """What is on its way to them about this notebook is not sent: it may be gone by then."""
        for other in others:
            ctx.work.write(*self._steps.quiet(other.tag(notebook)))

    async def _listens(self, ctx: Context, other: Other) -> bool:
        """Whether they want a word under this agreement, and have not had today's."""
        to = other.person
        if not agreed(to) or not other.agreement.part(to.ref).hears(ctx.now):
            return False
        return not await self._steps.told(to.ref, ctx.now)

    def _post(self, ctx: Context, call: Call, other: Other, notebook: Notebook) -> None:
        """Its words may be seen on a lock screen."""
        to = other.person
        told = replace(ctx, locale=to.language)
        said = told.t("A note from your group: there is something new for you to read.")
        card = Card(said, buttons=(Button(told.label("See it"), call),), locale=to.language)
        me, tag = ctx.person.ref, other.tag(notebook.ref)
        drops = (*about(other.agreement, me, by(me), said=me, told=to.ref), tag)
        ctx.work.do(Post(to, card), must=Must.ONCE, about=drops, until=ctx.now + LATEST)


def _midnight(person: Person, now: datetime) -> datetime:
    """When their own day ends."""
    day = in_zone(now, person.zone) + timedelta(days=1)
    return instant(datetime(day.year, day.month, day.day), person.zone) or now + LATEST
