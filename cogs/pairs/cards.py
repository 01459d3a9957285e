"""The cards of agreements: a list, one of them with all that was agreed, a proposal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.core.cards import Button, Call, Card, Page, Tone, allowing
from bot.core.model import Context
from bot.core.text import Day, Moment, Name, Plain, Text, plain, short
from bot.core.writing import MESSAGES, agreed, quiet_until
from cogs.pairs import agreement as machine
from cogs.pairs import telling, words
from cogs.pairs.company import Company
from cogs.pairs.plans import hours
from storage.agreements import WAITS, Kind, part_mark
from storage.offers import For
from storage.parts import FOR_NOW, Part, Shows
from storage.pings import Ping

NAMES = 32
"""Letters of a name on a button."""


def back(ctx: Context) -> Button:
    return Button(ctx.label("Your agreements"), Call("pairs.pairs"))


def listed(
    ctx: Context, companies: Sequence[Company], pings: Mapping[str, Mapping[str, Ping]]
) -> Page:
    """Each with what the others show, and the ways to another."""
    first: Text = ctx.t("With whom you check in. Only you see this list.")
    if not companies:
        first = ctx.t("Two people, or up to five, can agree to ask each other how the day is.")
    said, buttons, rows = first, list[Button](), list[dict[str, object]]()
    for number, company in enumerate(companies, 1):
        agreement, named = company.agreement, words.called(ctx, company)
        lines = _seen(ctx, company, pings.get(agreement.ref, {}))
        rows.append({"named": named, "lines": lines, "open": telling.see(ctx, agreement)})
        said += (Plain(f"\n\n{number}. "), *named)
        said += tuple(span for line in lines for span in (Plain("\n"), *line))
        label = ctx.label("Open {n}: {what}", n=number, what=short(plain(named), NAMES))
        buttons.append(Button(label, Call("pairs.agreement", (agreement.ref,))))
    new = Call("proposals.begin", (Kind.PAIR.value,)), Call("proposals.take")
    circle = Call("proposals.begin", (Kind.CIRCLE.value,))
    buttons += (
        Button(ctx.label("Propose it to one person"), new[0], Tone.GOOD),
        Button(ctx.label("Propose a circle"), circle),
        Button(ctx.label("Use a code"), new[1]),
    )
    if ctx.group and ctx.actor.member:
        asks = Call("sponsorship.look", (For.PAIR.value,))
        buttons.append(Button(ctx.label("Ask somebody who said: you may ask me"), asks))
    card = Card(said, ctx.label("Your agreements"), buttons=tuple(buttons), replaces=True)
    return Page("pairs", {"first": first, "rows": rows}, card)


def proposed(ctx: Context, company: Company) -> Card:
    """As whoever is asked sees it: the very terms that their yes is a yes to."""
    agreement, proposal = company.agreement, machine.offers(company.agreement)
    if proposal is None or not proposal.offered or not machine.has_room(agreement):
        return Card(ctx.t("This proposal is not there any more."), buttons=(back(ctx),))
    name = company.people[proposal.person].name
    said = ctx.t("{name} proposes to check in with each other.", name=Name(name))
    if words.is_circle(agreement):
        count = sum(part.agreed for part in agreement.parts)
        said = ctx.t(
            "{name} proposes a circle of up to five, who check in with each other.", name=Name(name)
        )
        people = ctx.n("So far {n} person is in it.", "So far {n} people are in it.", count)
        joined = ctx.t("Who is in it sees your name and your terms before you are.")
        said = (*said, Plain(" "), *people, Plain(" "), *joined)
    said = (*said, Plain("\n"), *_rules(ctx))
    facts = (
        (name, words.terms(ctx, proposal.terms)),
        (ctx.label("You"), words.terms(ctx, proposal.offered, own=True)),
    )
    stamped = (agreement.ref, machine.stamp(agreement))
    buttons = [Button(ctx.label("Yes, I agree"), Call("proposals.accept", stamped), Tone.GOOD)]
    if proposal.offered.days:
        other = Call("proposals.accept_at", stamped)
        buttons.append(Button(ctx.label("Yes, at another hour"), other))
    no = Call("proposals.decline", (agreement.ref,))
    buttons.append(Button(ctx.label("No, thank you"), no))
    return Card(said, words.title(ctx, agreement), facts, tuple(buttons), replaces=True)


def one(ctx: Context, company: Company, pings: Mapping[str, Ping], said: Text = ()) -> Card:
    """An agreement, as far as whoever looks is in it."""
    if company.part.agreed:
        return whole(ctx, company, pings, said)
    if company.part.wish is None:
        return proposed(ctx, company)
    waits = ctx.t("You said yes. It begins for you when those who are in it did, too.")
    call = Call("wishes.take_back", (company.agreement.ref,))
    buttons = (Button(ctx.label("Take it back"), call), back(ctx))
    facts = ((ctx.label("You"), words.terms(ctx, company.part.wish, own=True)),)
    return Card(waits, words.title(ctx, company.agreement), facts, buttons, replaces=True)


def whole(ctx: Context, company: Company, pings: Mapping[str, Ping], said: Text = ()) -> Card:
    """One agreement as somebody in it sees it: what each agreed to, what they show, and how to
    change one's own. Who rests, or wants to hear nothing, is told to nobody."""
    agreement, mine = company.agreement, company.part
    text = (*said, Plain("\n")) if said else ()
    text += _rules(ctx)
    if not company.others:
        day = Day((agreement.since + WAITS).date())
        waits = ctx.t("It waits for somebody to say yes; after {day} it is gone.", day=day)
        text += (Plain("\n"), *waits)
    if company.others and not company.reached:
        text += (Plain("\n"), *ctx.t("Nothing passes between you now."))
    if agreement.until:
        text += (Plain("\n"), *ctx.t("For a time, until {when}.", when=Moment(agreement.until)))
    you = words.placed(ctx, ctx.label("You"), mine)
    last = pings.get(company.me.ref)
    facts = [(you, (*words.terms(ctx, mine.terms, own=True), *_own(ctx, company, last)))]
    for part in company.others:
        name = words.placed(ctx, company.people[part.person].name, part)
        facts.append((name, _other(ctx, company, part, pings)))
    if mine.offered and not company.others:
        facts.append((ctx.label("Whoever says yes"), words.terms(ctx, mine.offered)))
    for part in wishing(company):
        who = company.people[part.person].name
        label = ctx.label("{name} wishes", name=who)
        if not part.agreed:
            label = ctx.label("{name} would like to join", name=who)
        facts.append((label, words.wish(ctx, part)))
    title = words.headed(ctx, company)
    return Card(text, title, tuple(facts), _buttons(ctx, company, last), replaces=True)


def wishing(company: Company) -> list[Part]:
    """The others who wait for my yes."""
    me, mine = company.me.ref, company.part.agreed
    return [
        part
        for part in company.agreement.others(me)
        if mine and part.wish and me not in part.yes and part.person not in company.apart
    ]


def _rules(ctx: Context) -> Text:
    return (*ctx.t(words.RESPONSIBLE), Plain(" "), *ctx.t(words.EACH))


def _seen(ctx: Context, company: Company, pings: Mapping[str, Ping]) -> list[Text]:
    lines: list[Text] = []
    for part in company.others if company.part.agreed else ():
        if part.person in company.apart:
            continue
        who = company.people[part.person]
        if seen := words.seen(ctx, part, who, pings.get(part.person)):
            lines.append((Name(who.name), Plain(", "), *seen))
    return lines


def _other(ctx: Context, company: Company, part: Part, pings: Mapping[str, Ping]) -> Text:
    said = words.terms(ctx, part.terms)
    if part.person not in company.apart:
        who = company.people[part.person]
        if seen := words.seen(ctx, part, who, pings.get(part.person)):
            said += (Plain("\n"), *seen)
    return said


def _own(ctx: Context, company: Company, last: Ping | None) -> Text:
    """What only oneself sees of one's own part."""
    mine, me, lines = company.part, company.me, list[Text]()
    if last and words.recent(ctx, me, last) and (said := words.answer(ctx, last, Shows.ALL)):
        lines.append((Day(last.day), Plain(": "), *said))
    if mine.rests and machine.rests(mine, ctx.now):
        if mine.rests == FOR_NOW:
            lines.append(ctx.t("You pause. Nobody is told."))
        else:
            lines.append(ctx.t("You pause until {when}. Nobody is told.", when=Moment(mine.rests)))
    if mine.muted:
        lines.append(ctx.t("You hear nothing of what the others answer. Nobody is told."))
    if mine.wish and mine.agreed:
        lines.append(ctx.t("You wish, and wait for the others:"))
        lines.append(words.terms(ctx, mine.wish, own=True))
    rule = hours(mine.terms, me.zone, ctx.now)
    if rule and not agreed(me):
        lines.append(ctx.t("First I need your yes to write to you without being asked."))
    elif rule and (at := rule.after(ctx.now)) and quiet_until(me, at):
        lines.append(ctx.t("That is in your quiet hours: it waits for their end."))
    return tuple(span for line in lines for span in (Plain("\n"), *line))


def _last(ctx: Context, company: Company, last: Ping | None) -> Iterator[Button]:
    """The way back to the question that came last, wherever its card may be by now."""
    if last and words.recent(ctx, company.me, last):
        label, action = ctx.label("Answer the last question"), "pings.again"
        if last.mood:
            label, action = ctx.label("Change my answer"), "pings.change"
        yield Button(label, Call(action, (last.ref, last.day.isoformat())))


def _buttons(ctx: Context, company: Company, last: Ping | None) -> tuple[Button, ...]:
    mine, agreement = company.part, company.agreement
    ref = agreement.ref

    def way(label: str, action: str, tone: Tone = Tone.PLAIN) -> Button:
        return Button(label, Call(action, (ref,)), tone)

    buttons: list[Button] = []
    for part in wishing(company):
        buttons += telling.wish_buttons(ctx, agreement, part)
    if mine.terms.days and not agreed(company.me):
        allow = allowing(MESSAGES, Call("pairs.agreement", (ref,)))
        buttons.append(Button(ctx.label("Allow it"), allow, Tone.GOOD))
    buttons += _last(ctx, company, last)
    if company.others:
        buttons.append(way(ctx.label("Call me"), "calls.call", Tone.CAREFUL))
    if mine.offered and machine.has_room(agreement):
        buttons.append(way(ctx.label("A code to hand over"), "proposals.code", Tone.GOOD))
    buttons.append(way(ctx.label("Change my terms"), "pairs.change_terms"))
    if company.others and not words.is_circle(agreement):
        buttons.append(way(ctx.label("Propose new terms"), "wishes.suggest"))
    if mine.wish:
        buttons.append(way(ctx.label("Take my wish back"), "wishes.take_back"))
    if machine.rests(mine, ctx.now):
        buttons.append(way(ctx.label("End my pause"), "rests.resume"))
    if mine.muted:
        buttons.append(way(ctx.label("Hear of them again"), "rests.unmute"))
    less = way(ctx.label("Pause or end it"), "rests.less")
    if not company.others:
        less = way(ctx.label("End it"), "pairs.end")
    return (*buttons, less, *_elsewhere(ctx, company), back(ctx))


def less(ctx: Context, company: Company) -> Card:
    """The ways to have less of it."""
    agreement, mine = company.agreement, company.part

    def way(label: str, action: str) -> Button:
        return Button(label, Call(action, (agreement.ref,)))

    buttons: list[Button] = []
    if not machine.rests(mine, ctx.now):
        buttons.append(way(ctx.label("Pause a week"), "rests.week"))
        buttons.append(way(ctx.label("Pause until I say"), "rests.stop"))
    if not mine.muted:
        buttons.append(way(ctx.label("Hear nothing of them"), "rests.mute"))
    end = ctx.label("Leave it") if len(company.others) > 1 else ctx.label("End it")
    buttons.append(way(end, "pairs.end"))
    for part in company.reached:
        label = ctx.label("Keep {name} away from me", name=company.people[part.person].name)
        keep = Call("blocks.keep", (agreement.ref, part_mark(agreement, part.person)))
        buttons.append(Button(label, keep, Tone.CAREFUL))
    buttons.append(way(ctx.label("Back"), "pairs.agreement"))
    said = ctx.t(
        "Nobody is told of a pause, that you hear nothing of them, or that you keep somebody away:"
        " it looks like quiet days. An end is told, without a reason."
    )
    return Card(said, words.headed(ctx, company), buttons=tuple(buttons), replaces=True)


def _elsewhere(ctx: Context, company: Company) -> list[Button]:
    """What else two have with each other: a notebook, and where they found each other."""
    agreement, ways = company.agreement, list[Button]()
    if company.others and not words.is_circle(agreement):
        name = company.people[company.others[0].person].name
        reads = Call("suggesting.shared", (agreement.ref,))
        ways.append(Button(ctx.label("What {name} lets me read", name=name), reads))
    if agreement.kind is Kind.SPONSOR and ctx.group and ctx.actor.member:
        ways.append(Button(ctx.label("Back to the overview"), Call("sponsorship.sponsor")))
    return ways
