"""What goes to the others under an agreement, in their own language, and can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.core.cards import Button, Call, Card
from bot.core.model import Context, Person
from bot.core.rooms import Post
from bot.core.text import Name, Plain, Text
from bot.core.work import Lane, Unit
from bot.core.writing import by
from cogs.pairs import agreement as machine
from cogs.pairs import words
from cogs.pairs.company import Company
from storage.agreements import Agreement, Agreements, about, marked
from storage.codes import Codes
from storage.parts import Part
from storage.pings import Ping

WISHED = "wished"
AGAIN = timedelta(hours=1)


def listening(ctx: Context, company: Company) -> list[Person]:
    """Whoever wants to hear of me now."""
    others = machine.awake(company.agreement, company.me.ref, ctx.now, company.apart)
    hear = [part.person for part in others if part.hears(ctx.now)]
    return [company.people[person] for person in hear if person in company.people]


def send(
    ctx: Context,
    company: Company,
    to: Person,
    said: Text,
    buttons: tuple[Button, ...] = (),
    lane: Lane = Lane.PINGS,
    until: datetime | None = None,
) -> None:
    """That it comes is worth more than that it comes once: who reads it twice has read it."""
    card = Card(said, buttons=buttons, private=True, locale=to.language)
    me, agreement = company.me.ref, company.agreement
    named = (*about(agreement, me, said=me, told=to.ref), by(me))
    ctx.work.do(Post(to, card), lane=lane, about=named, until=until)


def answered(ctx: Context, company: Company, ping: Ping) -> None:
    for to in listening(ctx, company):
        heard = words.spoken(ctx, to)
        said = words.told(heard, company.me, company.part, ping)
        send(ctx, company, to, said, (see(heard, company.agreement),))


def hint(ctx: Context, company: Company) -> None:
    """After a long silence, where they switched it on: that a hello is welcome, and no more."""
    for to in listening(ctx, company):
        heard = words.spoken(ctx, to)
        said = heard.t("This may be a good day to say hello to {name}.", name=Name(company.me.name))
        send(ctx, company, to, words.note(heard, said), (see(heard, company.agreement),))


async def wished(codes: Codes, ctx: Context, company: Company, parts: Sequence[Part]) -> None:
    """That somebody would like to show or send more, or to join: with all of it, and their no.
    Who rests or hears nothing finds it on the agreement's page, and so does everybody what is
    wished anew within an hour."""
    mine, who = company.part, f"{company.agreement.ref} {company.me.ref}"
    if mine.wish is None or await codes.tries(WISHED, who, ctx.now):
        return
    ctx.work.write(codes.remember(WISHED, who, ctx.now + AGAIN))
    for part in parts:
        to = company.people.get(part.person)
        if to is None or part.person in company.apart or _hears_nothing(part, ctx.now):
            continue
        heard, name = words.spoken(ctx, to), Name(company.me.name)
        said = heard.t("{name} would like to join your circle:", name=name)
        if mine.agreed:
            said = heard.t("{name} would like to share more with you:", name=name)
        said = (*said, Plain("\n"), *words.wish(heard, mine))
        buttons = wish_buttons(heard, company.agreement, mine)
        send(ctx, company, to, words.note(heard, said), buttons)


def ended(ctx: Context, company: Company, left: Agreement | None) -> None:
    """Once, and without a reason; also to whoever is kept away, who would know it by the silence.
    Nothing of it hangs on the agreement, which is gone."""
    for part in company.others:
        to = company.people[part.person]
        heard, name = words.spoken(ctx, to), Name(company.me.name)
        if left is not None:
            said = heard.t("{name} has left your circle.", name=name)
        elif words.is_circle(company.agreement):
            said = heard.t("Your circle has ended.")
        else:
            said = heard.t("Your agreement with {name} has ended.", name=name)
        card = Card(words.note(heard, said), private=True, locale=to.language)
        ctx.work.do(Post(to, card), about=(company.me.ref,))


def hushed(agreements: Agreements, after: Agreement, person: str) -> Unit:
    """What is on its way to or of somebody who rests, or has left."""
    hows = ("asked", "reviewed", "said", "told")
    return tuple(w for how in hows for w in agreements.quiet(marked(after.ref, person, how)))


def _hears_nothing(part: Part, now: datetime) -> bool:
    return part.muted or machine.rests(part, now)


def see(ctx: Context, agreement: Agreement) -> Button:
    return Button(ctx.label("Open it"), Call("pairs.agreement", (agreement.ref,)))


def wish_buttons(ctx: Context, agreement: Agreement, part: Part) -> tuple[Button, ...]:
    named = (agreement.ref, machine.wish_mark(agreement, part))
    return (
        Button(ctx.label("Yes to that"), Call("wishes.grant", named)),
        Button(ctx.label("Not this time"), Call("wishes.refuse", named)),
    )
