"""Forms and pages of the web room: what is asked, what is shown, and in which letters."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.model import Group
from storage import Storage
from tests.web_house import House, open_house

Filled = dict[str, str | list[str]]
ASKED: Filled = {
    "One word?": "tea",
    "How often?": "3",
    "Which day?": "2026-03-09",
    "At what time?": "19:30",
    "In which zone?": "Europe/Berlin",
    "Are you sure?": "yes",
    "Which month?": "11",
}
LETTERS = '<script>alert(1)</script> & "quotes" \'n <b>bold</b> {{ 7 * 7 }} *so*'


@pytest.fixture
async def house(storage: Storage) -> AsyncIterator[House]:
    async with open_house(storage) as opened:
        yield opened


async def test_every_kind_of_field_can_be_asked_and_answered(house: House) -> None:
    ana = await house.member("Ana")
    await ana.types("/everything")
    types = {
        n.attrs["name"]: n.attrs.get("type", n.tag)
        for n in ana.page.all("input", "select")
        if "name" in n.attrs
    }
    assert types["f.often"] == "number"
    assert types["f.day"] == "date"
    assert types["f.hour"] == "time"
    assert types["f.month"] == "select"
    assert "Europe/Berlin" in {o.attrs.get("value") for o in ana.page.all("option")}
    await ana.presses("Send", **ASKED)
    assert ana.sees("All of it is here.")
    berlin, words = ZoneInfo("Europe/Berlin"), house.toy.fields
    assert words["zone"] == berlin
    assert words["sure"] is True
    assert (words["day"], words["hour"]) == (date(2026, 3, 9), time(19, 30))
    assert (words["word"], words["often"], words["month"]) == ("tea", 3, 11)


async def test_a_form_with_a_slip_comes_back_with_what_was_typed(house: House) -> None:
    ana = await house.member("Ana")
    await ana.types("/everything")
    zone = {"In which zone?": "Atlantis/Old Town", "Anything else?": "my <words>"}
    await ana.presses("Send", **(ASKED | zone))
    assert ana.sees("I do not know that time zone")
    inputs = {n.attrs.get("name"): n for n in ana.page.all("input", "textarea")}
    wrong = inputs["f.zone"]
    assert (wrong.attrs["value"], wrong.attrs["aria-invalid"]) == ("Atlantis/Old Town", "true")
    told = {n.attrs.get("id"): n.text for n in ana.page.all()}
    said = [told[id] for id in wrong.attrs["aria-describedby"].split()]
    assert said[0].startswith("I do not know that time zone")
    assert inputs["f.word"].attrs["value"] == "tea"
    assert inputs["f.more"].text == "my <words>"
    await ana.presses("Send", **{"In which zone?": "Asia/Tokyo"})
    assert ana.sees("All of it is here.")


async def test_what_was_left_out_is_asked_again(house: House) -> None:
    ana = await house.member("Ana")
    await ana.types("/everything")
    await ana.presses("Send", **(ASKED | {"One word?": " "}))
    assert not house.toy.fields
    wrong = next(n for n in ana.page.all("input") if n.attrs.get("aria-invalid"))
    assert wrong.attrs["name"] == "f.word"


async def test_labels_hints_and_fields_belong_together(house: House) -> None:
    ana = await house.member("Ana")
    await ana.types("/everything")
    ids = [n.attrs["id"] for n in ana.page.all() if "id" in n.attrs]
    assert len(ids) == len(set(ids))
    for label in ana.page.all("label"):
        assert label.attrs.get("for", "") in ids or list(label.all("input"))
    for node in ana.page.all():
        for name in ("aria-describedby", "aria-labelledby", "list"):
            assert set(node.attrs.get(name, "").split()) <= set(ids)
    for node in ana.page.all("input", "textarea", "select"):
        named = node.attrs.get("id", "-") in [n.attrs.get("for") for n in ana.page.all("label")]
        assert named or node.attrs.get("type") in ("hidden", "radio", "checkbox")


async def test_a_button_is_told_from_one_of_the_same_label_by_what_it_stands_under(
    house: House,
) -> None:
    ana = await house.member("Ana")
    for minutes, words in enumerate(("One.", "Two.")):
        house.later(timedelta(minutes=minutes))
        await house.posts_card(words, await house.own(ana), "toy.keep")
    await ana.opens("/")
    said = {node.attrs["id"]: node.text for node in ana.page.all() if "id" in node.attrs}
    pressed = [node for node in ana.page.all("button") if node.text == "Press me"]
    assert len({said[node.attrs["aria-describedby"]] for node in pressed}) == 2


@pytest.mark.parametrize("command", ["/aloud ", "/", ""])
async def test_whatever_is_typed_is_shown_as_letters(house: House, command: str) -> None:
    ana = await house.member(LETTERS[:64], Group("odd", LETTERS[:60]))
    await ana.types(command + LETTERS)
    await ana.opens("/room")
    assert "<script>alert" not in ana.html
    assert "<b>bold" not in ana.html
    assert "49" not in ana.page.text
    scripts = [n for n in ana.page.all("script") if n.text or not n.attrs["src"].startswith("/")]
    assert not scripts


async def test_a_link_leads_to_a_page_and_never_into_a_script(house: House) -> None:
    ana = await house.member("Ana")
    await ana.types("/links")
    hrefs = {n.attrs["href"] for n in ana.page.all("a")}
    assert {"https://example.org/a", "/now"} <= hrefs
    assert not {h for h in hrefs if h.startswith(("javascript:", "//"))}
    assert ana.sees("javascript:alert(1)")


async def test_a_press_sent_twice_is_one_check_in(house: House) -> None:
    ana = await house.member("Ana")
    twice = [("line", "/checkin 4"), ("cause", "abcdefghijkl")]
    await asyncio.gather(*(ana.tab().requests("POST", "/say", twice) for _ in range(3)))
    assert len(await house.storage.checkins.latest("ref-Ana", 10, 0)) == 1


async def test_the_same_page_sent_twice_has_one_cause_and_another_thing_another(
    house: House,
) -> None:
    ana = await house.member("Ana")
    await ana.types("/everything")
    before = ana.html
    for word in ("tea", "tea", "rain"):
        ana.html = before
        await ana.presses("Send", **(ASKED | {"One word?": word}))
    await ana.types("/everything")
    await ana.presses("Send", **ASKED)
    one, same, other, later = house.toy.causes
    assert one == same
    assert len({one, other, later}) == 3


async def test_a_page_for_which_there_is_no_template_is_shown_as_its_card(house: House) -> None:
    ana = await house.member("Ana")
    await ana.types("/listed")
    assert ana.sees("One row.")


async def test_a_page_can_be_taken_along_as_a_file(house: House) -> None:
    ana = await house.member("Ana")
    await ana.requests("POST", "/say?file=yes", [("line", "/listed")])
    assert ana.headers["Content-Disposition"] == 'attachment; filename="listed.json"'
    assert ana.headers["Cache-Control"] == "no-store"
    assert json.loads(ana.html) == {"rows": ["one"], "day": "2026-03-01"}


async def test_ones_own_page_has_a_button_beside_each_thing(house: House) -> None:
    ana = await house.member("Ana", zone="Europe/Berlin")
    await ana.types("/me")
    rows = {row.text for row in ana.page.all("div")}
    assert "Name Ana Change my name" in rows
    assert "Time zone Europe/Berlin Change my time zone" in rows
    consent = min((row for row in rows if "Take back: Keep my check-ins" in row), key=len)
    assert consent.startswith("Keep my check-ins")
    await ana.presses("Change my name")
    await ana.presses("Send", **{"What shall we call you?": "<b>Ana</b> M."})
    assert any("<b>Ana</b> M." in row.text for row in ana.page.all("dd"))
    await ana.presses("Forget me")
    assert ana.sees("This ends everything I keep about you")


async def test_everything_that_is_kept_can_be_read_and_taken_along(house: House) -> None:
    ana = await house.member("Ana")
    await ana.types(f"/checkin 2 {LETTERS}")
    await ana.types("/mydata")
    assert ana.sees(LETTERS.replace("  ", " "))
    await ana.presses("Take it along as a file")
    assert ana.headers["Content-Disposition"] == 'attachment; filename="mydata.json"'
    kept = json.loads(ana.html)
    assert kept["people"]["name"] == "Ana"
    assert kept["checkins"][0]["note"] == LETTERS


async def test_check_ins_are_a_table_and_a_file(house: House) -> None:
    ana = await house.member("Ana", language="es")
    await ana.types("/checkin 2 one\nand two")
    await ana.types("/checkins")
    *_, table = ana.page.all("table")  # after the one beneath the calendar
    [head, row] = list(table.all("tr"))
    assert [n.tag for n in head.all("th", "td")] == ["th", "th"]
    assert "1 de marzo de 2026" in row.text
    assert "one" in row.text
    file = next(b for b in ana.page.all("button") if b.attrs.get("value") == "checkins.export")
    assert "formaction" in file.attrs
    await ana.presses(file.text)
    assert json.loads(ana.html)["checkins"][0]["mood"] == 2


async def test_the_page_holds_the_words_for_what_could_not_be_sent(house: House) -> None:
    ana = await house.member("Ana")
    words = ana.html.partition('<template id="unsent">')[2].partition("</template>")[0]
    assert 'role="alert"' in words
    assert "Not sent yet. What you wrote is still here." in words


async def test_a_question_does_not_promise_that_nobody_reads_what_others_will(house: House) -> None:
    ana = await house.member("Ana")
    await ana.types("/everything")
    assert ana.sees("Anything else?")
    assert not any("Only you see this" in form.text for form in ana.page.all("form"))
