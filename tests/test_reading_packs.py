"""Packs of readings: what is wrong in one is said with its line, and each day finds its own."""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import ConfigError, load
from bot.config.source import Source
from cogs.readings.library import FOLDER, Library, checked
from cogs.readings.packs import HEAD as HEAD_KEYS
from cogs.readings.packs import INSIDE, Pack, Reading, look
from tests.life import Types
from tests.life import types as types
from tests.reading_room import ENTRY, HEAD, pack

WORDS = st.sampled_from(["reading", *HEAD_KEYS, *INSIDE]) | st.text(max_size=5)
OURS = Library()
FILES = sorted(FOLDER.glob("*/*.toml"))
BANNED = (
    *("remember", "journey", "embrace", "powerful", "recuerda", "viaje", "abraza", "poderos"),
    *("addict", "alcoholic", "relapse", "clean date", "adicto", "alcohólico", "recaída"),
    *("we all", "you have", "you are", "you must", "you should", "todos nosotros", "debes"),
)


def faults(folder: Path, text: str) -> list[str]:
    """What is said of a file, without its name."""
    file = folder / "mine.toml"
    file.write_text(text, "utf-8")
    return [said.removeprefix(str(file)).lstrip(",: ") for said in checked(file)[1]]


def filled(**values: str) -> str:
    head = HEAD.format(name="Mine", language="en", show="whole")
    entries = (ENTRY.format(date=n, title=f"No {n}", text="Words.") for n in range(2, 32))
    entry = {"date": "1", "title": "One", "text": "Words.", "question": "What?"} | values
    one = "".join(f'{name} = "{value}"\n' for name, value in entry.items() if value is not None)
    return f"{head}\n[[reading]]\n{one}{''.join(entries)}"


def test_a_file_with_nothing_wrong_is_summed_up(tmp_path: Path, types: Types) -> None:
    file = pack(tmp_path)
    code, said, aside = types(tmp_path / "data", "readings", "check", str(file))
    assert (code, aside) == (0, "")
    assert said == f"{file}: Quiet (en), 31 readings, all well.\n"
    assert not (tmp_path / "data").exists(), "it works without a database"


def test_every_fault_is_one_sentence_with_its_line(tmp_path: Path, types: Types) -> None:
    good, bad = pack(tmp_path), tmp_path / "bad.toml"
    bad.write_text(filled(titel="Two", date="02-30", question="") + '[[reading]]\ndate = "7"\n')
    code, said, aside = types(tmp_path / "data", "readings", "check", str(good), str(bad))
    assert code == 2
    assert said.count("\n") == 1
    lines = aside.splitlines()
    assert f'{bad}, line 8: date is "02-30"; it is like "17", "01-17" or "2026-01-17".' in lines
    assert f"{bad}, line 11: question is empty." in lines
    assert f'{bad}, line 12: "titel" is no key here; did you mean "title"?' in lines
    last = bad.read_text().count("\n")
    assert any(f"line {last}: The date" in line and "is there twice" in line for line in lines)
    assert f"{bad}, line {last - 1}: This reading has no title." in lines
    assert f"{bad}, line {last - 1}: This reading has no text." in lines


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"text": "x" * 1401}, "line 10: text has 1401 characters; 1400 fit."),
        ({"title": "x" * 81}, "line 9: title has 81 characters; 80 fit."),
        ({"date": "32"}, 'line 8: date is "32"; it is like "17", "01-17" or "2026-01-17".'),
        ({"date": "13-01"}, 'line 8: date is "13-01"; it is like'),
        ({"date": "2026-02-29"}, 'line 8: date is "2026-02-29"; it is like'),
        ({"title": "no 5"}, 'The title "No 5" is there twice: in line 9 and in line'),
        ({"link": "javascript:x"}, 'line 12: link is "javascript:x"; it begins with https://'),
        ({"question": "\\u0007?"}, "line 11: question has a character in it that cannot be seen"),
    ],
)
def test_what_is_wrong_in_a_reading_is_said(
    values: dict[str, str], said: str, tmp_path: Path
) -> None:
    assert any(said in fault for fault in faults(tmp_path, filled(**values)))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('licence = "CC BY 4.0"\n', "", "The pack does not say its licence."),
        ("licence", "license", 'line 3: "license" is no key here; did you mean "licence"?'),
        ('"en"', '"English"', 'line 2: language is "English"; write it like en, es or pt-BR.'),
        ('"whole"', '"some"', 'line 5: show is "some"; it is "whole", or "link" where only'),
        ('"Mine"', "7", 'line 1: name is written between quotation marks, like name = "…".'),
        ("[[reading]]", "[[entry]]", "There is no reading in it; each stands under [[reading]]."),
        ("[[reading]]", "[[reading]", "this is not TOML"),
    ],
)
def test_what_is_wrong_in_its_head_is_said(old: str, new: str, said: str, tmp_path: Path) -> None:
    text = filled().replace(old, new)
    assert any(said in fault for fault in faults(tmp_path, text)), faults(tmp_path, text)


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path, types: Types) -> None:
    missing = tmp_path / "none.toml"
    code, _, aside = types(tmp_path / "data", "readings", "check", str(missing))
    assert (code, aside) == (2, f"{missing}: there is no such file.\n")


def test_a_heading_inside_a_text_does_not_move_the_lines(tmp_path: Path) -> None:
    text = filled().replace('"Words."\n', '"""\n[[reading]]\ndate = 3\n# so\n"""\n', 1)
    assert faults(tmp_path, text) == []
    assert faults(tmp_path, f"{text}more = 1\n") == [
        f'line {text.count(chr(10)) + 1}: "more" is no key here; there are {", ".join(INSIDE)}.'
    ]


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        (("1", "2", *map(str, range(5, 31))), "There is no reading for 3, 4, 31."),
        ((*map(str, range(1, 29)), "01-29"), "01-30 to 01-31, 02-29, 03-29 to 03-31"),
        (("2026-02-27", "2026-03-02", "2026-03-05"), "2026-02-28 to 2026-03-01, 2026-03-03 to"),
    ],
)
def test_gaps_are_named_and_the_rest_can_be_read(
    dates: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    found, told = checked(pack(tmp_path, dates=dates))
    assert found
    assert len(told) == 1
    assert said in told[0]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 40) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(WORDS, VALUES, max_size=7), st.text(max_size=60))
def test_whatever_a_file_holds_each_fault_is_a_sentence(tree: dict[str, Any], text: str) -> None:
    found = look(Source("packs/mine.toml", text, tree, {}))
    assert found.pack or found.faults
    assert all(fault.sentence.endswith((".", "?")) for fault in found.faults)


def test_a_fault_is_one_line_whatever_stands_in_the_file(tmp_path: Path) -> None:
    [said] = faults(tmp_path, '"a\\nb\u202e" = 1\n' + filled())
    assert '"a\\nb\\u202e" is no key here' in said


DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@given(DAYS, st.sets(st.integers(1, 31)), st.sets(DAYS), st.sets(DAYS))
def test_a_day_finds_the_reading_that_is_nearest_to_it(
    day: date, monthly: set[int], yearly: set[date], alone: set[date]
) -> None:
    keys = {*map(str, monthly), *(f"{d:%m-%d}" for d in yearly), *(str(d) for d in alone)}
    readings = {key: Reading(key, key) for key in keys}
    found = Pack("x", "X", "en", "", "", "whole", readings).on(day)
    if day in alone:
        assert found
        assert found.key == day.isoformat()
    elif found:
        assert found.key in (f"{day:%m-%d}", str(day.day))
        assert len(found.key) == 5 or f"{day:%m-%d}" not in keys
    else:
        assert not {str(day), f"{day:%m-%d}", str(day.day)} & keys


@given(DAYS)
def test_there_is_a_reading_of_ours_on_every_day_in_every_language(day: date) -> None:
    for language in ("en", "es", "xx"):
        read = OURS.reading("first", language, day)
        assert read
        assert read.reading.key == str(day.day)


def test_a_licence_that_allows_the_link_alone_is_obeyed(tmp_path: Path) -> None:
    found, told = checked(pack(tmp_path, show="link"))
    assert found
    assert not told
    assert not any(r.text or r.question for r in found.readings.values())
    assert "Words of" not in repr(found)


def test_of_such_a_pack_every_reading_needs_its_link(tmp_path: Path) -> None:
    file = pack(tmp_path, show="link")
    file.write_text(file.read_text().replace('link = "https://example.org/9"\n', ""))
    assert "This reading has no link, and the pack shows nothing else" in checked(file)[1][0]


def test_a_pack_that_is_wrong_is_left_out_and_the_others_are_there(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("nothing")
    library = Library([wrong, pack(tmp_path), pack(tmp_path, language="es")])
    assert [*library.names("en")] == ["first", "quiet"]
    read = library.reading("quiet", "es", date(2026, 3, 4))
    assert read
    assert read.pack.language == "es"
    gone = library.reading("wrong", "en", date(2026, 3, 4))
    assert gone
    assert gone.pack.ident == "first"


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_our_own_readings_keep_to_what_was_agreed(file: Path) -> None:
    found, told = checked(file)
    assert told == []
    assert found
    openings: set[str] = set()
    for reading in found.readings.values():
        text = " ".join(reading.text)
        said = f"{reading.title} {text} {reading.question}".casefold()
        assert 70 <= len(text.split()) <= 120, reading.title
        assert reading.question.endswith("?"), reading.title
        assert not [word for word in BANNED if re.search(rf"\b{word}", said)], reading.title
        assert not re.match(r"(Today|Hoy)\b", text), reading.title
        assert "!" not in reading.question
        opening = " ".join(re.findall(r"\w+", text)[:2]).casefold()
        asked = " ".join(re.findall(r"\w+", reading.question)[:4]).casefold()
        assert not {opening, asked} & openings, reading.title
        openings |= {opening, asked}


def test_a_reading_of_ours_fits_one_message(tmp_path: Path) -> None:
    for file in FILES:
        found, _ = checked(file)
        assert found
        for reading in found.readings.values():
            whole = [reading.title, *reading.text, reading.question, found.credit, found.licence]
            assert sum(map(len, whole)) < 900


def test_the_same_days_are_read_in_every_language() -> None:
    by_language = [checked(file)[0] for file in FILES]
    assert len({frozenset(found.readings) for found in by_language if found}) == 1


def test_the_host_names_the_files_in_the_settings(tmp_path: Path) -> None:
    file, data = tmp_path / "config.toml", {"HOMEGROUP__DATA": str(tmp_path / "data")}
    file.write_text('[readings]\npacks = ["quiet/en.toml"]\n')
    assert load(file, data).readings.packs == (tmp_path / "quiet" / "en.toml",)
    two = {"HOMEGROUP__READINGS__PACKS": os.pathsep.join(["/one.toml", "/two.toml"])}
    assert load(None, data | two).readings.packs == (Path("/one.toml"), Path("/two.toml"))
    for wrong in ('"quiet/en.toml"', "[1]", "true"):
        file.write_text(f"[readings]\npacks = {wrong}\n")
        with pytest.raises(ConfigError, match=r"line 2: .* this is a list of files, such as"):
            load(file, data)
