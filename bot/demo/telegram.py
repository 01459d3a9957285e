"""What the Telegram renderer sends, as a picture in HTML: text, entities and keyboard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup, escape
from telegram import InlineKeyboardMarkup, MessageEntity

from bot.core.cards import Card
from bot.core.fit import fit
from bot.platforms import dates
from bot.platforms.telegram import LIMITS, messages
from bot.platforms.web.reader import Reader

STYLES = {"success": "green", "primary": "blue", "danger": "red", None: "grey"}
"""How Telegram paints a button, by its style."""


@dataclass(frozen=True, slots=True)
class Message:
    html: Markup
    rows: tuple[tuple[tuple[str, str], ...], ...]
    """Of the keyboard: labels, and how each is painted."""
    picture: bool
    private: bool


def pictured(card: Card, reader: Reader) -> list[Message]:
    """The messages that are sent for a card."""
    return [
        Message(
            marked(one.text, one.entities, reader),
            _rows(one.keyboard),
            one.drawing is not None,
            card.private,
        )
        for part in fit(card, LIMITS)
        for one in messages(part)
    ]


def marked(text: str, entities: tuple[MessageEntity, ...], reader: Reader) -> Markup:
    """Offsets count UTF-16 units, as Telegram does."""
    units, shown, at = text.encode("utf-16-le"), Markup(), 0
    for one in sorted(entities, key=lambda entity: entity.offset):
        begins, ends = 2 * one.offset, 2 * (one.offset + one.length)
        shown += _letters(units[at:begins]) + _entity(one, _letters(units[begins:ends]), reader)
        at = ends
    return shown + _letters(units[at:])


def _letters(units: bytes) -> Markup:
    return Markup("<br>").join(escape(line) for line in units.decode("utf-16-le").split("\n"))


def _entity(entity: MessageEntity, letters: Markup, reader: Reader) -> Markup:
    if entity.type == MessageEntity.BOLD:
        return Markup("<strong>{}</strong>").format(letters)
    if entity.type == MessageEntity.TEXT_LINK:
        return Markup("<u>{}</u>").format(letters)
    if isinstance(entity.unix_time, datetime):
        return escape(dates.moment(entity.unix_time, reader.locale, reader.zone))
    return letters


def _rows(keyboard: InlineKeyboardMarkup | None) -> tuple[tuple[tuple[str, str], ...], ...]:
    if keyboard is None:
        return ()
    return tuple(
        tuple((button.text, STYLES[button.style]) for button in row)
        for row in keyboard.inline_keyboard
    )
