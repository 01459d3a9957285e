"""Gathers every sentence from the code, brings the catalogues up to date, and compiles them.

    python -m tools.catalogue          write locales/*/LC_MESSAGES/homegroup.po and .mo
    python -m tools.catalogue missing  print what no translator has seen yet

English is the key of each sentence, so it has no catalogue of its own. What is said on the
terminal to whoever hosts an instance is English alone.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TypeAlias

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from bot.core.text import LANGUAGES, LOCALES
from tools.sentences import Sentence, in_fellowship, in_guide, in_module

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "cogs", "storage")
MARKS = {"_": None, "n_": (1, 2)}
"""What a template says its sentences with; `n_` counts."""
HEAD = """Project-Id-Version: homegroup
Language: {language}
Plural-Forms: {plurals}
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit
"""
COMMENT = "# Homegroup in {language}. Words to keep to:"


class Book(Catalog):
    """A catalogue whose head names no day and no tool, so that it changes only when words do."""

    def __iter__(self) -> Iterator[Message]:
        head, *messages = super().__iter__()
        head.string = HEAD.format(language=self.locale_identifier, plurals=self.plural_forms)
        return iter([head, *messages])


@cache
def sentences() -> Catalog:
    """Every sentence that the code can say, with where it says it; the code is read once."""
    found = Catalog(project="homegroup", charset="utf-8")
    for path, line, message in (*_in_code(), *_in_templates(), *_in_data()):
        found.add(message, locations=[(path, line)])
    return found


def catalogue(language: str) -> Catalog:
    """What is translated, as it is on the disk; empty where there is nothing yet."""
    path, locale = _path(language, "po"), language.replace("-", "_")
    comment = COMMENT.format(language=LANGUAGES.get(language, language))
    book = Book(locale=locale, header_comment=comment, charset="utf-8", fuzzy=False)
    if path.exists():
        with path.open("rb") as file:
            kept = read_po(file, locale=locale)
        book.header_comment = kept.header_comment
        for message in kept:
            if message.id:
                book[message.id] = message
    return book


def compiled(language: str) -> bytes:
    made = io.BytesIO()
    write_mo(made, catalogue(language))
    return made.getvalue()


def bring_up_to_date(language: str) -> None:
    """New sentences come in untranslated, those that nobody says any more go."""
    kept = catalogue(language)
    kept.update(sentences(), no_fuzzy_matching=True)
    kept.obsolete.clear()
    path = _path(language, "po")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, kept, width=100, sort_output=True, include_lineno=False)
    mo_file(language).write_bytes(compiled(language))


def missing(language: str) -> list[str]:
    known = catalogue(language)
    ids = (message.id for message in sentences() if message.id)
    return [
        str(id)
        for id in ids
        if not (there := known.get(id if isinstance(id, str) else id[0])) or not _full(there.string)
    ]


def _full(string: str | Iterable[str] | None) -> bool:
    return bool(string) if string is None or isinstance(string, str) else all(string)


def mo_file(language: str) -> Path:
    return _path(language, "mo")


def _path(language: str, ending: str) -> Path:
    return LOCALES / language.replace("-", "_") / "LC_MESSAGES" / f"homegroup.{ending}"


Found: TypeAlias = tuple[str, int, Sentence]


def _in_code() -> Iterator[Found]:
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            for line, message in in_module(file):
                yield str(file.relative_to(ROOT)), line, message


def _in_templates() -> Iterator[Found]:
    for file in sorted((ROOT / "bot").rglob("templates/**/*.html")):
        with file.open("rb") as source:
            found = extract("jinja2.ext:babel_extract", source, MARKS, options={})
            for line, message, _, _ in found:
                said = message if isinstance(message, str) else (message[0], message[1])
                yield str(file.relative_to(ROOT)), line, said


def _in_data() -> Iterator[Found]:
    """Data that people read in words. The lines of `crisis.toml` carry names, which stay, and
    are told by words of `cogs/now.py`; `names.toml` has its own words for each language."""
    for folder, read in (("fellowships", in_fellowship), ("steps", in_guide)):
        for file in sorted((ROOT / "cogs" / "data" / folder).glob("*.toml")):
            for line, message in read(file):
                yield str(file.relative_to(ROOT)), line, message


if __name__ == "__main__":
    others = [language for language in LANGUAGES if language != "en"]
    for language in others:
        if sys.argv[1:] == ["missing"]:
            print(*missing(language), sep="\n")
        else:
            bring_up_to_date(language)
