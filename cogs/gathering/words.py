"""What is said around the group's check-in."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.calendar import cldr, in_zone
from bot.core.cards import Button, Call, Card
from bot.core.model import Context, Person
from bot.core.text import Day, Moment, Name, Strong, Text
from storage.gatherings import Gathering, State
from storage.groups import Settings

ALONE = Call("checkins.checkin")


def page(ctx: Context, settings: Settings, one: Gathering | None) -> Text:
    if not settings.gather:
        return ctx.t("We have no check-in together yet. Our trusted servants choose its hour.")
    if one and one.state is State.OPEN:
        return ctx.t("It is open at this moment. Come in.")
    if one:
        return ctx.t(
            "It opens next at {when}. Whoever is willing opens it in turn.", when=Moment(one.at)
        )
    hour = f"{settings.gather} ({settings.zone})"
    return ctx.t(
        "It opens every day at {hour}. Whoever is willing opens it in turn.", hour=Strong(hour)
    )


def asked(ctx: Context, settings: Settings, at: datetime, buttons: tuple[Button, ...]) -> Card:
    said = ctx.t(
        "A note from {group}. At {when} our check-in opens, and it is longest since you did it."
        " One press, then you can stay or go. Would you?",
        group=Strong(settings.name),
        when=Moment(at),
    )
    return Card(said, buttons=buttons, private=True, locale=ctx.locale)


def called(ctx: Context, way: Button) -> Card:
    said = ctx.t("A note from your group. It is time. Thank you for opening it.")
    return Card(said, buttons=(way,), private=True, locale=ctx.locale)


def opened(ctx: Context, by: Person | None) -> Card:
    """The neutral question, whoever asks it."""
    said = ctx.t("How is today? Say as much or as little as you like. Listening is enough.")
    if by:
        said = ctx.t(
            "{name} has opened it. How is today? Say as much or as little as you like. Listening"
            " is enough.",
            name=Name(by.name),
        )
    alone = Button(ctx.label("Only for myself"), ALONE)
    return Card(said, buttons=(alone,), locale=ctx.locale)


def over(ctx: Context, settings: Settings, at: datetime) -> Card:
    """What is left of it where it is kept."""
    day = in_zone(at, settings.zone)
    return Card(ctx.t("Our check-in of {day} is over.", day=Day(day)), locale=ctx.locale)


def title(ctx: Context, settings: Settings, at: datetime) -> str:
    """Others than members may read it, so it says no more than a day."""
    from babel.dates import format_skeleton  # on first use, like all that knows languages

    day = at.astimezone(ZoneInfo(settings.zone)).date()
    return ctx.label("Today, {day}", day=format_skeleton("MMMMd", day, locale=cldr(ctx.locale)))
