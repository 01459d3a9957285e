"""Looks for what is missing or wrong, and says in plain words how to mend it."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path

from bot.config import Config
from bot.control import Refused, ask
from bot.locks import Held, hold
from storage.engine import CannotUse

LOW = 500 * 1024 * 1024
"""Bytes of disk below which it says so: a backup needs as much as the database once more."""
STALE = timedelta(days=2)
"""Age of the newest backup after which it says so."""
BUILT = datetime(2026, 1, 1, tzinfo=UTC)
"""No clock that is right shows less."""


class Mark(Enum):
    FINE = "ok"
    NOTE = "note"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    mark: Mark
    sentence: str
    mend: str = ""
    """What to do, where there is something to do."""


WHOLE = Finding(Mark.FINE, "The database opens and is whole.")
TROUBLES = (
    (
        "resting",
        "Due, and failed five times: {n}. They rest.",
        "The log says where (clock.call_failed); a newer version may mend it and tries again.",
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
    """Everything that can be looked at from here, whether the server runs or not. Changes
    nothing."""
    found = [*_folder(config), *_clock(), *_disk(config), *_key(config, environ)]
    found += await _database(config, environ)
    return [*found, *_address(config), *_backups(config)]


def _folder(config: Config) -> Iterator[Finding]:
    if not config.data.exists():
        yield Finding(
            Mark.NOTE, f"There is nothing in {config.data} yet; `homegroup run` makes it."
        )
    elif _open_to_others(config.data):
        yield Finding(
            Mark.BROKEN, f"Others can look into {config.data}.", f"chmod 700 {config.data}"
        )
    else:
        yield Finding(Mark.FINE, f"The data folder is {config.data}.")


def _clock() -> Iterator[Finding]:
    now = datetime.now(UTC)
    if now < BUILT:
        yield Finding(
            Mark.BROKEN,
            f"The clock of this machine says {now:%Y-%m-%d}; meetings would come at a wrong time.",
            "Set the clock, or let the system keep it: timedatectl set-ntp true",
        )
    else:
        yield Finding(Mark.FINE, f"The clock says {now:%Y-%m-%d %H:%M} UTC.")


def _disk(config: Config) -> Iterator[Finding]:
    there = next(p for p in (config.database.file, *config.database.file.parents) if p.exists())
    free = shutil.disk_usage(there).free
    said = f"{free // 1024**2} MiB are free on the disk."
    if free < LOW:
        yield Finding(Mark.BROKEN, said, "Make room: a full disk keeps nothing that people write.")
    else:
        yield Finding(Mark.FINE, said)


def _key(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    if environ.get("HOMEGROUP_KEY") or environ.get("HOMEGROUP_KEY_FILE"):
        yield Finding(Mark.FINE, "The instance key comes from the environment.")
        return
    if not config.keys.file.exists():
        return
    for file in (config.keys.file, config.keys.store):
        if file.exists() and _open_to_others(file):
            yield Finding(Mark.BROKEN, f"Others can read {file}.", f"chmod 600 {file}")
        else:
            yield Finding(Mark.FINE, f"{file} is for you alone. Keep a copy of it elsewhere.")


async def _database(config: Config, environ: Mapping[str, str]) -> list[Finding]:
    """Through the server where one runs, which alone may write; else by opening it to read."""
    from bot.cellar import look, socket_of

    if not config.database.file.exists():
        return []
    try:
        told = ask(socket_of(config), "status", lambda done, all: None)
        if not told["open"]:
            return [_cannot(str(told["why"]), running=True)]
        counts = told
    except Refused as refusal:
        return [Finding(Mark.BROKEN, str(refusal))]
    except OSError:
        try:
            with hold(config.data / "homegroup.lock"):
                await look(config, environ)
        except Held:
            return [Finding(Mark.NOTE, "A server is running, and does not answer here.")]
        except CannotUse as trouble:
            return [_cannot(str(trouble), running=False)]
        except OSError as trouble:
            return [Finding(Mark.BROKEN, f"{trouble.filename}: {trouble.strerror}.")]
        return [WHOLE, Finding(Mark.NOTE, "No server is running.", "Start it: homegroup run")]
    return [WHOLE, Finding(Mark.FINE, "The server is running."), *_work(counts)]


def _cannot(why: str, *, running: bool) -> Finding:
    answered = " Meanwhile the server answers /now, and nothing else." if running else ""
    return Finding(Mark.BROKEN, f"The database cannot be used. {why}{answered}")


def _work(counts: Mapping[str, object]) -> Iterator[Finding]:
    """What the server could not do, and what there is to be done about it."""
    for name, said, mend in TROUBLES:
        if count := counts.get(name):
            yield Finding(Mark.NOTE, said.format(n=count), mend)


def _address(config: Config) -> Iterator[Finding]:
    if config.web.enabled and not config.web.public_url:
        yield Finding(
            Mark.NOTE,
            "web.public_url is empty, so links that people are given open on this machine only.",
            "Set it to the address under which people reach the web room.",
        )


def _backups(config: Config) -> Iterator[Finding]:
    made = sorted(config.backup.folder.glob("homegroup-*.db"), key=lambda f: f.stat().st_mtime)
    if not made:
        if config.database.file.exists():
            yield Finding(Mark.NOTE, "There is no backup.", "Make one: homegroup backup")
        return
    age = datetime.now(UTC) - datetime.fromtimestamp(made[-1].stat().st_mtime, UTC)
    said = f"The newest backup is {age.days} days old."
    if age > STALE:
        yield Finding(Mark.NOTE, said, "Make one each day: homegroup backup, from cron or a timer.")
    else:
        yield Finding(Mark.FINE, f"The newest backup is {age // timedelta(hours=1)} hours old.")


def _open_to_others(path: Path) -> bool:
    return os.name == "posix" and bool(stat.S_IMODE(path.stat().st_mode) & 0o077)
