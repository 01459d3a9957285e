"""Looks for what is missing or wrong, and says in plain words how to mend it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

from bot.cellar import lock_of, look, sentence, socket_of
from bot.config import Config
from bot.control import Refused, ask
from bot.doctor.address import address
from bot.doctor.discord import discord
from bot.doctor.discord import fix as fix_discord
from bot.doctor.files import backups, copies, folder, keys, left, rights
from bot.doctor.finding import Finding, Mark, Part
from bot.doctor.machine import clock, disks, zones
from bot.doctor.readings import readings
from bot.doctor.telegram import fix as fix_telegram
from bot.doctor.telegram import telegram
from bot.locks import is_held
from storage.engine import CannotUse

__all__ = ["Finding", "Mark", "examine", "fix"]

PATIENCE = 60.0
"""Seconds that a server is given to look through its database."""

ANOTHER = "Look as the user who runs the server."
WHOLE = Finding(Mark.FINE, "The database opens and is whole.")
TROUBLES = (
    (
        "resting",
        "Due, and failed five times: {n}. They rest.",
        "The log says where (clock.call_failed). Each start tries them again.",
    ),
    (
        "undelivered",
        "Not delivered in the last day: {n}.",
        "Somebody may have closed their messages, or a door was shut; nobody is told why.",
    ),
    (
        "given_up",
        "Came in, and could not be read: {n}.",
        "The log says where (inbox.update_failed).",
    ),
)


async def examine(config: Config, environ: Mapping[str, str]) -> list[Finding]:
    """Everything that can be looked at from here, whether the server runs or not. Makes and
    changes nothing."""
    before: tuple[Part, ...] = (folder, clock, zones, disks, keys, rights)
    after: tuple[Part, ...] = (address, readings, backups, copies, left)
    found = [each for part in before for each in _seen(part, config, environ)]
    found += await _database(config, environ)
    found += await discord(config)
    found += await telegram(config)
    return found + [each for part in after for each in _seen(part, config, environ)]


async def fix(config: Config) -> None:
    """What can be set on the platforms from here; what cannot is found by looking afterwards."""
    await fix_discord(config)
    await fix_telegram(config)


def _seen(part: Part, config: Config, environ: Mapping[str, str]) -> list[Finding]:
    """What this user may not look at is broken for this user."""
    try:
        return [*part(config, environ)]
    except OSError as trouble:
        return [Finding(Mark.BROKEN, sentence(trouble), ANOTHER)]


async def _database(config: Config, environ: Mapping[str, str]) -> list[Finding]:
    """Through the server where one answers, which alone may write; else by reading it."""
    try:
        told = await asyncio.to_thread(
            ask, socket_of(config), "status", {}, lambda done, all: None, PATIENCE
        )
    except Refused as refusal:
        return [Finding(Mark.BROKEN, str(refusal))]
    except OSError:
        return [*await _looked(config, environ), *_server(config)]
    if not told["open"]:
        answered = "Meanwhile the server answers /now, and nothing else."
        return [Finding(Mark.BROKEN, f"{told['why']} {answered}")]
    if "why" in told:
        mend = "Stop the server and restore a backup: homegroup restore FILE"
        return [Finding(Mark.BROKEN, f"{told['why']} The server is still using it.", mend)]
    shut = [Finding(Mark.BROKEN, said) for said in told.get("shut", ())]
    return [WHOLE, Finding(Mark.FINE, "The server is running."), *shut, *_work(told)]


async def _looked(config: Config, environ: Mapping[str, str]) -> list[Finding]:
    try:
        if not (config.database.file.exists() or config.keys.store.exists()):
            return []
        await look(config, environ)
        return [WHOLE] if config.database.file.exists() else []
    except NotADirectoryError:  # said of the folder already
        return []
    except (CannotUse, OSError) as trouble:
        return [Finding(Mark.BROKEN, sentence(trouble))]


def _server(config: Config) -> Iterator[Finding]:
    try:
        running = any(is_held(file) for file in lock_of(config).files)
    except NotADirectoryError:
        return
    except OSError as trouble:
        yield Finding(Mark.BROKEN, sentence(trouble), ANOTHER)
        return
    if running:
        yield Finding(Mark.NOTE, "A server is running, and does not answer here.")
    else:
        yield Finding(Mark.NOTE, "No server is running.", "Start it: homegroup run")


def _work(counts: Mapping[str, Any]) -> Iterator[Finding]:
    """What the server could not do, and what there is to be done about it."""
    for name, said, mend in TROUBLES:
        if count := counts.get(name):
            yield Finding(Mark.NOTE, said.format(n=count), mend)
