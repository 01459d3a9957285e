"""What newcomers are told, and how somebody's own page is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.ages import SETTLES
from bot.core.cards import Button, Call, Choice
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


@dataclass(frozen=True, slots=True)
class Row:
    """A line of /me, and the buttons that change what it says."""

    name: str
    label: str
    value: Text
    ways: tuple[Button, ...] = ()


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


def young(ctx: Context) -> Text:
    """To somebody who said until now that they are an adult."""
    return ctx.t(
        "Nobody over 18 is brought together with you from now on. With others under 18 it begins"
        " in {days} days; so nobody can only look who they are.",
        days=SETTLES.days,
    )


def accounts(ctx: Context, owned: Sequence[Account]) -> list[str]:
    """By their doors; of several at one door, which of them is this one."""
    here, named = account_of(ctx.actor), [account.platform.capitalize() for account in owned]
    return [
        ctx.label("{door} (this one)", door=name)
        if account == here and named.count(name) > 1
        else name
        for account, name in zip(owned, named, strict=True)
    ]


def rows(ctx: Context, whole: Whole) -> tuple[Row, ...]:
    """Line by line what is known, each with what can be done about it."""
    person, profile = whole.profile.person, whole.profile
    tongue = LANGUAGES.get(person.language, person.language)
    adult = ctx.t("Yes") if person.adult else ctx.t("No")
    name, zone, language, quiet, age = (
        (_way(label, action),)
        for label, action in (
            (ctx.label("Change my name"), "people.set_name"),
            (ctx.label("Change my time zone"), "people.set_zone"),
            (ctx.label("Change my language"), "people.set_language"),
            (ctx.label("Change my quiet hours"), "people.set_quiet"),
            (ctx.label("Change what I said about my age"), "people.set_adult"),
        )
    )
    return (
        Row("name", ctx.label("Name"), (Name(person.name),), name),
        Row("zone", ctx.label("Time zone"), (Plain(person.zone),), zone),
        Row("language", ctx.label("Language"), (Plain(tongue),), language),
        Row("quiet", ctx.label("Quiet hours"), quiet_hours(ctx, person.quiet), quiet),
        Row("adult", ctx.label("18 or over"), adult, age),
        *(_allowed(ctx, profile, purpose) for purpose in PURPOSES),
        Row("accounts", ctx.label("Your accounts"), (Plain(", ".join(whole.platforms)),)),
        *(_belongs(ctx, person, one) for one in whole.groups),
        *(_serves(ctx, person, role, n < MOST) for n, role in enumerate(whole.roles)),
    )


def others(ctx: Context) -> tuple[Button, ...]:
    """What is about all of it."""
    return (
        _way(ctx.label("Take everything along"), "keeping.mydata"),
        _way(ctx.label("Forget me"), "keeping.forgetme"),
    )


def _way(label: str, action: str, *args: str) -> Button:
    return Button(label, Call(action, args))


def _allowed(ctx: Context, profile: Profile, purpose: Choice) -> Row:
    which, what = str(purpose.value), ctx.label(purpose.label)
    way = _way(ctx.label("Allow: {what}", what=what), "people.allow", which)
    if which in profile.consents:
        way = _way(ctx.label("Take back: {what}", what=what), "people.withdraw", which)
    return Row(which, what, _consent(ctx, profile, which), (way,))


def _belongs(ctx: Context, person: Person, one: Membership) -> Row:
    since = ctx.t("since {day}", day=_day(person, one.since))
    return Row("group", ctx.label("Group"), (Plain(f"{one.group.name}, "), *since))


def _serves(ctx: Context, person: Person, role: Role, ends: bool) -> Row:
    """`ends` when it can be put down from there."""
    what = ctx.label(LABELS.get(role.role, role.role))
    until = ctx.t("until {day}", day=_day(person, role.until))
    way = _way(ctx.label("Step down: {what}", what=what), "roles.step_down", role.ref)
    said = (Plain(f"{what}, "), *until)
    return Row("service", ctx.label("Service"), said, (way,) if ends else ())


def quiet_hours(ctx: Context, quiet: tuple[int, int]) -> Text:
    start, end = quiet
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
