"""Days and hours as a language writes them (CLDR)."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.core.calendar import cldr
from bot.core.text import Day, Text, letters


def day(on: date, locale: str) -> str:
    """`3 March 2026`, in the manner of the locale."""
    from babel.dates import format_date  # on first use: it is 100 ms that most starts can spare

    return format_date(on, format="long", locale=cldr(locale))


def moment(at: datetime, locale: str, zone: str) -> str:
    """`Tue 3 Mar, 19:00` on the clock of an IANA zone, in the manner of the locale."""
    from babel.dates import format_skeleton, format_time

    local, locale = at.astimezone(ZoneInfo(zone)), cldr(locale)
    return f"{format_skeleton('MMMEd', local, locale=locale)}, " + format_time(
        local, format="short", locale=locale
    )


def written(text: Text, locale: str) -> str:
    """The letters alone, with days as the language writes them."""
    return "".join(day(s.on, locale) if isinstance(s, Day) else letters(s) for s in text)


def hour(at: datetime, locale: str, zone: str) -> str:
    """`19:00` on the clock of an IANA zone, in the manner of the locale."""
    from babel.dates import format_time

    return format_time(at.astimezone(ZoneInfo(zone)), format="short", locale=cldr(locale))
