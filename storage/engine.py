"""The database engine: SQLCipher, or stock SQLite where that is declared and safe enough.

Nobody else imports sqlcipher3 or sqlite3, so that there is one place that knows which it is.
"""

from __future__ import annotations

import errno
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

try:
    import sqlcipher3.dbapi2 as cipher
except ImportError:  # no wheel for this machine
    cipher = None

Connection = sqlite3.Connection
"""What `connect` gives; the cipher's connection has the same methods."""

has_cipher = cipher is not None
"""Whether a database can be encrypted here at all."""

_MODULES = (sqlite3, cipher) if cipher else (sqlite3,)
DatabaseError: tuple[type[Exception], ...] = tuple(m.DatabaseError for m in _MODULES)
IntegrityError: tuple[type[Exception], ...] = tuple(m.IntegrityError for m in _MODULES)
OperationalError: tuple[type[Exception], ...] = tuple(m.OperationalError for m in _MODULES)

is_whole_statement = sqlite3.complete_statement

PAGE = 4096
"""Bytes in a page of SQLCipher's, and of SQLite's where nobody chose another."""
PLAIN = b"SQLite format 3\0"
"""How a file begins that is not encrypted."""
WAIT = 5.0
"""Seconds to wait for a lock that somebody else has."""
STATEMENTS = 256
"""Compiled statements that a connection keeps: the same few come again and again."""

WRITING = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "fullfsync = ON",  # what FULL means elsewhere, on a Mac
    "secure_delete = ON",
    "temp_store = MEMORY",
    "foreign_keys = ON",
)
READING = ("query_only = ON",)


class Row(Protocol):
    """A row that was read: its values, by the names of their columns or in their order."""

    def __getitem__(self, name: str, /) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...
    def keys(self) -> list[str]: ...


class CannotUse(Exception):
    """The database cannot be used as it is.

    `code` is stable and may be logged. str() is a sentence for whoever hosts, `message` with
    `values` filled in; like all that a terminal says it is English.
    """

    def __init__(self, code: str, message: str, **values: str | int) -> None:
        super().__init__(code)
        self.code, self.message, self.values = code, message, values

    def __str__(self) -> str:
        return self.message.format(**self.values)

    @property
    def sentence(self) -> str:
        return str(self)


def refers_to_nothing(error: Exception) -> bool:
    """Whether a row was refused because what it refers to is not there."""
    return "FOREIGN KEY" in str(error)  # the cipher's module names no finer code


def is_safe(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite is free of the defect that can damage a database in WAL mode.

    Versions 3.7.0 to 3.51.2 have it, except 3.44.6 and 3.50.7 and what followed them on their
    branches (https://sqlite.org/wal.html#walresetbug); older ones have no WAL.
    """
    mended = version[:2] in ((3, 44), (3, 50)) and version[2] >= (6 if version[1] == 44 else 7)
    return mended or version >= (3, 51, 3)


def require_safe(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> None:
    """Refuse a stock SQLite that could damage the database."""
    if not is_safe(version):
        raise CannotUse(
            "sqlite_too_old",
            "The SQLite of this Python is {version}, which can damage a database: install"
            " sqlcipher3 (pip install sqlcipher3), or a Python with SQLite 3.51.3 or newer.",
            version=".".join(map(str, version)),
        )


def described() -> str:
    """Which SQLite this is, for a host who reports a defect."""
    if cipher is None:
        return f"SQLite {sqlite3.sqlite_version} without encryption"
    return f"SQLite {cipher.sqlite_version} with SQLCipher"


def is_plain(path: Path) -> bool:
    """Whether the file is a database that anybody can read; it may not be open in this process,
    whose locks on it would be lost."""
    return _header(path) == PLAIN


def connect(path: Path, key: str | None, *, write: bool = True) -> Connection:
    """A connection with our settings, to a file that has been found usable. Belongs to the
    thread that made it. Without `write` it leaves the file and its log as they are.

    `key` is 64 hexadecimal digits, used as they are, or None for stock SQLite. A file that is
    not there is made, for its owner's eyes only, unless `write` is False. Raises CannotUse.
    """
    if write:
        make(path)
    with refusing(path, key):
        if not path.exists():
            raise CannotUse("missing", MISSING, file=str(path))
        if 0 < path.stat().st_size < PAGE:  # SQLite would take it for new, and write over it
            raise CannotUse("corrupt", DAMAGED, file=str(path))
    db = bare(path, key, "rw" if write or not _has_log(path) else "ro")
    try:
        with refusing(path, key):
            db.execute("SELECT count(*) FROM sqlite_master").fetchall()
            for pragma in WRITING if write else READING:
                db.execute(f"PRAGMA {pragma}").fetchall()
    except BaseException:
        db.close()
        raise
    return db


def bare(path: Path, key: str | None, mode: str = "rw") -> Connection:
    """A connection to a file that is there, whatever it holds, with no settings of ours."""
    if key is not None and not re.fullmatch("[0-9a-fA-F]{64}", key):
        raise ValueError("a key is 64 hexadecimal digits")
    if key is not None and cipher is None:
        raise CannotUse("missing_cipher", NO_CIPHER, file=str(path))
    module = sqlite3 if key is None else cipher
    with refusing(path, key):
        db: Connection = module.connect(
            f"{path.resolve().as_uri()}?mode={mode}",
            uri=True,
            isolation_level=None,
            timeout=WAIT,
            cached_statements=STATEMENTS,
        )
    db.row_factory = module.Row
    if key is not None:
        db.execute("PRAGMA cipher_log_level = NONE").fetchall()  # it would write to stderr
        db.execute(f"PRAGMA key = \"x'{key}'\"").fetchall()
    return db


def make(path: Path) -> None:
    """An empty file is a database without tables; made here, it is for our eyes from the start.

    A file that is there is not touched: to close it again would undo the locks that SQLite holds
    on it in this process (https://sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled).
    """
    with refusing(path, None):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


@contextmanager
def refusing(path: Path, key: str | None) -> Iterator[None]:
    """Tell what comes from the file, and not from a statement, in words for the host."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        stable, message = ("disk_full", FULL) if full else ("unreadable", UNREADABLE)
        raise CannotUse(stable, message, file=str(path)) from error
    except DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_NOTADB:
            raise _not_ours(path, key) from error
        if code not in _CODES:
            raise
        stable, message = _CODES[code]
        raise CannotUse(stable, message, file=str(path)) from error


MISSING = "The database {file} is not there. Put it back, or restore a backup: homegroup restore."
DAMAGED = "The database {file} is damaged. Restore a backup: homegroup restore."
LOCKED = "Another program is using the database {file}. Stop it, then start again."
FULL = "The disk that holds the database {file} is full. Make room, then start again."
UNREADABLE = "The database {file} cannot be opened. Look at its folder, its rights and its disk."
WRONG_KEY = (
    "The key does not open the database {file}, or the file is damaged. Put back the key that"
    " belongs to it, or restore a backup: homegroup restore."
)
NOT_ENCRYPTED = "The database {file} is not encrypted, but a key was given for it."
ENCRYPTED = (
    "The database {file} is encrypted, or damaged, but no key is used. Set database.cipher to"
    " true, or restore a backup: homegroup restore."
)
NO_CIPHER = (
    "The package sqlcipher3 is missing, and without it the database {file} cannot be read."
    " Install it: pip install sqlcipher3."
)

_CODES = {
    sqlite3.SQLITE_CORRUPT: ("corrupt", DAMAGED),
    sqlite3.SQLITE_BUSY: ("locked", LOCKED),
    sqlite3.SQLITE_LOCKED: ("locked", LOCKED),
    sqlite3.SQLITE_FULL: ("disk_full", FULL),
    sqlite3.SQLITE_CANTOPEN: ("unreadable", UNREADABLE),
    sqlite3.SQLITE_PERM: ("unreadable", UNREADABLE),
    sqlite3.SQLITE_READONLY: ("unreadable", UNREADABLE),
    sqlite3.SQLITE_IOERR: ("unreadable", UNREADABLE),
}


def _not_ours(path: Path, key: str | None) -> CannotUse:
    """With the wrong key an encrypted file is noise, as is a file that is no database."""
    if key and is_plain(path):
        return CannotUse("not_encrypted", NOT_ENCRYPTED, file=str(path))
    if path.stat().st_size % PAGE == 0:
        code, message = ("wrong_key", WRONG_KEY) if key else ("encrypted", ENCRYPTED)
        return CannotUse(code, message, file=str(path))
    return CannotUse("corrupt", DAMAGED, file=str(path))


def _has_log(path: Path) -> bool:
    """Whoever closes a file last folds its log into it, unless they may only read; and who may
    only read leaves an empty log where there was none."""
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0


def _header(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(len(PLAIN))
    except OSError:
        return b""
