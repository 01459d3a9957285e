"""Calls: somebody asks the others to get in touch, and hears whether that could be delivered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated

from bot.core.actions import Cog, action
from bot.core.cards import Answer, Button, Call, Card, Field, Page, Tone
from bot.core.decide import Who
from bot.core.model import Context, Person
from bot.core.ports import Due
from bot.core.rooms import Done, Event, Post
from bot.core.text import Moment, Name, Plain, Text
from bot.core.work import Lane, Must
from bot.core.writing import agreed, quiet_until
from cogs.pairs import replies, telling, words
from cogs.pairs.company import Companies, Company, Stored
from storage.agreements import Agreement

WAITS = timedelta(seconds=40)
"""Then whoever called is told that it is not delivered for now: within a minute, with what a busy
machine takes."""
PATIENCE = timedelta(hours=1)
AGAIN = timedelta(minutes=2)
"""So soon after a call another says nothing new."""
RINGS_NOWHERE = "web"
"""The door at which what is delivered waits until somebody looks."""
KIND = "call"
LATER = "/later"
"""Ends the name of the row that waits for the end of quiet hours."""

Ref = Annotated[str, Field("Which agreement?")]
Whom = Annotated[str, Field("Whom?")]
Later = Annotated[bool, Field("Was it quiet for them?")]


@dataclass(frozen=True, slots=True)
class Reach:
    """Of the others: who is written to now, and who when their quiet hours end; and what is said:
    the names that are tried, and for whom it is quiet until when. Nobody sees there who rests."""

    now: Sequence[Person]
    later: Sequence[Person]
    tried: Sequence[str]
    quiet: Sequence[tuple[str, datetime]]


class CallsCog(Cog):
    """`lines` is the card with numbers to ring, which stands beside bad news."""

    name = "calls"

    def __init__(
        self,
        stored: Stored,
        companies: Companies,
        lines: Callable[[Context], Awaitable[Answer]],
    ) -> None:
        self._people, self._codes = stored.people, stored.codes
        self._agreements = stored.agreements
        self._schedule, self._companies, self._lines = stored.schedule, companies, lines

    @action("Call me")
    async def call(self, ctx: Context, ref: Ref) -> Answer:
        """A button of it stays where it was shown after all has ended, and must lead somewhere."""
        agreement = await self._agreements.load(ref)
        if agreement is None or ctx.person.ref not in agreement.belongs_to:
            said = ctx.t("That has ended, so nobody hears this button any more. Others answer now.")
            return Card(said, buttons=(words.talk(ctx),))
        ctx.work.write(self._agreements.hold(agreement.ref, agreement.version))
        company = await self._companies.of(agreement, ctx.person.ref)
        if not company.part.agreed or not company.others:
            said = ctx.t("Nobody has said yes to it yet, so there is nobody to tell.")
            return Card(said, buttons=(words.talk(ctx),))
        if not company.reached:
            said = ctx.t("Nothing passes between you now, so I sent nothing. Others answer now.")
            return Card(said, buttons=(words.talk(ctx),))
        who = f"{agreement.ref} {ctx.person.ref}"
        if await self._codes.tries(KIND, who, ctx.now):
            said = ctx.t("I am on it. Whatever comes of it, you hear of it.")
            return Card(said, buttons=(words.talk(ctx),))
        ctx.work.write(
            self._codes.tried(KIND, who, ctx.now, 1, AGAIN),
            replies.called(self._codes, agreement, ctx.person.ref, ctx.now),
        )
        reach = await self._reach(ctx, company)
        for to in reach.now:
            self._send(ctx, company, to, Lane.NOW, ctx.now + WAITS)
        ends = max((end for _, end in reach.quiet), default=ctx.now)
        for to in reach.later:
            self._send(ctx, company, to, Lane.PINGS, ends + WAITS)
        ctx.work.write(*(self._schedule.add(due) for due in _checks(ctx, agreement, reach)))
        return Card(_said(ctx, reach), buttons=(words.talk(ctx),))

    @action("Whether a call was delivered", who=Who.CLOCK)
    async def called(
        self, ctx: Context, agreement: Ref, whom: Whom = "", later: Later = False
    ) -> Answer:
        """When nothing was delivered so far: never why. Hours later it may be night for them."""
        person = (await self._people.many([ctx.place.id])).get(ctx.place.id)
        if person is None:
            return None
        heard = words.spoken(ctx, person)
        said = heard.t(
            "It is not delivered for now. That says nothing about you. You might try again later,"
            " or another way; the numbers below are open."
        )
        card = Card(said, buttons=(words.talk(heard),), private=True, locale=person.language)
        ctx.work.do(Post(person, card), lane=_lane(person, later))
        lines = await self._lines(heard)
        shown = lines.card if isinstance(lines, Page) else lines
        if isinstance(shown, Card):
            ctx.work.do(Post(person, shown), lane=_lane(person, later))
        return None

    async def notice(self, ctx: Context, event: Event) -> None:
        """The first that is delivered is told, and ends the waiting; what is told twice by the
        outbox finds nothing to end."""
        if not isinstance(event, Done) or f"/{self.call.id}/" not in event.key:
            return
        cause, _, number = event.key.rpartition(f"/{self.call.id}/")
        dues = [await self._schedule.find(_ref(cause, later)) for later in (False, True)]
        waiting = [due for due in dues if due and isinstance(due.to, Person)]
        for due in waiting:
            whom = due.call.args[1].split(",")
            with suppress(ValueError, IndexError, KeyError):
                other = (await self._people.many(whom))[whom[int(number)]]
                ctx.work.write(*(self._schedule.end(each) for each in waiting))
                await self._delivered(ctx, due, other)

    async def _delivered(self, ctx: Context, due: Due, other: Person) -> None:
        assert isinstance(due.to, Person)
        heard, name = words.spoken(ctx, due.to), Name(other.name)
        said = heard.t("Delivered: {name} has your message now.", name=name)
        ways: tuple[Button, ...] = ()
        place = await self._people.reach(other.ref)
        if place and place.platform == RINGS_NOWHERE:
            said = heard.t(
                "It is on the page of {name} in the web room. I cannot know whether they look.",
                name=name,
            )
            ways = (words.talk(heard),)
        card = Card(said, buttons=ways, private=True, locale=due.to.language, tone=Tone.GOOD)
        later = due.ref.endswith(LATER)
        ctx.work.do(Post(due.to, card), lane=_lane(due.to, later), about=(other.ref,))

    async def _reach(self, ctx: Context, company: Company) -> Reach:
        """A pause, a block and a mute look exactly as if somebody could not be reached; in quiet
        hours that is known at their end, as with whoever can."""
        now, later = list[Person](), list[Person]()
        tried, quiet = list[str](), list[tuple[str, datetime]]()
        listening = {person.ref for person in telling.listening(ctx, company)}
        for part in company.reached:
            other = company.people[part.person]
            end = None if part.terms.calls else quiet_until(other, ctx.now)
            if end:
                quiet.append((other.name, end))
            else:
                tried.append(other.name)
            if other.ref in listening and agreed(other) and await self._people.reach(other.ref):
                (later if end else now).append(other)
        return Reach(now, later, tried, quiet)

    def _send(
        self, ctx: Context, company: Company, to: Person, lane: Lane, until: datetime
    ) -> None:
        """After `until` whoever calls has heard that it is not delivered, and then it is not."""
        heard = words.spoken(ctx, to)
        said = heard.t(
            "{name} asks you to get in touch, {when}.",
            name=Name(ctx.person.name),
            when=Moment(ctx.now),
        )
        ways = replies.buttons(heard, company.agreement, ctx.person.ref)
        telling.send(ctx, company, to, words.note(heard, said), ways, lane, until)


def _ref(cause: str, later: bool) -> str:
    """What the row is called that waits for this call: its deeds are known by the same cause."""
    return f"call/{sha256(cause.encode()).hexdigest()[:24]}{LATER if later else ''}"


def _checks(ctx: Context, agreement: Agreement, reach: Reach) -> Iterator[Due]:
    """One for now and one for the end of quiet hours. The refs stand in the order in which their
    messages are queued."""
    now, later = ([person.ref for person in people] for people in (reach.now, reach.later))
    if reach.tried:
        yield _check(ctx, agreement, now, ctx.now + WAITS)
    if reach.quiet:
        ends = max(end for _, end in reach.quiet)
        yield _check(ctx, agreement, [*("" for _ in now), *later], ends + WAITS, later=True)


def _check(
    ctx: Context, agreement: Agreement, whom: Sequence[str], at: datetime, *, later: bool = False
) -> Due:
    call = Call("calls.called", (agreement.ref, ",".join(whom), "yes" if later else "no"))
    ref = _ref(ctx.cause, later)
    return Due(ref, call, ctx.person, at, None, PATIENCE, None, Lane.NOW, Must.ARRIVE)


def _lane(person: Person, later: bool) -> Lane:
    """What comes hours after they asked waits for the end of their own quiet hours."""
    return Lane.PINGS if later and agreed(person) else Lane.NOW


def _said(ctx: Context, reach: Reach) -> Text:
    lines: list[Text] = []
    if reach.tried:
        names = Name(", ".join(reach.tried))
        lines.append(
            ctx.t(
                "I am trying to reach {names}. Within a minute you hear whether it is delivered.",
                names=names,
            )
        )
    for name, end in reach.quiet:
        lines.append(
            ctx.t(
                "It is quiet time for {name} until {when}. I will try then, and you hear whether"
                " it is delivered.",
                name=Name(name),
                when=Moment(end),
            )
        )
    lines.append(ctx.t("If it cannot wait, there are others who answer now."))
    return tuple(span for line in lines for span in (*line, Plain("\n")))[:-1]
