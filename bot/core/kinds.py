"""What people type, read as a date, a time, a time zone, yes or no, a whole number, a text."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, time
from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from bot.core.errors import UserError
from bot.core.model import Place

LONGEST = 4000
"""Characters in a text: what fits on one page, and about what one chat message can carry."""
LONGEST_WORD = 64
"""Characters in everything else; more is pasted by mistake, and not worth matching."""
YEARS = range(1900, 2200)
"""A year outside is a slip of the finger, and would overflow when moved between zones."""

YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{1,2})")
YEAR_MARKED = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
DAY_FIRST = re.compile(r"(\d{1,2})\s*\.\s*(\d{1,2})\s*\.\s*(\d{4})\.?")
EITHER_FIRST = re.compile(r"(\d{1,2})\s*([/-])\s*(\d{1,2})\s*\2\s*(\d{4})")

CLOCK = re.compile(r"(\d{1,2})\s*[:.h時]\s*(\d{2})(?::00)?分?")
DIGITS = re.compile(r"(\d{1,2})(\d{2})")
FULL_HOUR = re.compile(r"(\d{1,2})\s*[h時]")
HALF = re.compile(r"(.+?)\s*([ap])\s*\.?\s*m\s*\.?")
HALF_HOUR = re.compile(r"(\d{1,2})(?:\s*[:.]\s*(\d{2}))?")

YES = {"yes", "y", "yeah", "yep", "true", "on", "1", "ok", "okay", "sí", "s", "sim", "ja", "j"}
YES |= {"oui", "o", "はい", "हाँ", "हां", "जी", "ndiyo", "ndio"}
NO = {"no", "n", "nope", "false", "off", "0", "não", "nein", "non", "いいえ", "नहीं", "नही"}
NO |= {"hapana"}

AREAS = {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe"}
AREAS |= {"Indian", "Pacific"}
REGIONS = {
    *("Australia/ACT", "Australia/LHI", "Australia/NSW", "Australia/North", "Australia/South"),
    *("Australia/Queensland", "Australia/Tasmania", "Australia/Victoria", "Australia/West"),
    "Pacific/Samoa",  # American Samoa; who says "Samoa" may well mean Apia, a day later
}
"""Old names whose second half is the name of places elsewhere too: offered, never assumed."""
NOT_PLACES = {"Factory", "localtime", "posixrules"}
WINTER = {"est": "America/New_York", "mst": "America/Denver"}
"""Names of zones that never have summer time, typed by people whose clocks do."""

WIDE = str.maketrans("：／．－‐‑‒–−＋", ":/.------+")  # noqa: RUF001 as keyboards and phones write them


def parse_text(text: str, longest: int = LONGEST) -> str:
    """Stripped and composed (NFC), at most `longest` characters; empty stays empty."""
    text = text.strip()
    if len(text) <= 4 * longest:  # composing shortens, by no more than this
        text = unicodedata.normalize("NFC", text)
    if len(text) > longest:
        raise UserError(
            "Please shorten this to {longest} characters; it has {length}.",
            longest=longest,
            length=len(text),
        )
    if any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text):
        raise UserError("Part of this is not text; please type it again instead of pasting it.")
    return text


def parse_date(text: str, today: date) -> date:
    """Year first, or day first with dots. `today` is the example that a refusal shows.

    With slashes the day comes first in one country and second in another, so a date that
    can be read both ways is refused: nobody would notice a milestone kept on the wrong day.
    """
    word, example = _word(text), today.isoformat()
    if found := YEAR_FIRST.fullmatch(word) or YEAR_MARKED.fullmatch(word):
        return _day(found[1], found[2], found[3], example)
    if found := DAY_FIRST.fullmatch(word):
        return _day(found[3], found[2], found[1], example)
    if found := EITHER_FIRST.fullmatch(word):
        return _either(found[4], found[1], found[3], example)
    raise UserError("Please write the date as year, month, day, like {example}.", example=example)


def _day(year: str, month: str, day: str, example: str) -> date:
    """The day of that date, refused where the calendar has none."""
    if int(year) not in YEARS:
        raise UserError(
            "Please write a year from {first} to {last}, as in {example}.",
            first=str(YEARS[0]),
            last=str(YEARS[-1]),
            example=example,
        )
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise UserError(
            "The calendar has no such day; please write it as year, month, day, like {example}.",
            example=example,
        ) from None


def _either(year: str, one: str, other: str, example: str) -> date:
    if int(one) > 12 or one == other:
        return _day(year, other, one, example)
    if int(other) > 12:
        return _day(year, one, other, example)
    raise UserError(
        "That could be two days; please write {first} or {second}.",
        first=_day(year, other, one, example).isoformat(),
        second=_day(year, one, other, example).isoformat(),
    )


def parse_time(text: str) -> time:
    """A time of the wall clock, in whole minutes, on the 24-hour clock or with am and pm."""
    word = _word(text).lower()
    if (halves := HALF.fullmatch(word)) and (found := HALF_HOUR.fullmatch(halves[1])):
        hour, minute = int(found[1]), int(found[2] or 0)
        if 1 <= hour <= 12 and minute < 60:
            return time(hour % 12 + (12 if halves[2] == "p" else 0), minute)
    elif found := CLOCK.fullmatch(word) or DIGITS.fullmatch(word) or FULL_HOUR.fullmatch(word):
        hour, minute = int(found[1]), int(found[2]) if found.re.groups > 1 else 0
        if hour < 24 and minute < 60:
            return time(hour, minute)
    raise UserError("Please write the time like 07:30, 19:30 or 7:30 pm.")


def parse_zone(text: str) -> ZoneInfo:
    """An IANA name in any case, or a city that has one.

    "+2" and "GMT+2" are refused: an offset is wrong half the year.
    """
    word = _word(text)
    if city := WINTER.get(word.casefold()):
        raise UserError(
            "{name} stays in winter time all year; please name a city near you, like {city}.",
            name=word.upper(),
            city=city,
        )
    if name := _names().get("_".join(word.split()).casefold()):
        return ZoneInfo(name)
    wanted, cities = _loose(word), _cities()
    found = cities.get(wanted, [])
    # "San Juan" is not sure to be America/Argentina/San_Juan: three parts are only offered
    sure = "/" in wanted or any(name.count("/") == 1 for name in found)
    if found and sure and not REGIONS.intersection(found) and _same(found):
        return ZoneInfo(max(found, key=len))
    close = (name for key in get_close_matches(wanted, cities, 3, 0.7) for name in cities[key])
    if names := ", ".join(list(dict.fromkeys([*found, *close]))[:3]):
        raise UserError("I do not know that time zone; did you mean {names}?", names=names)
    raise UserError(
        "I do not know that time zone; please name a large city near you, like Europe/Berlin."
    )


def parse_yes(text: str) -> bool:
    """Yes or no in any of the languages we speak."""
    word = _unaccented(_word(text))
    if word in map(_unaccented, YES):
        return True
    if word in map(_unaccented, NO):
        return False
    raise UserError("Please answer yes or no.")


def parse_whole(text: str, least: int, most: int) -> int:
    """A whole number from `least` to `most`, in the digits of any script."""
    word = _word(text)
    if re.fullmatch(r"[+-]?\d+", word) and least <= int(word) <= most:
        return int(word)
    raise UserError("Please write a whole number from {least} to {most}.", least=least, most=most)


def _word(text: str) -> str:
    """Stripped, without the marks that cannot be seen and travel with pasted text."""
    text = text.strip()
    if len(text) > LONGEST_WORD:
        return ""  # which is none of what is asked for
    seen = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return seen.translate(WIDE).strip()


def _unaccented(text: str) -> str:
    """Casefolded letters without their marks: "São" and "sao" are one."""
    parts = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in parts if unicodedata.category(c) != "Mn")


def _loose(text: str) -> str:
    """As people compare names: "St. John's" is st_johns, "new york" is New_York."""
    return "".join(c for c in _unaccented(text) if c.isalnum() or c == "/")


@cache
def _names() -> Mapping[str, str]:
    return {name.casefold(): name for name in available_timezones() - NOT_PLACES}


@cache
def _cities() -> Mapping[str, list[str]]:
    """Zones by city and by whole name, loosely; only those that are named after places."""
    found = defaultdict(list)
    for name in sorted(_names().values()):
        area, _, city = name.partition("/")
        if area in AREAS:
            found[_loose(name)].append(name)
            found[_loose(city.rpartition("/")[2])].append(name)
    return dict(found)


def _same(names: list[str]) -> bool:
    """Whether the names are one zone: its clocks show the same in every month."""
    months = [datetime(year, month, 1) for year in range(1990, 2038) for month in range(1, 13)]
    return len({tuple(ZoneInfo(name).utcoffset(at) for at in months) for name in names}) == 1


def parse_place(text: str) -> Place:
    """`platform:id`, as a door writes what was picked there."""
    platform, _, name = text.strip().partition(":")
    if not (platform.isascii() and platform.isalpha() and name.isascii() and name.isalnum()):
        raise UserError("I do not know that place.")
    return Place(platform, name)
