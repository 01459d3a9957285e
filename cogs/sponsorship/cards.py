"""Offers, requests and answers in words."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.cards import Button, Call, Card, Choice
from bot.core.model import Context, Person
from bot.core.text import Moment, Name, Plain, Strong, Text, key, t, translate
from cogs.sponsorship.fields import MEANT, TONGUES
from cogs.sponsorship.paths import Path
from storage.offers import Found, Offer
from storage.parts import FOR_NOW
from storage.requests import Asking, Request, State

Facts = tuple[tuple[str, Text], ...]

BACK = Call("sponsorship.sponsor")
FREE = key("You can say no to anyone, at any time, and no reason is asked.")
STATES = {
    State.OPEN: key("no answer yet"),
    State.COFFEE: key("would like to talk first"),
    State.MET: key("you are introduced, and both still free"),
    State.YES: key("yes"),
    State.NO: key("not this time"),
    State.PAST: key("wanted to talk first, and its time has passed"),
}
"""Where something stands, for whoever asked."""


def back(ctx: Context) -> Button:
    return Button(ctx.label("Back to the overview"), BACK)


def agreement(ctx: Context, ref: str, *others: Person) -> Button:
    """To what they have agreed on: its terms, its end."""
    label = ctx.label("You and {name}", name=", ".join(other.name for other in others))
    return Button(label, Call("pairs.agreement", (ref,)))


def lines(parts: Sequence[Text]) -> Text:
    return tuple(span for part in parts for span in (*part, Plain("\n")))[:-1]


def names(people: Sequence[Person]) -> Text:
    return lines([(Name(person.name),) for person in people])


def labels(ctx: Context, choices: Sequence[Choice], values: Sequence[str]) -> str:
    return ", ".join(ctx.label(c.label) for c in choices if c.value in values)


def meant(ctx: Context, offer: Offer) -> str:
    """For whom it is; "" for anyone."""
    return labels(ctx, MEANT, (offer.meant,)) if offer.meant else ""


def shown(ctx: Context, path: Path, found: Found) -> Facts:
    """What whoever looks sees of an offer."""
    offer = found.offer
    facts: list[tuple[str, Text]] = []
    if offer.words:
        facts.append((ctx.label("In their words"), (Plain(offer.words),)))
    if spoken := labels(ctx, TONGUES, offer.languages):
        facts.append((ctx.label("Languages"), (Plain(spoken),)))
    if whom := [said for said in (meant(ctx, offer), offer.wish) if said]:
        facts.append((ctx.label("May ask"), (Plain(". ".join(whom)),)))
    if suggested := met(ctx, path, offer):
        facts.append((ctx.label("By their own word"), suggested))
    return tuple(facts)


def met(ctx: Context, path: Path, offer: Offer) -> Text:
    """What the group suggests, each as it is by their own word."""
    parts: list[Text] = []
    for one in path.suggested(offer.kind, ctx.locale):
        if one.value in offer.met:
            parts.append(ctx.t("{what}: met", what=one.label))
        else:
            parts.append(ctx.t("{what}: not yet", what=one.label))
    return lines(parts)


def own(ctx: Context, path: Path, offer: Offer, taken: int) -> Facts:
    """What somebody sees of their own offer: all of it."""
    room = ctx.t("{taken} of {most}", taken=taken, most=offer.capacity)
    spoken = labels(ctx, TONGUES, offer.languages)
    whom = ". ".join(
        said for said in (meant(ctx, offer) or ctx.label("Anyone"), offer.wish) if said
    )
    facts: list[tuple[str, Text]] = [(ctx.label("Taken"), room)] if offer.capacity else []
    facts += [
        (ctx.label("Languages"), (Plain(spoken),) if spoken else ctx.t("not said")),
        (ctx.label("May ask"), (Plain(whom),)),
        (ctx.label("In your words"), (Plain(offer.words),) if offer.words else ctx.t("nothing")),
    ]
    if offer.capacity:
        reached = (Plain(offer.reached),) if offer.reached else ctx.t("not said")
        facts.append((ctx.label("How to reach you"), reached))
    if suggested := met(ctx, path, offer):
        facts.append((ctx.label("By your own word"), suggested))
    if offer.resting(ctx.now):
        facts.append((ctx.label("Rests"), rests(ctx, offer)))
    return tuple(facts)


def rests(ctx: Context, offer: Offer) -> Text:
    if offer.rests is None or offer.rests == FOR_NOW:
        return ctx.t("until you say so")
    return ctx.t("until {when}", when=Moment(offer.rests))


def request(ctx: Context, path: Path, one: Request, asker: Person) -> Card:
    """What whoever was asked sees, without the buttons."""
    asks = path.of(one.kind).asks
    said = ctx.t(asks, name=Name(asker.name))
    if one.words:
        said += (Plain("\n\n"), Plain(one.words))
    said += (Plain("\n\n"), *ctx.t(FREE))
    facts: list[tuple[str, Text]] = []
    if one.temporary:
        facts.append((ctx.label("For how long"), ctx.t("90 days, then you both decide")))
    name = Name(asker.name)
    if one.state is State.COFFEE:
        waits = ctx.t(
            "You would like to talk first. {name} has not answered to that yet.", name=name
        )
        said += (Plain("\n\n"), *waits)
    if one.state is State.MET:
        met = ctx.t("You and {name} are introduced. Both of you are still free.", name=name)
        said += (Plain("\n\n"), *met)
        facts.append(reach(ctx, asker, one.reached))
    return Card(said, facts=tuple(facts), replaces=True)


def reach(ctx: Context, other: Person, reached: str) -> tuple[str, Text]:
    """How somebody is reached, as far as they told it."""
    label = ctx.label("How to reach {name}", name=other.name)
    return label, (Plain(reached),) if reached else ctx.t("They did not say; ask in the group.")


def asked(ctx: Context, one: Asking, other: Person) -> Text:
    """A line for whoever asked."""
    return (Name(other.name), Plain(": "), *ctx.t(STATES[one.state]))


def note(to: Person, answer: bool, call: Call) -> Card:
    """What comes unasked: it tells whoever sees the screen nothing. `answer` is whether it is one
    to what they asked."""
    locale = to.language
    if answer:
        said = t("A note from your group. There is an answer to something you asked.", locale)
    else:
        said = t("A note from your group. Somebody would like to ask you something.", locale)
    said += (Plain(" "), *t("{command} has it, too.", locale, command=Strong("/sponsor")))
    button = Button(translate("Read it", locale), call)
    return Card(said, buttons=(button,), private=True, locale=locale)
