"""The files of a house: who may read them, how old the copies are, and what was left lying."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.config import Config
from bot.doctor.finding import Finding, Mark
from storage.engine import CannotUse
from storage.files import dated, stamp
from storage.instance import read_instance_key
from storage.keys import COPIES, Keys

STALE = timedelta(days=2)
"""Age of the newest backup after which it says so."""
INSTANCE = "instance.key"


def folder(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    data = config.data
    if not data.exists():
        yield _not_yet(data)
    elif not data.is_dir():
        yield Finding(
            Mark.BROKEN,
            f"{data} is a file, and a folder is needed there.",
            "Set data to the path of a folder, or put that file somewhere else.",
        )
    elif _open_to_others(data):
        yield Finding(Mark.NOTE, f"Others can look into {data}.", f"chmod 700 {data}")
    elif not os.access(data, os.W_OK | os.X_OK):
        yield Finding(
            Mark.BROKEN,
            f"Nothing can be written into {data}.",
            "Look at its rights and its disk, or look as the user who runs the server.",
        )
    else:
        yield Finding(Mark.FINE, f"The data folder is {data}.")


def _not_yet(data: Path) -> Finding:
    there = next(each for each in data.parents if each.exists())
    if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
        return Finding(Mark.NOTE, f"{data} is not there yet; `homegroup run` makes it.")
    return Finding(
        Mark.BROKEN,
        f"{data} is not there, and this user cannot make it in {there}.",
        "Set data to a folder of yours, or make it and chown it to the user who runs the server.",
    )


def keys(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    files = [config.keys.file, config.keys.store]
    if environ.get("HOMEGROUP_KEY"):
        yield Finding(Mark.FINE, "The instance key comes from the environment.")
        del files[0]
    elif named := environ.get("HOMEGROUP_KEY_FILE"):
        files[0] = Path(named)
    for file in (file for file in files if file.exists()):
        if _open_to_others(file):
            yield Finding(Mark.BROKEN, f"Others can read {file}.", f"chmod 600 {file}")
        elif (
            file == config.keys.store
        ):  # a copy of it that stays is a way back to who was forgotten
            yield Finding(Mark.FINE, f"{file} is for you alone.")
        else:
            yield Finding(Mark.FINE, f"{file} is for you alone. Keep a copy of it elsewhere.")


def rights(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Of everything else that lies in these folders. What holds keys is worse to be read."""
    file, store = config.database.file, config.keys.store
    folders = {store.parent, config.keys.copies, config.backup.folder, file.parent}
    for each in sorted(each for each in folders - {config.data} if each.exists()):
        if _open_to_others(each):
            yield Finding(Mark.NOTE, f"Others can look into {each}.", f"chmod 700 {each}")
    copies = dated(config.keys.copies, "keys")
    data = [*file.parent.glob(f"{file.name}*"), *dated(config.backup.folder, "homegroup")]
    for each in sorted({*copies, *store.parent.glob(f"{store.name}-*"), *data}):
        if _open_to_others(each):
            mark = Mark.NOTE if each in data else Mark.BROKEN
            yield Finding(mark, f"Others can read {each}.", f"chmod 600 {each}")
    if strange := [
        each for each in (file, store, *data, *copies) if _of_another(each, config.data)
    ]:
        names = ", ".join(sorted({each.name for each in strange}))
        yield Finding(
            Mark.NOTE,
            f"These belong to another user than {config.data} does: {names}.",
            "Run every homegroup command as the user who runs the server, and chown them to it.",
        )


def backups(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
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


def copies(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    """They end while the server runs. Where it does not, what was forgotten can be brought back
    for longer than people were told."""
    files = dated(config.keys.copies, "keys")
    if old := sum((_age(file) or COPIES) > COPIES for file in files):
        yield Finding(
            Mark.NOTE,
            f"Copies of the keys that are over 7 days old: {old}.",
            f"The server deletes them while it runs; else do so in {config.keys.copies}.",
        )
    if files:
        yield _newest(files[-1], config, environ)
    elif config.keys.store.exists():
        yield Finding(
            Mark.NOTE,
            f"There is no copy of {config.keys.store.name}. If that is lost, nothing can be read.",
            "Make one, with a backup: homegroup backup",
        )
    yield from _apart(config)


def left(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    file = config.database.file
    found = [
        *file.parent.glob(f"{file.name}.before-*"),
        *file.parent.glob(f"{file.name}.restoring"),
    ]
    if found:
        yield Finding(
            Mark.NOTE,
            f"Left from an earlier restore: {', '.join(sorted(each.name for each in found))}.",
            f"When all is well, delete them in {file.parent}.",
        )


def _newest(file: Path, config: Config, environ: Mapping[str, str]) -> Finding:
    """Whether the newest copy of the keys can be opened, and its age."""
    where = config.keys
    try:
        instance = read_instance_key(where.file, environ, where.store, create=False)
        Keys(file, instance).look()
    except (CannotUse, OSError):
        said = f"{file.name}, the newest copy of the keys, cannot be opened with the instance key."
        return Finding(Mark.BROKEN, said, "Make another: homegroup backup")
    age = _age(file) or timedelta()
    if age > STALE:
        said = f"The newest copy of the keys is {age.days} days old."
        return Finding(
            Mark.NOTE, said, "Make one each day: homegroup backup, from cron or a timer."
        )
    hours = age // timedelta(hours=1)
    return Finding(Mark.FINE, f"The newest copy of the keys is {hours} hours old, and opens.")


def _apart(config: Config) -> Iterator[Finding]:
    """Who has a backup and the keys reads everything, and who was forgotten is in it."""
    backup, kept = config.backup.folder.resolve(), config.keys.copies.resolve()
    if backup.is_relative_to(kept):
        yield Finding(
            Mark.NOTE,
            f"Backups lie among the copies of the keys, in {kept}: together they open everything.",
            "Set backup.folder to another folder, and take the two to different places.",
        )
    elif found := [*dated(backup, "keys"), *backup.glob(INSTANCE)]:
        yield Finding(
            Mark.NOTE,
            f"Keys lie among the backups: {', '.join(each.name for each in found)}.",
            f"Take them out of {backup}: together they open everything.",
        )


def _age(file: Path) -> timedelta | None:
    made = stamp(file)
    return datetime.now(UTC) - made if made else None


def _open_to_others(path: Path) -> bool:
    return os.name == "posix" and bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def _of_another(file: Path, folder: Path) -> bool:
    return file.exists() and folder.exists() and file.stat().st_uid != folder.stat().st_uid
