"""Telegram as a door: entities, never a parse mode; inline keyboards; questions one by one."""

from __future__ import annotations

from bot.platforms.telegram.render import LIMITS, keyboard, message, messages

__all__ = ["LIMITS", "keyboard", "message", "messages"]
