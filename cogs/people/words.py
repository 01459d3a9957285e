"""What newcomers are told, and how somebody's own page is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.cards import Button, Call
from bot.core.model import Account, Context, Group, Person
from bot.core.text import LANGUAGES, Day, Name, Plain, Strong, Text
from cogs.people.fields import PURPOSES
from storage.groups import Membership
from storage.people import account_of
from storage.profiles import Profile
from storage.roles import LABELS, Role

Facts = tuple[tuple[str, Text], ...]
MOST = 10
"""Services that can be put down from there; /roles has them all."""


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything that /me shows."""

    profile: Profile
    platforms: Sequence[str]
    groups: Sequence[Membership]
    roles: Sequence[Role]


def greeting(ctx: Context, contact: str, agreement: str, name: str) -> tuple[Text, Facts]:
    """Who runs this, what is kept, who could read it, and what the group asks: before anything
    is kept. `contact` and `agreement` may be empty."""
    said = ctx.t("Hello. I am a bot: I hold the door here, and people do the talking.")
    said += (Plain("\n"),)
    said += ctx.t("You can listen, and get help now, without joining.")
    runs = (Plain(contact),) if contact else ctx.t("Whoever set up this server. No address given.")
    keeps = ctx.t(
        "The name you choose, your zone and language, what you allow me, and what you write for"
        " yourself. All of it under a key of your own; /forgetme destroys the key."
    )
    reads = ctx.t(
        "Whoever holds this server holds the keys, and could read it if they set out to. No"
        " command shows it to them. An app you write in can read what passes through it."
    )
    return said, (
        (ctx.label("Who runs this"), runs),
        (ctx.label("What I keep"), keeps),
        (ctx.label("Who could read it"), reads),
        (ctx.label("What we ask of each other"), agreed(ctx, agreement)),
        (ctx.label("Your name"), ctx.t("Any you like. I suggest {name}.", name=Strong(name))),
    )


def agreed(ctx: Context, agreement: str) -> Text:
    if agreement:
        return (Plain(agreement),)
    return ctx.t(
        "What is said here stays here. Each of us speaks for ourselves. Nobody has to speak."
        " Nobody is here to sell, to date or to convert."
    )


def welcome(ctx: Context, person: Person, group: Group | None, contact: str) -> Text:
    """`contact` is whom to turn to when something is not right; it is said to the young."""
    said = ctx.t("Welcome, {name}. Stay as long as you like.", name=Name(person.name))
    if group:
        said += (Plain(" "), *ctx.t("You are in {group} now.", group=Strong(group.name)))
    said += (Plain("\n"), *ctx.t("/help shows what there is, /me what I know of you."))
    if person.adult:
        return said
    said += (Plain("\n\n"),)
    said += ctx.t(
        "You are under 18. The meetings that the group has marked for it are yours. Nobody over"
        " 18 will be paired with you, and you are not asked to answer calls for help."
    )
    whom = (Plain(contact),) if contact else ctx.t("a trusted servant; /roles shows who they are")
    said += (Plain(" "), *ctx.t("If something is not right, turn to: {whom}.", whom=whom))
    return said


def accounts(ctx: Context, owned: Sequence[Account]) -> list[str]:
    """By their doors; of several at one door, which of them is this one."""
    here, named = account_of(ctx.actor), [account.platform.capitalize() for account in owned]
    return [
        ctx.label("{door} (this one)", door=name)
        if account == here and named.count(name) > 1
        else name
        for account, name in zip(owned, named, strict=True)
    ]


def facts(ctx: Context, whole: Whole) -> Facts:
    person = whole.profile.person
    rows: list[tuple[str, Text]] = [
        (ctx.label("Name"), (Name(person.name),)),
        (ctx.label("Time zone"), (Plain(person.zone),)),
        (ctx.label("Language"), (Plain(LANGUAGES.get(person.language, person.language)),)),
        (ctx.label("Quiet hours"), _quiet(ctx, person)),
        (ctx.label("18 or over"), ctx.t("Yes") if person.adult else ctx.t("No")),
    ]
    rows += [(ctx.label(p.label), _consent(ctx, whole.profile, str(p.value))) for p in PURPOSES]
    rows.append((ctx.label("Your accounts"), (Plain(", ".join(whole.platforms)),)))
    for one in whole.groups:
        since = ctx.t("since {day}", day=_day(person, one.since))
        rows.append((ctx.label("Group"), (Plain(f"{one.group.name}, "), *since)))
    for role in whole.roles:
        until = ctx.t("until {day}", day=_day(person, role.until))
        rows.append(
            (
                ctx.label("Service"),
                (Plain(f"{ctx.label(LABELS.get(role.role, role.role))}, "), *until),
            )
        )
    return tuple(rows)


def ways(ctx: Context, whole: Whole) -> tuple[Button, ...]:
    """What can be done about each of them."""

    def way(label: str, action: str, *args: str) -> Button:
        return Button(label, Call(action, args))

    buttons = [
        way(ctx.label("Change my name"), "people.set_name"),
        way(ctx.label("Change my time zone"), "people.set_zone"),
        way(ctx.label("Change my language"), "people.set_language"),
        way(ctx.label("Change my quiet hours"), "people.set_quiet"),
    ]
    for purpose in PURPOSES:
        which, what = str(purpose.value), ctx.label(purpose.label)
        if which in whole.profile.consents:
            buttons.append(way(ctx.label("Take back: {what}", what=what), "people.withdraw", which))
        else:
            buttons.append(way(ctx.label("Allow: {what}", what=what), "people.allow", which))
    buttons.append(way(ctx.label("Change what I said about my age"), "people.set_adult"))
    for role in whole.roles[:MOST]:
        what = ctx.label(LABELS.get(role.role, role.role))
        buttons.append(way(ctx.label("Step down: {what}", what=what), "roles.step_down", role.ref))
    buttons.append(way(ctx.label("Take everything along"), "keeping.mydata"))
    buttons.append(way(ctx.label("Forget me"), "keeping.forgetme"))
    return tuple(buttons)


def data(ctx: Context, whole: Whole) -> dict[str, object]:
    """The same for the page."""
    profile, person = whole.profile, whole.profile.person
    return {
        "name": person.name,
        "zone": person.zone,
        "language": person.language,
        "quiet": [_clock(minutes) for minutes in person.quiet],
        "adult": person.adult,
        "consents": [
            {
                "purpose": str(purpose.value),
                "label": ctx.label(purpose.label),
                "given": profile.consents.get(str(purpose.value)),
            }
            for purpose in PURPOSES
        ],
        "withdrawn": [
            {"purpose": gone.purpose, "given": gone.given, "ended": gone.ended}
            for gone in profile.withdrawn
        ],
        "accounts": list(whole.platforms),
        "groups": [{"name": one.group.name, "since": one.since} for one in whole.groups],
        "roles": [
            {"role": ctx.label(LABELS.get(role.role, role.role)), "until": role.until}
            for role in whole.roles
        ],
    }


def _quiet(ctx: Context, person: Person) -> Text:
    start, end = person.quiet
    if start == end:
        return ctx.t("none")
    return ctx.t("{start} to {end}", start=_clock(start), end=_clock(end))


def _consent(ctx: Context, profile: Profile, purpose: str) -> Text:
    person = profile.person
    if given := profile.consents.get(purpose):
        return ctx.t("yes, since {day}", day=_day(person, given))
    ended = [gone.ended for gone in profile.withdrawn if gone.purpose == purpose]
    if ended:
        return ctx.t("no, taken back on {day}", day=_day(person, ended[-1]))
    return ctx.t("no")


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _day(person: Person, at: datetime) -> Day:
    """Their own day."""
    return Day(at.astimezone(ZoneInfo(person.zone)).date())
