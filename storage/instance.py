"""The instance key: the one secret of a host, from the environment or from a file of its own."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from storage.engine import CannotUse
from storage.files import flush_folder

GONE = (
    "The key file {file} is not there, but keys that it opens are. Put it back from where you"
    " keep a copy of it; a new one would open nothing."
)
ABSENT = "The key file {file} is not there."
OPEN = "Others on this machine can read the key file {file}. Close it: chmod 600 {file}"
UNREADABLE = "The key file {file} cannot be read. Look at its rights and its folder."
NO_KEY = "{file} holds no key: 64 hexadecimal digits were expected."


def read_instance_key(
    path: Path, environ: Mapping[str, str], store: Path | None = None, *, create: bool = True
) -> bytes:
    """32 bytes, from HOMEGROUP_KEY, else the file HOMEGROUP_KEY_FILE names, else `path`.

    Only `path` is made when it is absent, and only while there is no `store`, which is the
    keys.db beside it if none is given; with `create=False` not even then. Raises CannotUse.
    """
    if given := environ.get("HOMEGROUP_KEY"):
        return _parse(given, "HOMEGROUP_KEY")
    if named := environ.get("HOMEGROUP_KEY_FILE"):
        if not Path(named).exists():
            raise CannotUse("wrong_key", ABSENT, file=named)
        return _read(Path(named))
    if not path.exists():
        if (store or path.with_name("keys.db")).exists():
            raise CannotUse("wrong_key", GONE, file=str(path))
        if not create:
            raise CannotUse("wrong_key", ABSENT, file=str(path))
        _make(path)
    return _read(path)


def _read(path: Path) -> bytes:
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise CannotUse("open_key", OPEN, file=str(path))
        return _parse(path.read_text("ascii", errors="replace"), str(path))
    except OSError as error:
        raise CannotUse("wrong_key", UNREADABLE, file=str(path)) from error


def _parse(text: str, where: str) -> bytes:
    if not re.fullmatch("[0-9a-fA-F]{64}", text.strip()):
        raise CannotUse("wrong_key", NO_KEY, file=where)
    return bytes.fromhex(text.strip())


def _make(path: Path) -> None:
    """Whole or not at all, and on the disk before anything is locked with it."""
    new = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        new.unlink(missing_ok=True)
        with open(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
        flush_folder(path.parent)
    except OSError as error:
        raise CannotUse("wrong_key", UNREADABLE, file=str(path)) from error
