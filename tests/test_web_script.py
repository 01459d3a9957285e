"""What the web room's script does to a page, in a browser where there is one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.async_api import Browser as Chromium

from bot.core.cards import Button, Call, Card, Field, Form
from bot.core.text import Plain
from bot.platforms.web.reader import Reader
from bot.platforms.web.render import HERE, STYLE, Renderer
from tests.browser import Node, read

pytestmark = pytest.mark.asyncio(loop_scope="session")

EN = Reader("en")
PAGE = """<!doctype html><html lang="en"><head><style>{style}</style></head><body>
<template id="unsent"><span class="unsent" role="alert">Not sent yet.</span></template>
<section id="answer"><div id="answers">{card}</div></section>
<script>
const told = {told};
window.fetch = async () => {{
  const next = told.shift();
  if (!next) throw new TypeError("no network");
  return {{ ok: true, headers: new Headers({{ "X-Way": next[0] }}), text: async () => next[1] }};
}};
</script>
<script>{script}</script>
<script>
const rest = () => new Promise((done) => setTimeout(done, 20));
const form = (at) => document.querySelector(at);
const over = () => {{ document.body.dataset.over = ""; }};
(async () => {{ {steps} }})().finally(over);
</script></body></html>"""


def card(words: str) -> str:
    """A private one with a button that opens a form."""
    button = Button("Add a note", Call("checkins.add_note", ("ref",)))
    said = Card((Plain(words),), buttons=(button,), private=True, replaces=True)
    return str(Renderer().card(said, EN))


def asked() -> str:
    field = Field("A note to yourself", long=True, name="note")
    return str(Renderer().answer(Form("Add a note", Call("checkins.add_note"), (field,)), EN))


async def after(chromium: Chromium, where: Path, steps: str, *told: tuple[str, str]) -> Node:
    """The answers on the page when somebody has done this, and the house has answered so."""
    static = HERE / "static"
    script = (static / "room.js").read_text()
    style = "".join((static / name).read_text() for name in STYLE)
    answers = json.dumps(told).replace("</", "<\\/")
    page = where / "page.html"
    page.write_text(
        PAGE.format(style=style, card=card("First."), told=answers, script=script, steps=steps)
    )
    context = await chromium.new_context()
    shown = await context.new_page()
    await shown.goto(page.as_uri())
    await shown.locator("body[data-over]").wait_for()
    html = await shown.content()
    await context.close()
    return next(n for n in read(html).all("div") if n.attrs.get("id") == "answers")


OPEN = "form('#answers button').click(); await rest();"
FILL = "form('textarea').value = 'tea'; form('form[action*=fill] button').click(); await rest();"


async def test_a_filled_form_takes_the_place_of_the_card_that_opened_it(
    chromium: Chromium, tmp_path: Path
) -> None:
    answers = await after(
        chromium, tmp_path, OPEN + FILL, ("answer", asked()), ("here", card("Second."))
    )
    [shown] = answers.all("article")
    assert "Second." in shown.text


async def test_a_form_that_comes_back_with_a_slip_still_does(
    chromium: Chromium, tmp_path: Path
) -> None:
    told = ("answer", asked()), ("answer", asked()), ("here", card("Second."))
    answers = await after(chromium, tmp_path, OPEN + FILL + FILL, *told)
    [shown] = answers.all("article")
    assert "Second." in shown.text


async def test_what_stands_below_an_answer_is_shown_as_it_is_by_now(
    chromium: Chromium, tmp_path: Path
) -> None:
    sheet = "<main><article class='sheet'>{}</article></main>"
    before = f'document.body.insertAdjacentHTML("beforeend", "{sheet.format("Open it.")}");'
    looks = "form('#answers').dataset.below = form('.sheet').textContent;"
    told = ("here", card("It begins now.")), ("", sheet.format("You agreed."))
    answers = await after(chromium, tmp_path, f"{before} {OPEN} {looks}", *told)
    assert "It begins now." in answers.text
    assert answers.attrs["data-below"] == "You agreed."


async def test_what_could_not_be_sent_is_said_beside_the_button_and_stays(
    chromium: Chromium, tmp_path: Path
) -> None:
    answers = await after(chromium, tmp_path, OPEN + FILL + FILL, ("answer", asked()))
    [alert] = [n for n in answers.all("span") if n.attrs.get("role") == "alert"]
    assert alert.text == "Not sent yet."
    [row] = [n for n in answers.all("div") if alert in n.children]
    assert [n.text for n in row.children if isinstance(n, Node)][:2] == ["Send", "Not sent yet."]


async def test_an_answer_has_room_around_it_for_the_ring_of_focus(
    chromium: Chromium, tmp_path: Path
) -> None:
    around = "getComputedStyle(form('#answer')).paddingLeft"
    answers = await after(chromium, tmp_path, f"form('#answers').dataset.around = {around};")
    assert float(answers.attrs["data-around"].removesuffix("px")) >= 12
