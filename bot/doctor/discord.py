"""The Discord door, as far as it can be looked at from here: token, intents, permissions, clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.config import Config
from bot.doctor.finding import Finding, Mark

if TYPE_CHECKING:
    from bot.platforms.discord.checkup import Checkup

FAR = timedelta(seconds=30)
"""A clock that is further off than that sends times that are wrong by as much as one can see."""
STEPS = "docs/discord.md says where."
FIX = "homegroup doctor --fix"
SWITCHES = {"members": "Server Members Intent", "message_content": "Message Content Intent"}


async def fix(config: Config) -> None:
    """Set the install link and the description."""
    if config.discord.token:
        from bot.platforms.discord.checkup import Refused, mend

        with suppress(Refused, OSError):
            await mend(config.discord)


async def discord(config: Config) -> list[Finding]:
    """Nothing, where there is no token and no file named for it."""
    if not config.discord.token:
        return [*_without(config)]
    from bot.platforms.discord.checkup import Refused, look

    try:
        return [*_found(config, await look(config.discord)), *_private(config)]
    except Refused:
        return [
            Finding(
                Mark.BROKEN,
                "Discord does not take the token.",
                "Make a new one under Bot, Reset Token, and put it where the old one was.",
            )
        ]
    except OSError:
        said = "Discord cannot be reached from here, or does not answer as it should."
        return [
            Finding(Mark.NOTE, said, "Look again later; see whether a browser here reaches it.")
        ]


def _servers(n: int) -> str:
    return "one server" if n == 1 else f"{n} servers"


def _without(config: Config) -> Iterator[Finding]:
    file = config.discord.token_file
    with suppress(PermissionError):  # whose folder it is, is said elsewhere
        if file.exists():
            yield Finding(Mark.NOTE, f"{file} is empty, so the Discord door stays shut.", STEPS)


def _found(config: Config, seen: Checkup) -> Iterator[Finding]:
    yield Finding(Mark.FINE, f"Discord takes the token. The bot is in {_servers(seen.servers)}.")
    if abs(seen.behind) > FAR:
        off = abs(seen.behind) // timedelta(seconds=1)
        yield Finding(
            Mark.BROKEN,
            f"The clock of this machine is {off} seconds off Discord's.",
            "Let the system keep it: timedatectl set-ntp true",
        )
    for option in seen.lacks_intents:
        yield Finding(
            Mark.BROKEN,
            f"discord.{option} is true, and Discord does not allow it.",
            f"Switch on Bot, Privileged Gateway Intents, {SWITCHES[option]}; or set it to false.",
        )
    if seen.elsewhere:
        yield Finding(
            Mark.BROKEN,
            "Discord sends commands to an address instead of to this program.",
            "Empty General Information, Interactions Endpoint URL.",
        )
    yield from _permissions(config, seen)


def _private(config: Config) -> Iterator[Finding]:
    if config.discord.private_entry == "web" and not (config.web.enabled and config.web.public_url):
        yield Finding(
            Mark.BROKEN,
            'discord.private_entry is "web", and the web room has no address: nothing private can'
            " be written by whoever comes from Discord.",
            "Set web.enabled and web.public_url.",
        )


def _permissions(config: Config, seen: Checkup) -> Iterator[Finding]:
    from bot.platforms.discord.permissions import invitation

    if not (seen.installs and seen.described):
        yield Finding(
            Mark.NOTE, "The install link or the description is not what it could be.", FIX
        )
    if seen.lacking:
        yield Finding(
            Mark.BROKEN,
            f"Servers in which the bot lacks a permission: {seen.lacking}.",
            "Open the link below once more for each, or type /doctor there.",
        )
    if seen.administrator:
        yield Finding(
            Mark.NOTE,
            f"Servers in which the bot may do everything: {seen.administrator}.",
            "Take Administrator away from its role: it needs a few permissions, and not that.",
        )
    yield Finding(Mark.FINE, f"Add it to a server: {invitation(seen.application)}")
