"""Pictures: where everything lies, as SVG for a page, as PNG for a chat."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from dataclasses import fields, replace
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.core.pictures import MoodCalendar
from bot.pictures import png, svg
from bot.pictures.calendar import CELL
from bot.pictures.calendar import calendar as layout
from bot.pictures.colours import DAY, NIGHT, Paint
from bot.pictures.cups import BODY, cup
from bot.pictures.desk import WIDE
from bot.pictures.shapes import Anchor, Ink, Letters, Sheet, lines, width
from bot.pictures.shapes import Path as Line
from tests.drawings import WORDS, calendar, calendars

TOKENS = Path(__file__).parents[1] / "bot" / "platforms" / "web" / "static" / "tokens.css"
HOSTILE = '"><script>alert(1)</script><p style="x">&amp;\x00\x0b\ufffe'
LONG = calendar(*["1 2 345! 5 - 2!!! 1234!!!!"] * 13)
few = settings(max_examples=40, deadline=None)


def days(drawing: MoodCalendar) -> list[str]:
    return [str(day.on.day) for week in drawing.weeks for day in week.days]


def inked(sheet: Sheet, ink: Ink) -> list[Line]:
    return [path for path in sheet.paths if path.ink is ink]


def reach(letters: Letters) -> tuple[float, float]:
    wide = width(letters.text)
    left = {Anchor.START: 0.0, Anchor.MIDDLE: wide / 2, Anchor.END: wide}[letters.anchor]
    return letters.x - left, letters.x - left + wide


@few
@given(calendars())
def test_nothing_lies_outside_the_sheet(drawing: MoodCalendar) -> None:
    sheet = layout(drawing)
    assert sheet.width == WIDE
    for path in sheet.paths:
        for x, y in path.points():
            assert 0 <= x <= sheet.width
            assert 0 <= y <= sheet.height
    for letters in sheet.letters:
        left, right = reach(letters)
        assert 0 <= left <= right <= sheet.width
        assert 12 <= letters.y <= sheet.height - 4


@few
@given(calendars())
def test_every_day_stands_there_once_in_its_order(drawing: MoodCalendar) -> None:
    middle = [one for one in layout(drawing).letters if one.anchor is Anchor.MIDDLE]
    numbers = middle[len(drawing.weekdays) :]
    assert [one.text for one in numbers] == days(drawing)
    places = Counter((one.x, one.y) for one in numbers)
    assert max(places.values()) == 1
    assert [one.x for one in numbers[:7]] == [CELL * (at + 0.5) for at in range(7)]


@few
@given(calendars())
def test_every_mood_has_its_tea_and_a_gap_stays_a_gap(drawing: MoodCalendar) -> None:
    sheet, lived = layout(drawing), [d for week in drawing.weeks for d in week.days]
    several = bool(drawing.several) and any(len(day.moods) > 1 for day in lived)
    legend = len(drawing.levels) + several
    assert len(inked(sheet, Ink.BODY)) == sum(bool(day.moods) for day in lived) + legend
    tea = sum(len(day.moods) for day in lived)
    assert len(inked(sheet, Ink.FILL)) == tea + len(drawing.levels) + 2 * several
    blank = sum(day.within and not day.moods for day in lived)
    assert len(inked(sheet, Ink.BLANK)) == blank
    marked = bool(drawing.marked) and any(day.marks for day in lived)
    assert len(inked(sheet, Ink.BOX)) == sum(day.marks for day in lived) + marked
    assert len(inked(sheet, Ink.TODAY)) == 1


@given(st.lists(st.integers(1, 5), min_size=1, max_size=40).map(tuple))
def test_the_higher_the_mood_the_higher_the_tea(moods: tuple[int, ...]) -> None:
    """And the first of a day is on the left, and all of it in the cup."""
    parts = cup(moods, 5, 0, 0)
    tea = [list(part.points()) for part in parts if part.ink is Ink.FILL]
    tops = [min(y for _, y in points) for points in tea]
    for one, top in zip(moods, tops, strict=True):
        assert all((one < other) == (top > its) for other, its in zip(moods, tops, strict=True))
    lefts = [points[0][0] for points in tea]
    assert sorted(lefts) == lefts or len(moods) > 12
    brim = max(x for x, _ in BODY.points())
    assert all(-brim < x < brim and 0 < y < 28 for points in tea for x, y in points)


@given(WORDS, st.floats(20, 300))
def test_words_are_cut_where_they_must_be_and_none_is_lost(text: str, room: float) -> None:
    cut = lines(text, room)
    assert "".join(cut).replace(" ", "") == "".join(text.split())
    assert all(width(line) <= room for line in cut)


@settings(max_examples=25)
@given(calendars(), WORDS)
def test_the_svg_is_well_formed_and_brings_nothing_that_a_strict_page_forbids(
    drawing: MoodCalendar, words: str
) -> None:
    root = ElementTree.fromstring(svg(drawing, words, "p1"))
    allowed = {"svg", "title", "desc", "g", "path", "text"}
    for node in root.iter():
        assert node.tag.partition("}")[2] in allowed
        assert not {name for name in node.attrib if name == "style" or name.startswith("on")}
        assert "href" not in " ".join(node.attrib)


def test_hostile_words_stay_words() -> None:
    drawing = replace(LONG, title=HOSTILE, levels=(HOSTILE,) * 5, marked=HOSTILE)
    made = svg(drawing, HOSTILE, "p1")
    title, desc = ElementTree.fromstring(made)[:2]
    assert title.text == desc.text == '"><script>alert(1)</script><p style="x">&amp;'
    assert not re.search(r"<(script|p)\b", made)


def test_the_svg_says_what_it_is_to_whoever_cannot_see_it() -> None:
    root = ElementTree.fromstring(svg(LONG, "Thirteen weeks.", "p1"))
    title, desc, drawn = root
    assert (root.get("role"), title.text, desc.text) == (
        "img",
        "Your check-ins",
        "Thirteen weeks.",
    )
    assert root.get("aria-labelledby") == title.get("id") == "p1-t"
    assert root.get("aria-describedby") == desc.get("id") == "p1-d"
    assert drawn.get("aria-hidden") == "true"


def test_the_svg_of_a_whole_season_leaves_the_page_light() -> None:
    assert len(svg(LONG, "", "p1")) < 45_000


@pytest.mark.parametrize("dark", [False, True])
def test_the_png_opens_is_720_wide_and_small(dark: bool) -> None:
    made = png(LONG, dark)
    image = Image.open(BytesIO(made))
    assert image.format == "PNG"
    assert image.size == (720, round((layout(LONG).height + 24) * 2))
    assert len(made) < 60_000
    paint = NIGHT if dark else DAY
    colours = {colour for _, colour in image.convert("RGB").getcolors() or []}
    exact = [getattr(paint, field.name) for field in fields(Paint)]
    assert colours >= {tuple(bytes.fromhex(one[1:])) for one in exact}


@settings(max_examples=10, deadline=None)
@given(calendars())
def test_any_calendar_can_be_painted(drawing: MoodCalendar) -> None:
    assert png(drawing).startswith(b"\x89PNG")


def test_the_same_picture_holds_nothing_but_the_picture() -> None:
    """No day, no name and no program in the file's own words."""
    image = Image.open(BytesIO(png(LONG)))
    image.load()
    assert not image.info


def test_its_colours_are_those_of_the_web_room() -> None:
    said = TOKENS.read_text()
    light = said[: said.index("@media (prefers-color-scheme: dark)")]
    dark = said[said.index(':root[data-theme="dark"]') :]
    properties = {"soft": "ink-soft"}
    for part, paint in ((light, DAY), (dark, NIGHT)):
        for field in fields(Paint):
            name = properties.get(field.name, field.name.replace("_", "-"))
            assert f"--{name}: {getattr(paint, field.name)};" in part, name


def test_nobody_who_needs_no_picture_loads_what_paints_them() -> None:
    run = "import bot.host, bot.pictures, sys; raise SystemExit('PIL' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", run], cwd=TOKENS.parents[4], check=False)
    assert done.returncode == 0
