"""The web room: a door of our own, which needs nothing but a browser."""

from __future__ import annotations

from bot.platforms.web.render import card_html
from bot.platforms.web.room import LIMITS, CannotListen, WebRoom

__all__ = ["LIMITS", "CannotListen", "WebRoom", "card_html"]
