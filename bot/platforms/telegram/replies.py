"""What the door on Telegram says by itself."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from bot.core.actions import Action
from bot.core.cards import Button, Call, Card
from bot.core.text import Plain, t


def unknown(word: str, commands: Mapping[str, Action[...]], locale: str) -> Card:
    """What was typed is no command; perhaps one is nearly that."""
    said = t("I do not know /{word}.", locale, word=word[:32])
    close = get_close_matches(word.casefold()[:32], commands, 1, 0.5)
    if not close:
        more = t("/help shows what there is.", locale)
        return Card((*said, Plain(" "), *more), private=True, locale=locale)
    button = Button(f"/{close[0]}", Call(commands[close[0]].id))
    more = t("Did you mean /{name}?", locale, name=close[0])
    return Card((*said, Plain(" "), *more), buttons=(button,), private=True, locale=locale)


def no_command(locale: str, *, read: bool) -> Card:
    """Words, or with `read` false a picture, that nobody asked for."""
    said = (
        t("I have asked nothing, so I do not know what to do with that.", locale)
        if read
        else t("I can only read what is typed.", locale)
    )
    more = t("/help shows what there is.", locale)
    return Card((*said, Plain(" "), *more), private=True, locale=locale)


def long_ago(locale: str) -> Card:
    said = t("That was too long ago. Please type it once more where the group meets.", locale)
    return Card(said, private=True, locale=locale)


def faceless(locale: str) -> Card:
    """For whoever hides behind the group: everybody reads it."""
    said = t(
        "You speak as the group just now, so I cannot tell who you are. Ask once more as yourself.",
        locale,
    )
    return Card(said, locale=locale)
