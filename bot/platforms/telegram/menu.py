"""The menu of commands: by chat and by language, told to Telegram when it has changed."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)
from telegram.error import TelegramError

from bot.core.actions import Action
from bot.core.app import App
from bot.core.decide import Who
from bot.core.text import LANGUAGES, key, translate
from bot.platforms.telegram.line import Line
from bot.platforms.telegram.ports import TelegramPorts

log = logging.getLogger(__name__)

LONGEST = 256
CANCEL = key("Close the question I asked last")
HIDDEN: dict[str, Any] = {"is_ephemeral": True}
"""Since Bot API 10.2: typed in a group, it is seen by whoever typed it and by us."""


@dataclass(frozen=True, slots=True)
class Menu:
    """The commands that are listed in one scope, in one language."""

    scope: BotCommandScope
    language: str
    """Two letters; "" for everybody else."""
    commands: tuple[BotCommand, ...]


def menus(app: App) -> Iterator[Menu]:
    for language in ("", *(code for code in LANGUAGES if code != "en")):
        spoken, short = language or "en", language.partition("-")[0].lower()
        own = tuple(_command(action, spoken, {}) for action in app.commands)
        everybody = [a for a in app.commands if a.spec.who is not Who.HOSTS]
        cancel = BotCommand("cancel", translate(CANCEL, spoken))
        yield Menu(BotCommandScopeAllPrivateChats(), short, (*own, cancel))
        for scope, offered in (
            (BotCommandScopeAllGroupChats(), everybody),
            (BotCommandScopeAllChatAdministrators(), app.commands),
        ):
            shown = (_command(a, spoken, {} if a.spec.shared else HIDDEN) for a in offered)
            yield Menu(scope, short, tuple(shown))


async def offer(app: App, line: Line, ports: TelegramPorts, *, again: bool = False) -> None:
    """Nothing where nothing has changed; what fails is tried at the next start."""
    wanted = [*menus(app)]
    name, digest = f"telegram menu {line.id}", _digest(wanted)
    if not again and await ports.kept.told(name) == digest:
        return
    try:
        for menu in wanted:
            await line.set_my_commands(menu.commands, menu.scope, menu.language or None)
    except TelegramError:
        log.warning("telegram.menu_not_set", exc_info=True)
        return
    await ports.units.commit((ports.kept.tell(name, digest),))


def _command(action: Action[...], language: str, extra: dict[str, Any]) -> BotCommand:
    said = translate(action.spec.summary, language)[:LONGEST]
    return BotCommand(action.spec.name, said, api_kwargs=extra)


def _digest(menus: list[Menu]) -> str:
    told = [
        (menu.scope.type, menu.language, [command.to_dict() for command in menu.commands])
        for menu in menus
    ]
    return sha256(json.dumps(told).encode()).hexdigest()
