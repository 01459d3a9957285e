"""What people agreed on, and what somebody answered, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.core.calendar import in_zone
from bot.core.cards import NOW, SOMEONE, Button, Choice, Tone
from bot.core.model import Context, Person
from bot.core.text import Day, Name, Plain, Strong, Text, key
from cogs.pairs.company import Company
from cogs.pairs.fields import DAYS, SHOWN, THEY_SHOW
from storage.agreements import Agreement, Kind
from storage.moods import MOODS, NEEDS
from storage.parts import Part, Role, Shows, Terms
from storage.pings import Ping

NOTE = key("A note from your group.")
"""How everything begins that comes to somebody who did not ask: a lock screen may show it."""
RESPONSIBLE = key("Nobody in it is responsible for another's recovery.")
EACH = key("Anybody can show less, pause or end it at any time, without a reason.")
RECENT = 7
"""Days that an answer is shown when no newer question has come."""
WORKDAYS, WEEKEND = (0, 1, 2, 3, 4), (5, 6)


def spoken(ctx: Context, to: Person) -> Context:
    """For a card that is read by somebody else."""
    return replace(ctx, locale=to.language)


def note(ctx: Context, said: Text) -> Text:
    return (*ctx.t(NOTE), Plain("\n"), *said)


def talk(ctx: Context) -> Button:
    return Button(ctx.label(SOMEONE), NOW, Tone.CAREFUL)


def chosen(ctx: Context, choices: Sequence[Choice], value: str | int) -> str:
    return next(ctx.label(choice.label) for choice in choices if choice.value == value)


def days(ctx: Context, terms: Terms) -> str:
    if len(terms.days) == len(DAYS):
        return ctx.label("every day")
    if terms.days == WORKDAYS:
        return ctx.label("Monday to Friday")
    if terms.days == WEEKEND:
        return ctx.label("Saturday and Sunday")
    return ", ".join(chosen(ctx, DAYS, day) for day in terms.days)


def terms(ctx: Context, of: Terms, *, own: bool = False) -> Text:
    """All of it: what is not said is not agreed to. `own` to whoever's terms they are."""
    if own:
        asked = ctx.t("Asked: {days}, {hour} on your own clock.", days=days(ctx, of), hour=of.hour)
        calls = ctx.t("“Call me” waits for the end of your quiet hours.")
        if of.calls:
            calls = ctx.t("“Call me” reaches you in your quiet hours, too.")
    else:
        hour = of.hour
        asked = ctx.t("Asked: {days}, {hour} on their own clock.", days=days(ctx, of), hour=hour)
        calls = ctx.t("“Call me” waits for the end of their quiet hours.")
        if of.calls:
            calls = ctx.t("“Call me” reaches them in their quiet hours, too.")
    lines = [ctx.t("Not asked."), calls]
    if of.days:
        shown = chosen(ctx, SHOWN if own else THEY_SHOW, of.shows.value)
        lines = [asked, ctx.t("What others see: {shown}.", shown=shown), calls]
    if of.tells:
        lines.append(ctx.t("After a long silence the others get one gentle word."))
    return tuple(span for line in lines for span in (*line, Plain("\n")))[:-1]


def wish(ctx: Context, part: Part) -> Text:
    """What somebody wishes for themselves, and for whoever says yes where they are two."""
    said = terms(ctx, part.wish or part.terms)
    if part.offered is None or not part.agreed:
        return said
    return (
        *said,
        Plain("\n"),
        *ctx.t("For you:"),
        Plain("\n"),
        *terms(ctx, part.offered, own=True),
    )


def called(ctx: Context, company: Company) -> Text:
    """What an agreement is called: by its people, or by what it waits for."""
    agreement = company.agreement
    if not company.part.agreed:
        return ctx.t("A proposal to you")
    if company.others:
        names = Strong(company.names())
        return ctx.t("{names} · circle", names=names) if is_circle(agreement) else (names,)
    if is_circle(agreement):
        return ctx.t("A circle that waits for its people")
    return ctx.t("A proposal that waits for somebody")


def is_circle(agreement: Agreement) -> bool:
    return agreement.kind is Kind.CIRCLE


def title(ctx: Context, agreement: Agreement) -> str:
    if is_circle(agreement):
        return ctx.label("Circle")
    return ctx.label("Care pair") if agreement.kind is Kind.PAIR else ctx.label("Agreement")


def headed(ctx: Context, company: Company) -> str:
    """What one's own agreement is called, by its people where there are some."""
    names = company.names()
    if not names or is_circle(company.agreement):
        title_of = title(ctx, company.agreement)
        return f"{title_of}: {names}" if names else title_of
    return ctx.label("You and {name}", name=names)


ROLES = {
    Role.SPONSOR: key("sponsor"),
    Role.SERVICE: key("service sponsor"),
    Role.SPONSEE: key("sponsee"),
    Role.MENTOR: key("mentor"),
    Role.MENTEE: key("mentee"),
}


def placed(ctx: Context, name: str, part: Part) -> str:
    """A name with what they are in it, where they are not all the same."""
    return name if part.role is Role.PEER else f"{name} ({ctx.label(ROLES[part.role])})"


def answer(ctx: Context, ping: Ping, shows: Shows) -> Text:
    """As much of it as is shown; () where that is nothing: also "not today" is a quiet day."""
    if not ping.answered or not ping.mood:
        return ()
    if shows is Shows.ANSWERED:
        return ctx.t("answered")
    said: Text = (Strong(chosen(ctx, MOODS, ping.mood)),)
    if shows is Shows.MOOD:
        return said
    if ping.halt:
        boxes = ", ".join(chosen(ctx, NEEDS, n.value) for n in NEEDS if n.value in ping.halt)
        said += (Plain(f" ({boxes})"),)
    return (*said, Plain(f"\n{ping.note}")) if ping.note else said


def recent(ctx: Context, whose: Person, ping: Ping | None) -> bool:
    return ping is not None and (in_zone(ctx.now, whose.zone) - ping.day).days <= RECENT


def seen(ctx: Context, of: Part, whose: Person, ping: Ping | None) -> Text:
    """What one of the others shows, with its day; () on a quiet day."""
    if ping is None or not ping.told or not recent(ctx, whose, ping):
        return ()
    said = answer(ctx, ping, min(of.terms.shows, ping.shows))
    return (Day(ping.day), Plain(": "), *said) if said else ()


def told(ctx: Context, who: Person, part: Part, ping: Ping) -> Text:
    """To the others, once for each question."""
    name = Name(who.name)
    if part.terms.shows is Shows.ANSWERED:
        said = ctx.t("{name} has answered.", name=name)
    else:
        said = (name, Plain(": "), *answer(ctx, ping, part.terms.shows))
    if in_zone(ctx.now, who.zone) != ping.day:
        said += (Plain(" "), *ctx.t("(for {day})", day=Day(ping.day)))
    return note(ctx, said)
