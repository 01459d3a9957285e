"""Looks for what is missing or wrong, and says in plain words how to mend it."""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

from bot.cellar import lock_of, look, sentence, socket_of
from bot.config import Config
from bot.control import Refused, ask
from bot.locks import is_held
from storage.engine import CannotUse
from storage.files import dated, stamp
from storage.keys import COPIES

LOW = 500 * 1024 * 1024
"""Bytes of disk below which it says so: a backup needs as much as the database once more."""
STALE = timedelta(days=2)
"""Age of the newest backup after which it says so."""
BUILT = datetime(2026, 1, 1, tzinfo=UTC)
"""No clock that is right shows less."""
PATIENCE = 60.0
"""Seconds that a server is given to look through its database."""


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


Part = Callable[[Config, Mapping[str, str]], Iterable[Finding]]

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
    before: tuple[Part, ...] = (_folder, _clock, _disk, _keys)
    after: tuple[Part, ...] = (_address, _backups, _copies, _left)
    found = [each for part in before for each in _seen(part, config, environ)]
    found += await _database(config, environ)
    return found + [each for part in after for each in _seen(part, config, environ)]


def _seen(part: Part, config: Config, environ: Mapping[str, str]) -> list[Finding]:
    """What this user may not look at is broken for this user."""
    try:
        return [*part(config, environ)]
    except OSError as trouble:
        return [Finding(Mark.BROKEN, sentence(trouble), ANOTHER)]


def _folder(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    if not config.data.exists():
        yield Finding(
            Mark.NOTE, f"There is nothing in {config.data} yet; `homegroup run` makes it."
        )
    elif _open_to_others(config.data):
        yield Finding(Mark.NOTE, f"Others can look into {config.data}.", f"chmod 700 {config.data}")
    elif not os.access(config.data, os.W_OK | os.X_OK):
        yield Finding(
            Mark.BROKEN,
            f"Nothing can be written into {config.data}.",
            "Look at its rights and its disk, or look as the user who runs the server.",
        )
    else:
        yield Finding(Mark.FINE, f"The data folder is {config.data}.")


def _clock(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    now = datetime.now(UTC)
    if now < BUILT:
        yield Finding(
            Mark.BROKEN,
            f"The clock of this machine says {now:%Y-%m-%d}; meetings would come at a wrong time.",
            "Set the clock, or let the system keep it: timedatectl set-ntp true",
        )
    else:
        yield Finding(Mark.FINE, f"The clock says {now:%Y-%m-%d %H:%M} UTC.")


def _disk(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    there = next(p for p in (config.database.file, *config.database.file.parents) if p.exists())
    free = shutil.disk_usage(there).free
    said = f"{free // 1024**2} MiB are free on the disk."
    if free < LOW:
        yield Finding(Mark.BROKEN, said, "Make room: a full disk keeps nothing that people write.")
    else:
        yield Finding(Mark.FINE, said)


def _keys(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    files = [config.keys.file, config.keys.store]
    if environ.get("HOMEGROUP_KEY"):
        yield Finding(Mark.FINE, "The instance key comes from the environment.")
        del files[0]
    elif named := environ.get("HOMEGROUP_KEY_FILE"):
        files[0] = Path(named)
    for file in (file for file in files if file.exists()):
        if _open_to_others(file):
            yield Finding(Mark.BROKEN, f"Others can read {file}.", f"chmod 600 {file}")
        else:
            yield Finding(Mark.FINE, f"{file} is for you alone. Keep a copy of it elsewhere.")


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
    except (CannotUse, OSError) as trouble:
        return [Finding(Mark.BROKEN, sentence(trouble))]


def _server(config: Config) -> Iterator[Finding]:
    try:
        running = any(is_held(file) for file in lock_of(config).files)
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


def _address(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    if config.web.enabled and not config.web.public_url:
        yield Finding(
            Mark.NOTE,
            "web.public_url is empty, so links that people are given open on this machine only.",
            "Set it to the address under which people reach the web room.",
        )
    if not config.database.cipher:
        yield Finding(
            Mark.NOTE,
            "database.cipher is false: who finds the file can see who belongs to which group.",
            "Where sqlcipher3 can be installed, start anew with it.",
        )


def _backups(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    ages = [age for file in dated(config.backup.folder, "homegroup") if (age := _age(file))]
    if not ages:
        if config.database.file.exists():
            yield Finding(Mark.NOTE, "There is no backup.", "Make one: homegroup backup")
    elif min(ages) > STALE:
        said = f"The newest backup is {min(ages).days} days old."
        yield Finding(Mark.NOTE, said, "Make one each day: homegroup backup, from cron or a timer.")
    else:
        hours = min(ages) // timedelta(hours=1)
        yield Finding(Mark.FINE, f"The newest backup is {hours} hours old.")


def _copies(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    """They end while the server runs. Where it does not, what was forgotten can be brought back
    for longer than people were told."""
    files = dated(config.keys.copies, "keys")
    if old := sum((_age(file) or COPIES) > COPIES for file in files):
        yield Finding(
            Mark.NOTE,
            f"Copies of the keys that are over 7 days old: {old}.",
            f"The server deletes them while it runs; else do so in {config.keys.copies}.",
        )


def _left(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    file = config.database.file
    left = [*file.parent.glob(f"{file.name}.before-*"), *file.parent.glob(f"{file.name}.restoring")]
    if left:
        yield Finding(
            Mark.NOTE,
            f"Left from an earlier restore: {', '.join(sorted(each.name for each in left))}.",
            f"When all is well, delete them in {file.parent}.",
        )


def _age(file: Path) -> timedelta | None:
    made = stamp(file)
    return datetime.now(UTC) - made if made else None


def _open_to_others(path: Path) -> bool:
    return os.name == "posix" and bool(stat.S_IMODE(path.stat().st_mode) & 0o077)
