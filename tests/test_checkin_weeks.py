"""Somebody's weeks as a picture: where everything lies, and how they meet it at each door."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.core.app import App
from bot.core.cards import Card
from bot.core.model import Place
from bot.core.pictures import MoodSpan, MoodTrend, Picture
from bot.core.rooms import Post
from bot.core.text import plain, t
from bot.pictures import png, svg
from bot.pictures.desk import WIDE
from bot.pictures.shapes import Ink, Sheet, width
from bot.pictures.shapes import Path as Line
from bot.pictures.trend import trend
from cogs import build
from storage import Storage
from storage.checkins import CheckIn
from storage.values import dump, load
from tests.drawings import LEVELS, MONDAY, MOODS, WORDS
from tests.room import MORNING, TELEGRAM, Actor, Room
from tests.web_house import open_house

NOON = datetime(2026, 11, 19, 12, tzinfo=ZoneInfo("UTC"))
BOXES = ("Hungry", "Angry", "Lonely", "Tired")
few = settings(max_examples=40, deadline=None)


@st.composite
def trends(draw: st.DrawFn) -> MoodTrend:
    """Any that a person could have lived, in any words."""
    number = draw(st.integers(1, 14))
    spans = tuple(
        MoodSpan(
            MONDAY + timedelta(weeks=at),
            draw(MOODS),
            tuple(sorted(draw(st.sets(st.integers(0, 3))))),
            draw(st.one_of(st.just(""), WORDS)),
        )
        for at in range(number)
    )
    levels = draw(st.one_of(st.just(LEVELS), st.tuples(*(WORDS for _ in LEVELS))))
    boxes = draw(st.one_of(st.just(BOXES), st.tuples(*(WORDS for _ in BOXES))))
    return MoodTrend(draw(WORDS), spans, levels, boxes, draw(WORDS), draw(WORDS))


def inked(sheet: Sheet, ink: Ink) -> list[Line]:
    return [path for path in sheet.paths if path.ink is ink]


@few
@given(trends())
def test_nothing_lies_outside_the_sheet(drawing: MoodTrend) -> None:
    sheet = trend(drawing)
    assert sheet.width == WIDE
    for path in sheet.paths:
        assert all(0 <= x <= WIDE + 0.01 and 0 <= y <= sheet.height for x, y in path.points())
    for letters in sheet.letters:
        assert 12 <= letters.y <= sheet.height - 4
        left = letters.x - (width(letters.text) if letters.anchor == "end" else 0)
        assert 0 <= left <= left + width(letters.text) <= WIDE


@few
@given(trends())
def test_a_week_without_a_check_in_stays_a_gap(drawing: MoodTrend) -> None:
    """One dot for each week that has something, and no line from one to another."""
    sheet = trend(drawing)
    lived = [week for week in drawing.weeks if week.moods]
    wide = [week for week in lived if min(week.moods) < max(week.moods)]
    assert len(inked(sheet, Ink.FILL)) == len(lived) + 1
    assert len(inked(sheet, Ink.BODY)) == len(wide) + bool(wide)
    assert len(inked(sheet, Ink.BOX)) == sum(len(week.ticked) for week in drawing.weeks)
    for path in (*inked(sheet, Ink.FILL), *inked(sheet, Ink.BODY)):
        across = [x for x, _ in path.points()]
        assert max(across) - min(across) <= 10.01


@given(st.lists(st.integers(1, 5), min_size=2, max_size=9), st.lists(st.integers(1, 5), min_size=1))
def test_a_higher_week_stands_higher(one: list[int], other: list[int]) -> None:
    weeks = tuple(
        MoodSpan(MONDAY + timedelta(weeks=n), tuple(m)) for n, m in enumerate((one, other))
    )
    sheet = trend(MoodTrend("", weeks, LEVELS, BOXES, "dot", "bar"))
    first, second, _ = (min(y for _, y in path.points()) for path in inked(sheet, Ink.FILL))
    means = sum(one) / len(one), sum(other) / len(other)
    assert (means[0] > means[1]) == (first < second - 1e-6) or abs(first - second) < 1e-6


@settings(max_examples=10, deadline=None)
@given(trends(), WORDS)
def test_it_can_be_painted_told_and_kept_in_a_row(drawing: MoodTrend, words: str) -> None:
    assert png(drawing).startswith(b"\x89PNG")
    root = ElementTree.fromstring(svg(drawing, words, "p1"))
    assert not any("style" in node.attrib for node in root.iter())
    card = Card(t("Here."), picture=Picture(t("Words."), drawing))
    assert load(dump(Post(Place("p", "room"), card)), Post).card == card


async def alone(room: Room, language: str = "en") -> Actor:
    actor = await room.person("Ana", "UTC", language)
    actor.here = actor.own
    return actor


async def lives(ana: Actor) -> None:
    """A week with three, one with none, and one with one."""
    for back, line in ((16, "2 tired,hungry"), (15, "4"), (14, "3 tired"), (1, "5 lonely")):
        ana.room.now = NOON - timedelta(days=back)
        await ana.types(f"/checkin {line}")
    ana.room.now = NOON


async def test_ana_sees_her_weeks_and_the_empty_one_stays_empty(room: Room) -> None:
    ana = await alone(room)
    await lives(ana)
    await ana.types("/checkins")
    await ana.presses("Week by week")
    picture = next(card.picture for card in reversed(ana.seen) if card.picture)
    assert isinstance(picture.drawing, MoodTrend)
    assert picture.drawing.weeks == (
        MoodSpan(date(2026, 11, 2), (2, 4, 3), (0, 3), "Nov"),
        MoodSpan(date(2026, 11, 9)),
        MoodSpan(date(2026, 11, 16), (5,), (2,)),
    )
    assert plain(picture.alt) == (
        "3 weeks, the newest last. One without a check-in is left blank."
        " Week of 2026-11-02: Hard to Good, around So-so (Hungry, Tired)."
        " Week of 2026-11-16: Very good (Lonely)."
    )
    assert all(card.private for card in ana.seen if card.picture)


async def test_her_weeks_speak_her_language(room: Room) -> None:
    ana = await alone(room, language="es")
    await lives(ana)
    await ana.sends("checkins.weeks")
    picture = next(card.picture for card in reversed(ana.seen) if card.picture)
    assert isinstance(picture.drawing, MoodTrend)
    assert plain(picture.alt).startswith("3 semanas, la más reciente al final.")
    assert picture.drawing.weeks[0].month == "Nov"


async def test_there_are_no_weeks_of_nothing(room: Room) -> None:
    ana = await alone(room)
    await ana.sends("checkins.weeks")
    assert ana.sees("There are no check-ins of yours here.")
    assert ana.seen[-1].picture is None


async def test_where_no_picture_can_be_shown_the_weeks_are_told(storage: Storage) -> None:
    blind = replace(TELEGRAM, limits=replace(TELEGRAM.limits, picture=False))
    ana = await alone(Room(App(build(storage), storage.ports), storage, blind))
    await lives(ana)
    await ana.sends("checkins.weeks")
    assert ana.sees("Hard to Good, around So-so (Hungry, Tired).")


async def test_in_the_web_room_the_weeks_stand_beside_the_days(storage: Storage) -> None:
    async with open_house(storage) as house:
        ana = await house.member("Ana")
        for back, mood, halt in ((15, 2, ("tired",)), (14, 4, ()), (0, 5, ())):
            at = MORNING - timedelta(days=back)
            entry = CheckIn(f"ref-{back}", "ref-Ana", at, at.date(), mood, halt)
            await storage.units.commit(storage.checkins.add(entry, at))
        await ana.types("/checkins")
        drawings = [s for s in ana.page.all("svg") if "calendar" in s.attrs.get("class", "")]
        assert [next(one.all("title")).text for one in drawings] == [
            "Your check-ins",
            "Week by week",
        ]
        tables = [[r.text for r in table.all("tr")] for table in ana.page.all("table")]
        weeks = next(rows for rows in tables if "Week of" in rows[0])
        assert weeks[1:] == [
            "23 February 2026 Very good -",
            "16 February 2026 - -",
            "9 February 2026 Hard to Good, around So-so Tired",
        ]
        await ana.presses("Take the weeks as a picture")
        assert ana.headers["Content-Disposition"] == 'attachment; filename="checkins_weeks.png"'
        assert Image.open(BytesIO(ana.body)).size[0] == 720
