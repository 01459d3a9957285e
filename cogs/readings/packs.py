"""Packs of readings: a file's values to what can be read on which day, or every fault in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bot.config.error import near, quoted
from bot.config.source import Source

WHOLE, LINK = "whole", "link"
HEAD = {"name": 60, "language": 20, "licence": 120, "credit": 120, "show": 10}
"""What a pack says of itself, each with the characters it may have."""
INSIDE = {"date": 10, "title": 80, "text": 1400, "question": 200, "credit": 120, "link": 300}
"""What a reading has. Together it fits one message at the tightest door."""
READINGS = "reading"
"""The name of the list: each reading stands under `[[reading]]`."""

DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})|([0-9]{2})-([0-9]{2})|([1-9][0-9]?)")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
ADDRESS = re.compile(r"https?://[^\s/]\S*")
IDENT = re.compile(r"[a-z0-9][a-z0-9-]{0,19}")
LEAP = 2028
"""A year that has every day there is."""
_HIDDEN = re.compile(
    r"\"{3}(?:\\.|[^\\])*?\"{3,5}|'{3}.*?'{3,5}|\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'|\#[^\n]*",
    re.DOTALL,
)
_KEY = re.compile(r"^[ \t]*(?:\[\[[ \t]*(\w+)[ \t]*\]\]|([\w-]+)[ \t]*=)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Reading:
    """`key` is the day as the file writes it: "17", "01-17" or "2026-01-17". Of a pack that may
    only be linked to, no text and no question is here."""

    key: str
    title: str
    text: tuple[str, ...] = ()
    """Its paragraphs."""
    question: str = ""
    credit: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Pack:
    """One track of readings in one language; `ident` is the track's name in buttons and rows."""

    ident: str
    name: str
    language: str
    licence: str
    credit: str
    show: str
    readings: Mapping[str, Reading]
    """By their keys."""

    def on(self, day: date) -> Reading | None:
        """What is read that day: one that is for this very day before one of every year, and
        that before one of every month."""
        names = (day.isoformat(), f"{day:%m-%d}", str(day.day))
        return next((self.readings[name] for name in names if name in self.readings), None)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and in which line; 0 where none is to blame."""

    line: int
    sentence: str
    gap: bool = False
    """Days without a reading: to be told, and no reason not to use the others."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found in a file: the pack, where it can be used, and what is wrong."""

    pack: Pack | None
    faults: tuple[Fault, ...]


def ident_of(path: Path, language: str) -> str:
    """A track's name: that of the folder where its files are called by their language, like
    `first/en.toml`, else that of the file."""
    return path.parent.name if path.stem == language else path.stem


def look(source: Source) -> Looked:
    """Everything that is wrong with it, in the order of its lines."""
    places = _Places(source.text)
    listed = source.tree.get(READINGS, [])
    tables = isinstance(listed, list) and all(isinstance(entry, dict) for entry in listed)
    entries: list[dict[str, Any]] = listed if tables else []
    faults = [*_head(source, places)]
    if not entries:
        faults.append(Fault(0, f"There is no reading in it; each stands under [[{READINGS}]]."))
    show = source.tree.get("show", WHOLE)
    for number, entry in enumerate(entries):
        faults += _entry(entry, number, places, show)
    faults += _twice(entries, places)
    found = _pack(source, entries, show) if not faults else None
    if not faults and found:
        faults += _gaps(found.readings)
    return Looked(found, tuple(sorted(faults, key=lambda fault: fault.line)))


class _Places:
    """The line of each key: of the head, and of each reading by its number."""

    def __init__(self, text: str) -> None:
        bare = _HIDDEN.sub(lambda found: re.sub(r"[^\n]", "#", found[0]), text)
        self._lines: dict[tuple[int, str], int] = {}
        number = -1
        for found in _KEY.finditer(bare):
            line = bare.count("\n", 0, found.start(1) if found[1] else found.start(2)) + 1
            if found[1] == READINGS:
                number += 1
            self._lines.setdefault((number, "" if found[1] else found[2]), line)

    def of(self, number: int, name: str = "") -> int:
        """Of a key of reading `number` (-1: of the head), else of where that begins."""
        first = self._lines.get((number, ""), 0)
        return self._lines.get((number, name), first)


def _head(source: Source, places: _Places) -> Iterator[Fault]:
    tree, known = source.tree, [*HEAD, READINGS]
    for name in tree:
        if name not in known:
            yield Fault(places.of(-1, name), _unknown(name, known))
    for name, longest in HEAD.items():
        line = places.of(-1, name)
        if name not in tree:
            yield Fault(0, f"The pack does not say its {name}.")
        elif why := _text(name, tree[name], longest):
            yield Fault(line, why)
    language, show = tree.get("language"), tree.get("show")
    if isinstance(language, str) and language and not LANGUAGE.fullmatch(language):
        said = f"language is {quoted(language)}; write it like en, es or pt-BR."
        yield Fault(places.of(-1, "language"), said)
    if isinstance(show, str) and show and show not in (WHOLE, LINK):
        said = f'show is {quoted(show)}; it is "whole", or "link" where only that is allowed.'
        yield Fault(places.of(-1, "show"), said)
    ident = ident_of(Path(source.name), str(language))
    if not IDENT.fullmatch(ident):
        said = f"The pack would be called {quoted(ident)}; use up to 20 of a-z, 0-9 and -."
        yield Fault(0, f"{said} The name is the folder's of en.toml, or else the file's.")


def _entry(entry: Mapping[str, Any], number: int, places: _Places, show: object) -> Iterator[Fault]:
    for name in entry:
        if name not in INSIDE:
            yield Fault(places.of(number, name), _unknown(name, [*INSIDE]))
    needed = ("date", "title", "link") if show == LINK else ("date", "title", "text", "question")
    for name, longest in INSIDE.items():
        if name in entry and (why := _text(name, entry[name], longest)):
            yield Fault(places.of(number, name), why)
        elif name in needed and name not in entry:
            yield Fault(places.of(number), _missing(name, show))
    given, link = entry.get("date"), entry.get("link")
    if isinstance(given, str) and given.strip() and not _is_day(given):
        said = f'date is {quoted(given)}; it is like "17", "01-17" or "2026-01-17".'
        yield Fault(places.of(number, "date"), said)
    if isinstance(link, str) and link and not ADDRESS.fullmatch(link):
        said = f"link is {quoted(link)}; it begins with https:// or http://."
        yield Fault(places.of(number, "link"), said)


def _missing(name: str, show: object) -> str:
    if name == "question":
        return "This reading has no question; each ends with one to sit with."
    if name == "link":
        return f"This reading has no link, and the pack shows nothing else (show = {quoted(LINK)})."
    return f"This reading has no {name}."


def _text(name: str, value: object, longest: int) -> str:
    """What is wrong with it as words; "" for nothing."""
    if not isinstance(value, str):
        return f'{name} is written between quotation marks, like {name} = "…".'
    if not value.strip():
        return f"{name} is empty."
    if len(value.strip()) > longest:
        return f"{name} has {len(value.strip())} characters; {longest} fit."
    if name != "text" and "\n" in value.strip():
        return f"{name} is one line."
    if any(not (c.isprintable() or c == "\n") for c in value):
        return f"{name} has a character in it that cannot be seen; write it anew."
    return ""


def _unknown(name: str, known: Sequence[str]) -> str:
    meant = near(name, [*known])
    hint = f'did you mean "{meant}"?' if meant else f"there are {', '.join(known)}."
    return f"{quoted(name)} is no key here; {hint}"


def _is_day(text: str) -> bool:
    if not (found := DAY.fullmatch(text)):
        return False
    year, month, day, yearly, of_year, monthly = found.groups()
    if monthly:
        return int(monthly) <= 31
    try:
        date(int(year or LEAP), int(month or yearly), int(day or of_year))
    except ValueError:
        return False
    return True


def _twice(entries: Sequence[Mapping[str, Any]], places: _Places) -> Iterator[Fault]:
    first: dict[tuple[str, str], int] = {}
    for number, entry in enumerate(entries):
        for name in ("date", "title"):
            value = entry.get(name)
            if not isinstance(value, str) or not value.strip():
                continue
            line, seen = places.of(number, name), (name, value.strip().casefold())
            if before := first.get(seen):
                said = f"The {name} {quoted(value.strip())} is there twice: in line {before} and"
                yield Fault(line, f"{said} in line {line}.")
            else:
                first[seen] = line


def _pack(source: Source, entries: Iterable[Mapping[str, Any]], show: object) -> Pack:
    head = {name: str(source.tree[name]).strip() for name in HEAD}
    readings = (_reading(entry, show) for entry in entries)
    ident = ident_of(Path(source.name), head["language"])
    return Pack(ident, **head, readings={reading.key: reading for reading in readings})


def _reading(entry: Mapping[str, Any], show: object) -> Reading:
    """A licence that allows the link alone is obeyed here: what is not read cannot be shown."""
    given = {name: str(value).strip() for name, value in entry.items()}
    shown = given if show == WHOLE else given | {"text": "", "question": ""}
    parts = re.split(r"\n\s*\n", shown.get("text", ""))
    text = tuple(" ".join(part.split()) for part in parts if part.strip())
    return Reading(
        given["date"],
        given["title"],
        text,
        shown.get("question", ""),
        given.get("credit", ""),
        given.get("link", ""),
    )


def _gaps(readings: Iterable[str]) -> Iterator[Fault]:
    """Days without one: of every year, or, where each is for one day alone, between the first
    and the last of them."""
    keys = frozenset(readings)
    alone = sorted(date.fromisoformat(key) for key in keys if len(key) == 10)
    if len(alone) == len(keys):
        days = [alone[0] + timedelta(n) for n in range((alone[-1] - alone[0]).days)]
        missing = [day for day in days if day not in set(alone)]
        shape = "%Y-%m-%d"
    else:
        days = [date(LEAP, 1, 1) + timedelta(n) for n in range(366)]
        missing = [d for d in days if f"{d:%m-%d}" not in keys and str(d.day) not in keys]
        shape = "%m-%d"
        months = {day.day for day in missing}
        if all(len(key) <= 2 for key in keys):
            yield from _told([str(n) for n in sorted(months)])
            return
    yield from _told([_span(run, shape) for run in _runs(missing)])


def _told(names: Sequence[str]) -> Iterator[Fault]:
    if names:
        yield Fault(0, f"There is no reading for {', '.join(names)}.", gap=True)


def _runs(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    """Days that follow each other, as the first and the last of them."""
    first = last = None
    for day in days:
        if first is None or last is None or day - last > timedelta(1):
            if first and last:
                yield first, last
            first = day
        last = day
    if first and last:
        yield first, last


def _span(run: tuple[date, date], shape: str) -> str:
    first, last = run
    return f"{first:{shape}}" if first == last else f"{first:{shape}} to {last:{shape}}"
