"""Where things lie on disk: the data folder, paths as people write them, and places refused."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from bot.config.error import ConfigError, quoted


def data_folder(environ: Mapping[str, str]) -> Path:
    """Where this system keeps a program's data, for the person who runs it."""
    if sys.platform == "win32":
        local = environ.get("LOCALAPPDATA")
        return (Path(local) if local else _home(environ) / "AppData" / "Local") / "Homegroup"
    if sys.platform == "darwin":
        return _home(environ) / "Library" / "Application Support" / "Homegroup"
    shared = environ.get("XDG_DATA_HOME", "")
    if not os.path.isabs(shared):  # the XDG specification: a relative one is to be ignored
        return _home(environ) / ".local" / "share" / "homegroup"
    return Path(shared) / "homegroup"


def resolve(text: str, folder: Path, environ: Mapping[str, str]) -> Path:
    """The path that was meant: from `folder` on, `~` for the home folder; ValueError if none."""
    if not text or any(each < " " or each == "\x7f" for each in text):
        raise ValueError("not a path")
    first, _, rest = text.replace(os.sep, "/").partition("/")
    if first == "~":
        return _home(environ) / rest
    if first.startswith("~"):
        theirs = os.path.expanduser(first)
        if theirs == first:
            raise ValueError("nobody has that name here")
        return Path(theirs) / rest
    return folder / text


def refuse_work_tree(path: Path) -> None:
    """ConfigError if the path, which need not exist, lies in a git work tree.

    Databases of meetings have been published by a commit before; the one sure place is outside."""
    if said := in_work_tree(path):
        raise ConfigError(f"{quoted(str(path))} {said}.")


def in_work_tree(path: Path) -> str | None:
    real = Path(os.path.realpath(path))
    for folder in (real, *real.parents):
        if os.path.lexists(folder / ".git"):
            return (
                f"lies in the git work tree {quoted(str(folder))}; choose a folder outside it,"
                " because one commit would publish it"
            )
    return None


def _home(environ: Mapping[str, str]) -> Path:
    given = environ.get("USERPROFILE" if sys.platform == "win32" else "HOME")
    if given:
        return Path(given)
    try:
        return Path.home()
    except RuntimeError:
        raise ValueError("there is no home folder") from None
