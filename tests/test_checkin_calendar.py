"""The calendar of somebody's check-ins, as they meet it at each door."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

from PIL import Image

from bot.core.app import App
from bot.core.pictures import MoodCalendar, MoodDay
from bot.core.text import plain
from cogs import build
from storage import Storage
from tests.browser import Browser
from tests.room import MORNING, TELEGRAM, Actor, Room
from tests.web_house import open_house

NOON = datetime(2026, 11, 19, 12, tzinfo=ZoneInfo("UTC"))


async def alone(room: Room, zone: str = "UTC", language: str = "en") -> Actor:
    actor = await room.person("Ana", zone, language)
    actor.here = actor.own
    return actor


async def calendar(actor: Actor) -> MoodCalendar:
    """The newest one they are shown."""
    await actor.types("/checkins")
    picture = next(card.picture for card in reversed(actor.seen) if card.picture)
    assert isinstance(picture.drawing, MoodCalendar)
    return picture.drawing


def lived(drawing: MoodCalendar) -> dict[date, MoodDay]:
    return {day.on: day for week in drawing.weeks for day in week.days if day.moods}


async def test_ana_checks_in_three_times_and_sees_it_in_her_calendar(room: Room) -> None:
    ana = await alone(room)
    room.now = NOON - timedelta(days=2)
    await ana.types("/checkin 2 tired,hungry")
    room.now = NOON
    await ana.types("/checkin 3 lonely")
    room.now += timedelta(hours=3)
    await ana.types("/checkin 5 lonely")
    drawing = await calendar(ana)
    assert lived(drawing) == {
        date(2026, 11, 17): MoodDay(date(2026, 11, 17), (2,), 2),
        date(2026, 11, 19): MoodDay(date(2026, 11, 19), (3, 5), 1),
    }
    [week] = drawing.weeks
    assert (week.days[0].on, week.month) == (date(2026, 11, 16), "November 2026")
    assert [day.within for day in week.days] == [False, True, True, True, False, False, False]
    assert drawing.weekdays == ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
    assert drawing.levels == ("Very hard", "Hard", "So-so", "Good", "Very good")
    assert drawing.marked == "One mark for each: Hungry, Angry, Lonely, Tired"


async def test_the_same_is_said_in_words(room: Room) -> None:
    ana = await alone(room)
    room.now = NOON - timedelta(days=8)
    await ana.types("/checkin 2 tired,hungry")
    room.now = NOON
    await ana.types("/checkin 3")
    await ana.types("/checkins")
    picture = next(card.picture for card in reversed(ana.seen) if card.picture)
    assert plain(picture.alt) == (
        "2 weeks of check-ins, the newest last. A day without one is left blank."
        " 2026-11-11: Hard (Hungry, Tired). 2026-11-19: So-so."
    )


async def test_her_calendar_is_for_her_alone(room: Room) -> None:
    ana = await room.person("Ana")
    await ana.types("/checkin 2")
    await ana.types("/checkins")
    assert all(card.private for card in ana.seen if card.picture)
    assert not any(card.picture for card in room.posted)


async def test_there_is_no_calendar_of_nothing(room: Room) -> None:
    ana = await alone(room)
    await ana.types("/checkins")
    assert ana.sees("There is nothing here yet.")
    assert ana.seen[-1].picture is None


async def test_it_goes_back_as_far_as_they_are_kept(room: Room) -> None:
    ana = await alone(room)
    room.now = NOON - timedelta(days=89)
    await ana.types("/checkin 1")
    room.now = NOON
    await ana.types("/checkin 4")
    drawing = await calendar(ana)
    assert list(lived(drawing)) == [date(2026, 8, 22), date(2026, 11, 19)]
    months = [week.month for week in drawing.weeks if week.month]
    assert months == ["August 2026", "September", "October", "November"]
    assert len(drawing.weeks) == 14


async def test_it_speaks_her_language(room: Room) -> None:
    ana = await alone(room, language="es")
    room.now = datetime(2026, 12, 30, 12, tzinfo=ZoneInfo("UTC"))
    await ana.types("/checkin 4")
    room.now += timedelta(days=7)
    await ana.types("/checkin 4")
    drawing = await calendar(ana)
    assert [week.month for week in drawing.weeks] == ["Enero de 2027", ""]
    assert drawing.weekdays[:2] == ("Lu", "Ma")


async def test_a_day_is_the_day_it_was_where_she_was(room: Room) -> None:
    """Somebody who flew west has lived a day that has not come yet where she is now."""
    ana = await alone(room, zone="Pacific/Auckland")
    room.now = NOON
    await ana.types("/checkin 4")
    await ana.types("/me")
    await ana.presses("Change my time zone")
    await ana.fills("America/Los_Angeles")
    drawing = await calendar(ana)
    assert (drawing.today, [*lived(drawing)]) == (date(2026, 11, 19), [date(2026, 11, 20)])


async def test_earlier_ones_come_without_the_picture_again(room: Room) -> None:
    ana = await alone(room)
    for _ in range(7):
        await ana.types("/checkin 4")
        room.now += timedelta(hours=5)
    await ana.types("/checkins")
    assert ana.seen[-1].picture
    await ana.presses("Earlier")
    assert ana.seen[-1].picture is None


async def test_where_no_picture_can_be_shown_it_is_told(storage: Storage) -> None:
    blind = replace(TELEGRAM, limits=replace(TELEGRAM.limits, picture=False))
    room = Room(App(build(storage), storage.ports), storage, blind)
    ana = await alone(room)
    await ana.types("/checkin 4 tired")
    await ana.types("/checkins")
    assert ana.sees("1 week of check-ins.")
    assert ana.sees(": Good (Tired).")


@asynccontextmanager
async def ana_at_home(storage: Storage) -> AsyncIterator[Browser]:
    """Ana's browser, after three check-ins on two days."""
    async with open_house(storage) as house:
        ana = await house.member("Ana")
        for hours, line in ((0, "/checkin 2 tired"), (24, "/checkin 3"), (30, "/checkin 5")):
            storage.now.at = MORNING + timedelta(hours=hours)  # type: ignore[attr-defined]
            await ana.types(line)
        await ana.types("/checkins")
        yield ana


async def test_in_the_web_room_she_sees_it_with_a_table_beside_it(storage: Storage) -> None:
    async with ana_at_home(storage) as ana:
        drawing, _ = [s for s in ana.page.all("svg") if "calendar" in s.attrs.get("class", "")]
        assert next(drawing.all("desc")).text.startswith("2 weeks of check-ins, the newest last.")
        tables = [[r.text for r in table.all("tr")] for table in ana.page.all("table")]
        whole = next(rows for rows in tables if "What was going on" in rows[0])
        assert whole[1:] == ["2 March 2026 So-so, Very good -", "1 March 2026 Hard Tired"]
        assert not any("style" in node.attrs for node in ana.page.all())


async def test_from_the_web_room_she_takes_it_along(storage: Storage) -> None:
    async with ana_at_home(storage) as ana:
        await ana.presses("Take the picture")
        assert ana.headers["Content-Type"] == "image/png"
        assert ana.headers["Content-Disposition"] == 'attachment; filename="checkins.png"'
        assert ana.headers["Cache-Control"] == "no-store"
        assert Image.open(BytesIO(ana.body)).size[0] == 720


async def test_a_picture_that_is_gone_is_a_page_again(storage: Storage) -> None:
    async with ana_at_home(storage) as ana:
        _, button = ana.button("Take the picture")
        await storage.units.commit(storage.checkins.forget("ref-Ana"))
        sent = [("call", button.attrs["value"]), ("cause", "some-other-cause")]
        await ana.requests("POST", button.attrs["formaction"], sent)
        assert ana.sees("There is nothing here yet.")
