"""RFC 5545 recurrence rules, read."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from itertools import product

from bot.core.pattern import SEARCH, Pattern

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MOST = {"INTERVAL": 9999, "COUNT": 10_000}
MOST_A_DAY = 24
LONGEST = 500
"""Characters of a rule."""
LISTS = {
    "BYMONTH": ("months", range(1, 13)),
    "BYWEEKNO": ("weeks", range(-53, 54)),
    "BYYEARDAY": ("yeardays", range(-366, 367)),
    "BYMONTHDAY": ("monthdays", range(-31, 32)),
    "BYSETPOS": ("positions", range(-366, 367)),
    "BYHOUR": ("hours", range(24)),
    "BYMINUTE": ("minutes", range(60)),
    "BYSECOND": ("seconds", range(60)),
}
"""The field of each list of numbers, and what it may hold; 0 only where nothing is below it."""
ELSEWHERE = {
    "BYWEEKNO": {"YEARLY"},
    "BYYEARDAY": {"YEARLY"},
    "BYMONTHDAY": {"DAILY", "MONTHLY", "YEARLY"},
}
"""The frequencies that RFC 5545 allows these with."""


@lru_cache(1024)
def parse(text: str) -> Pattern:
    """The rule, or ValueError with what is wrong with it, which is for developers to read."""
    if len(text) > LONGEST:
        raise ValueError(f"a rule has at most {LONGEST} characters")
    parts: dict[str, str] = {}
    for part in text.upper().removeprefix("RRULE:").split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value or name in parts:
            raise ValueError("a rule is NAME=VALUE;NAME=VALUE, each name once")
        parts[name] = value
    pattern = _read(parts)
    if parts:
        raise ValueError("a rule has a part that RFC 5545 does not know")
    return pattern


def _read(parts: dict[str, str]) -> Pattern:
    """Takes what it knows out of `parts`."""
    freq = parts.pop("FREQ", "")
    if freq not in SEARCH:
        raise ValueError("FREQ is DAILY, WEEKLY, MONTHLY or YEARLY")
    if any(name in parts and freq not in freqs for name, freqs in ELSEWHERE.items()):
        raise ValueError("BYWEEKNO, BYYEARDAY or BYMONTHDAY does not go with this FREQ")
    if "COUNT" in parts and "UNTIL" in parts:
        raise ValueError("COUNT and UNTIL exclude each other")
    if "BYSETPOS" in parts and not any(name[:2] == "BY" for name in parts.keys() - {"BYSETPOS"}):
        raise ValueError("BYSETPOS chooses among what another BY part names")
    weekdays, nth = _weekdays(parts.pop("BYDAY", ""))
    if nth and (freq not in ("MONTHLY", "YEARLY") or "BYWEEKNO" in parts):
        raise ValueError("a numbered BYDAY goes with MONTHLY or YEARLY, without BYWEEKNO")
    wkst = parts.pop("WKST", "MO")
    if wkst not in DAYS:
        raise ValueError("WKST is one of MO, TU, WE, TH, FR, SA, SU")
    lists = {f: _numbers(name, parts.pop(name, ""), r) for name, (f, r) in LISTS.items()}
    times = product(*(lists[field] or {0} for field in ("hours", "minutes", "seconds")))
    if len(list(times)) > MOST_A_DAY:
        raise ValueError(f"a rule has at most {MOST_A_DAY} times a day")
    return Pattern(
        freq=freq,
        every=_number("INTERVAL", parts) or 1,
        wkst=DAYS.index(wkst),
        count=_number("COUNT", parts),
        until=_until(parts.pop("UNTIL", "")),
        weekdays=weekdays,
        nth=nth,
        plain=not any(lists.values()) and (freq == "WEEKLY" or (freq == "DAILY" and not weekdays)),
        **lists,
    )


def _number(name: str, parts: dict[str, str]) -> int | None:
    text = parts.pop(name, "")
    if text and (not re.fullmatch("[0-9]{1,6}", text) or not 1 <= int(text) <= MOST[name]):
        raise ValueError(f"{name} is a whole number from 1 to {MOST[name]}")
    return int(text) if text else None


def _numbers(name: str, text: str, allowed: range) -> frozenset[int]:
    words = text.split(",") if text else []
    if not all(re.fullmatch("[+-]?[0-9]{1,3}", word) for word in words):
        raise ValueError(f"{name} is a list of whole numbers")
    numbers = frozenset(map(int, words))
    if not numbers.issubset(allowed) or (0 in numbers and allowed.start != 0):
        raise ValueError(f"{name} is out of range")
    return numbers


def _weekdays(text: str) -> tuple[frozenset[int], frozenset[tuple[int, int]]]:
    weekdays, nth = set(), set()
    for word in text.split(",") if text else []:
        found = re.fullmatch("([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)", word)
        if not found or (found[1] and not 1 <= abs(int(found[1])) <= 53):
            raise ValueError("BYDAY is a list like MO or 2TU or -1FR")
        if found[1]:
            nth.add((int(found[1]), DAYS.index(found[2])))
        else:
            weekdays.add(DAYS.index(found[2]))
    return frozenset(weekdays), frozenset(nth)


def _until(text: str) -> datetime | None:
    """A date is meant with all of its day."""
    if text.endswith("Z"):
        raise ValueError("UNTIL is a time of the rule's own clock, without a zone")
    if not re.fullmatch("([0-9]{8}(T[0-9]{6})?)?", text):
        raise ValueError("UNTIL is like 20261231 or 20261231T190000")
    return datetime.fromisoformat(text if "T" in text else f"{text}T235959") if text else None
