"""What people type: understood, or refused with the way to mend it, and never a crash."""

# ruff: noqa: RUF001 digits and signs of other scripts are what is tested

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date, time
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core import kinds
from bot.core.errors import UserError

TODAY = date(2026, 3, 9)
KINDS: dict[str, Callable[[str], object]] = {
    "text": kinds.parse_text,
    "date": lambda text: kinds.parse_date(text, TODAY),
    "time": kinds.parse_time,
    "zone": kinds.parse_zone,
    "yes": kinds.parse_yes,
    "whole": lambda text: kinds.parse_whole(text, 1, 5),
}
NEARLY = st.text("0123456789०१９²-/.:：hapmAPM 年月日時分+−\u200e\0\ud800_ı", max_size=14)
"""What is almost a date, a time or a number."""


def refusal(kind: str, text: str) -> str:
    """The refusal as it is read, its values filled in."""
    with pytest.raises(UserError) as caught:
        KINDS[kind](text)
    return caught.value.message.format(**caught.value.values)


@settings(deadline=None)  # the first zone reads the names of all of them
@pytest.mark.parametrize("kind", KINDS)
@given(text=st.text() | NEARLY | st.text(st.characters(), min_size=60, max_size=70))
@example(text="9" * 5000)
@example(text="9" * 64)
@example(text="१" * 64)
@example(text="\ud800")
@example(text="../../etc/passwd\0")
@example(text="2026-02-30")
@example(text="00/00/0000")
@example(text="{0}")
@example(text="")
def test_whatever_is_typed_is_a_value_or_a_refusal(kind: str, text: str) -> None:
    try:
        KINDS[kind](text)
    except UserError as error:
        said = error.message.format(**error.values)
        said.encode()
        assert said[-1] in ".?"
        assert "{" not in said


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_date_is_read_as_it_is_written_in_many_places(day: date) -> None:
    y, m, d = day.year, day.month, day.day
    written = [f"{y:04}-{m:02}-{d:02}", f"{y}-{m}-{d}", f"{d}.{m}.{y}", f"{d:02}.{m:02}.{y}"]
    written += [f"{d}. {m}. {y}", f"{y}/{m}/{d}", f"{y}年{m}月{d}日", f" {d}.{m}.{y} "]
    for text in written:
        assert kinds.parse_date(text, TODAY) == day


@pytest.mark.parametrize(
    "text", ["२०२६-०३-०१", "２０２６／０３／０１", "\u200e2026-03-01", "2026–03–01"]
)
def test_a_date_in_the_digits_of_another_keyboard(text: str) -> None:
    assert kinds.parse_date(text, TODAY) == date(2026, 3, 1)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from("/-"))
def test_a_date_that_can_be_read_twice_is_never_guessed(day: date, between: str) -> None:
    text = between.join((f"{day.day:02}", f"{day.month:02}", f"{day.year}"))
    if day.day > 12 or day.day == day.month:
        assert kinds.parse_date(text, TODAY) == day
        assert day.day == day.month or kinds.parse_date(
            between.join((f"{day.month:02}", f"{day.day:02}", f"{day.year}")), TODAY
        )
    else:
        said = refusal("date", text)
        assert day.isoformat() in said
        assert date(day.year, day.day, day.month).isoformat() in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("03/04/2026", "That could be two days; please write 2026-04-03 or 2026-03-04."),
        ("today", "Please write the date as year, month, day, like 2026-03-09."),
        ("yesterday", "Please write the date as year, month, day, like 2026-03-09."),
        ("1.3.26", "Please write the date as year, month, day, like 2026-03-09."),
        (
            "29.2.2026",
            "The calendar has no such day; please write it as year, month, day, like 2026-03-09.",
        ),
        ("2206-03-01", "Please write a year from 1900 to 2199, as in 2026-03-09."),
        ("0026-03-01", "Please write a year from 1900 to 2199, as in 2026-03-09."),
    ],
)
def test_a_date_that_is_refused_says_how_to_write_it(text: str, said: str) -> None:
    assert refusal("date", text) == said


@pytest.mark.parametrize(
    ("text", "then"),
    [
        *[(text, time(7, 30)) for text in ("07:30", "7:30", "7.30", "0730", "730", "7h30")],
        *[(text, time(7, 30)) for text in ("7:30 am", "7.30am", "7:30 a. m.", "07:30:00")],
        *[
            (text, time(19, 30))
            for text in ("19:30", "7:30 pm", "7:30PM", "7:30 p.m.", "１９：３０")
        ],
        *[(text, time(19)) for text in ("7pm", "7 pm", "19h", "19:00", "1900", "19時")],
        *[(text, time(0)) for text in ("00:00", "0:00", "12am", "12:00 am", "0000")],
        *[(text, time(12)) for text in ("12:00", "12pm", "12 PM")],
    ],
)
def test_a_time_as_people_write_it(text: str, then: time) -> None:
    assert kinds.parse_time(text) == then


@pytest.mark.parametrize(
    "text", ["7", "25:00", "24:00", "7:60", "0 am", "13pm", "7:3", "07:30:15", "noon", "7:30 xm"]
)
def test_a_time_that_is_refused_says_how_to_write_it(text: str) -> None:
    assert refusal("time", text) == "Please write the time like 07:30, 19:30 or 7:30 pm."


@given(st.times())
def test_every_minute_of_a_day_can_be_written(at: time) -> None:
    minute = at.replace(second=0, microsecond=0)
    for form in ("%H:%M", "%H%M", "%H.%M", "%I:%M %p", "%Hh%M"):
        assert kinds.parse_time(minute.strftime(form)) == minute


def test_every_zone_is_known_by_its_name_in_any_case() -> None:
    for name in available_timezones() - {"Factory", "localtime", "posixrules", "EST", "MST"}:
        for text in (name, name.lower(), name.upper(), name.replace("_", " ")):
            assert kinds.parse_zone(text).key == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("berlin", "Europe/Berlin"),
        (" Berlin ", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("New-York", "America/New_York"),
        ("kolkata", "Asia/Kolkata"),
        ("São Paulo", "America/Sao_Paulo"),
        ("St. John's", "America/St_Johns"),
        ("istanbul", "Europe/Istanbul"),
        ("buenos aires", "America/Argentina/Buenos_Aires"),
        ("louisville", "America/Kentucky/Louisville"),
        ("america/indiana/tell-city", "America/Indiana/Tell_City"),
        ("utc", "UTC"),
    ],
)
def test_a_city_is_enough(text: str, name: str) -> None:
    assert kinds.parse_zone(text) == ZoneInfo(name)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Berln", "did you mean Europe/Berlin"),
        ("Europe/Berln", "did you mean Europe/Berlin"),
        ("newyorc", "America/New_York"),
        ("san juan", "did you mean America/Argentina/San_Juan"),
        ("samoa", "Pacific/Samoa"),
        ("victoria", "Australia/Victoria"),
        ("EST", "EST stays in winter time all year; please name a city near you"),
        ("+02:00", "please name a large city near you, like Europe/Berlin."),
        ("GMT+5", "please name a large city near you, like Europe/Berlin."),
        ("my house", "please name a large city near you, like Europe/Berlin."),
        ("localtime", "I do not know that time zone"),
        ("", "please name a large city near you, like Europe/Berlin."),
    ],
)
def test_a_zone_that_is_not_sure_is_asked_back(text: str, part: str) -> None:
    assert part in refusal("zone", text)


@pytest.mark.parametrize(
    "text", ["yes", "YES", "y", "on", "sí", "SI", "sim", "ja", "oui", "はい", "हाँ", "ndiyo"]
)
def test_yes_in_every_language(text: str) -> None:
    assert kinds.parse_yes(text) is True


@pytest.mark.parametrize(
    "text", ["no", "No", "n", "off", "não", "nao", "nein", "non", "いいえ", "नहीं", "hapana"]
)
def test_no_in_every_language(text: str) -> None:
    assert kinds.parse_yes(text) is False


def test_neither_yes_nor_no_is_asked_again() -> None:
    assert refusal("yes", "perhaps") == "Please answer yes or no."


@given(st.integers(-(10**9), 10**9), st.sampled_from(("0", "०", "٠", "０", "๐")))
def test_a_whole_number_in_the_digits_of_any_script(number: int, zero: str) -> None:
    digits = "".join(chr(ord(zero) + int(d)) for d in str(abs(number)))
    text = ("-" if number < 0 else "") + digits
    assert kinds.parse_whole(text, -(10**9), 10**9) == number


@pytest.mark.parametrize(
    "text", ["0", "6", "²", "½", "Ⅳ", "四", "3.0", "1_0", "1e0", "three", "", "--3"]
)
def test_a_number_that_is_refused_names_its_limits(text: str) -> None:
    assert refusal("whole", text) == "Please write a whole number from 1 to 5."


@given(st.text(max_size=50), st.integers(1, 30))
def test_a_text_is_kept_as_it_was_written(text: str, longest: int) -> None:
    try:
        kept = kinds.parse_text(text, longest)
    except UserError:
        composed = unicodedata.normalize("NFC", text.strip())
        broken = any(c == "\0" or 0xD800 <= ord(c) < 0xE000 for c in text)
        assert len(composed) > longest or broken
    else:
        assert kept == unicodedata.normalize("NFC", text.strip())
        assert len(kept) <= longest
        assert kept == kinds.parse_text(kept, longest)
        kept.encode()


def test_a_text_may_be_as_long_as_it_may_be() -> None:
    assert len(kinds.parse_text("a" * 4000)) == 4000
    assert kinds.parse_text("e\u0301" * 4000) == "é" * 4000
    assert refusal("text", "a" * 4001) == "Please shorten this to 4000 characters; it has 4001."


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b", "\udc80"])
def test_what_is_not_text_is_not_kept(text: str) -> None:
    assert "not text" in refusal("text", text)
