"""Discord: slash commands, components v2, buttons that survive restarts, dialogs, messages."""

from __future__ import annotations

from bot.platforms.discord.commands import payload
from bot.platforms.discord.dialog import dialog
from bot.platforms.discord.door import DiscordDoor
from bot.platforms.discord.ports import DiscordPorts
from bot.platforms.discord.render import LIMITS, PICTURE, container, escaped, markdown, messages

__all__ = [
    "LIMITS",
    "PICTURE",
    "DiscordDoor",
    "DiscordPorts",
    "container",
    "dialog",
    "escaped",
    "markdown",
    "messages",
    "payload",
]
