"""A picture on a card: it travels as text, is shown where it can be, and else is said in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings

from bot.core.cards import Button, Call, Card
from bot.core.fit import fit
from bot.core.model import Place
from bot.core.pictures import MoodCalendar, Picture
from bot.core.rooms import Limits, Post
from bot.core.text import Day, Plain, plain, t
from bot.platforms import discord, telegram
from storage.values import dump, load
from tests.drawings import MONDAY, calendar, calendars

SEEN = Picture((Plain("One week, from "), Day(MONDAY)), calendar("4 - 23! - 5 - -"))
CARD = Card(
    t("Here *it* is."), "Yours", buttons=(Button("Later", Call("a.b")),), locale="es", picture=SEEN
)
BLIND = Limits(text=200, title=40, buttons_per_row=3, rows=2)


def components(card: Card) -> list[dict[str, Any]]:
    return list(discord.container(card)["components"])


@settings(max_examples=40, deadline=None)
@given(calendars())
def test_a_picture_that_waits_in_a_row_comes_back_as_it_was(drawing: MoodCalendar) -> None:
    card = replace(CARD, picture=Picture(SEEN.alt, drawing))
    assert load(dump(Post(Place("p", "room"), card)), Post).card == card


def test_where_no_picture_can_be_shown_its_words_stand() -> None:
    [shown] = fit(CARD, BLIND)
    assert shown.picture is None
    assert plain(shown.text) == f"Here it is.\n\nOne week, from {MONDAY}"
    [alone] = fit(replace(CARD, text=()), BLIND)
    assert alone.text == SEEN.alt


def test_a_card_in_several_messages_shows_its_picture_once_and_first() -> None:
    long = replace(CARD, text=(Plain("word " * 200),))
    first, *others = fit(long, replace(BLIND, picture=True))
    assert first.picture is SEEN
    assert others
    assert not any(one.picture for one in others)


def test_discord_shows_it_above_the_buttons_with_its_words_as_description() -> None:
    text, gallery, row = components(CARD)
    assert text["content"] == "### Yours\nHere **it** is."
    [item] = gallery["items"]
    assert item["media"]["url"] == f"attachment://{discord.PICTURE}"
    assert item["description"] == "One week, from 26 de octubre de 2026"
    assert row["components"][0]["label"] == "Later"


def test_discord_takes_no_description_longer_than_it_allows() -> None:
    long = replace(CARD, picture=replace(SEEN, alt=(Plain("x" * 5000),)))
    assert len(components(long)[1]["items"][0]["description"]) == 1024


def test_telegram_sends_a_photo_with_the_text_as_its_caption() -> None:
    [photo] = telegram.messages(CARD)
    assert photo.drawing == SEEN.drawing
    assert photo.text == "Yours\nHere it is."
    assert photo.entities
    assert photo.keyboard


def test_telegram_sends_a_photo_and_then_a_text_that_is_longer_than_a_caption() -> None:
    words = "🌱" * 510
    photo, told = telegram.messages(replace(CARD, text=(Plain(words),)))
    assert (photo.text, photo.keyboard, photo.drawing) == ("", None, SEEN.drawing)
    assert (told.text, told.drawing) == (f"Yours\n{words}", None)
    assert told.keyboard


def test_telegram_sends_a_card_without_a_picture_as_it_always_did() -> None:
    bare = replace(CARD, picture=None)
    [told] = telegram.messages(bare)
    assert (told.text, told.entities) == telegram.message(bare)
    assert told.keyboard == telegram.keyboard(bare)
