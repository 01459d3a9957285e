"""config.toml and the environment into one frozen Config, or one sentence: what is wrong where."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

from msgspec.structs import fields

from bot.config.checks import fit
from bot.config.error import ConfigError, quoted
from bot.config.given import Given, Wrong, in_environment, in_file
from bot.config.places import data_folder, in_work_tree, refuse_work_tree
from bot.config.settings import BY_TOKEN, SECTIONS, Config
from bot.config.source import read
from bot.config.tokens import tokens

__all__ = ["Config", "ConfigError", "data_folder", "load", "refuse_work_tree"]

FILES = (
    "database.file",
    "keys.file",
    "keys.store",
    *(f"{door}.token_file" for door in BY_TOKEN),
)
KEYS = ("keys.file", "keys.store", "keys.copies")
LAST = (2, 0)  # the order of what no line and no variable is to blame for


def load(path: Path | None, environ: Mapping[str, str]) -> Config:
    """All settings: the defaults, then the file (if one is named), then HOMEGROUP__… variables.

    Paths are relative to the file's folder (without a file, to the working folder). ConfigError
    names the first thing that is wrong in the file, then in the environment. Nothing is made."""
    folder = path.absolute().parent if path else Path.cwd()
    found = [*(in_file(read(path)) if path else ()), *in_environment(environ, folder)]
    wrong = [each for each in found if isinstance(each, Wrong)]
    givens = {each.path: each for each in found if isinstance(each, Given)}
    values: dict[tuple[str, ...], Any] = {}
    for each in found:
        if isinstance(each, Given):
            try:
                values[each.path] = fit(each, folder, environ)
            except ValueError as error:
                wrong.append(Wrong(each.order, f"{each.where}: {error}"))
    try:
        config = _config(values, environ)
        wrong += _misplaced(config, givens)
        config = tokens(config, givens, wrong)
    except ValueError as error:
        wrong.append(Wrong(LAST, f"{error}; set data to a folder."))
    if wrong:
        raise ConfigError(min(wrong, key=lambda each: each.order).sentence)
    return config


def _config(values: Mapping[tuple[str, ...], Any], environ: Mapping[str, str]) -> Config:
    """What was given, and the defaults; ValueError if there is no place for the data folder."""
    data = values.get(("data",)) or data_folder(environ)
    parts: dict[str, Any] = {path[0]: value for path, value in values.items() if len(path) == 1}
    for section, struct in SECTIONS.items():
        inside = {
            field.name: data / field.default if isinstance(field.default, Path) else field.default
            for field in fields(struct)
        }
        inside |= {path[1]: value for path, value in values.items() if path[0] == section}
        parts[section] = struct(**inside)
    return Config(**parts | {"data": data})


def _misplaced(config: Config, givens: Mapping[tuple[str, ...], Given]) -> Iterator[Wrong]:
    """Paths that are well written, and would let a secret out or one file overwrite another."""
    paths = {name: _path(config, name) for name in (*FILES, "keys.copies", "backup.folder")}
    for name, path in paths.items():
        if said := in_work_tree(path):
            yield _wrong(givens, f"{name} ({quoted(str(path))}) {said}.", name)
    for name in KEYS:
        if paths[name].is_relative_to(paths["backup.folder"]):
            said = f"{name} lies in backup.folder; whoever finds both can read the backups."
            yield _wrong(givens, said, name, "backup.folder")
    for one, other in combinations(FILES, 2):
        if paths[one] == paths[other]:
            yield _wrong(givens, f"{one} and {other} are the same file.", other, one)


def _path(config: Config, name: str) -> Path:
    section, key = name.split(".")
    return Path(os.path.realpath(getattr(getattr(config, section), key)))


def _wrong(givens: Mapping[tuple[str, ...], Given], said: str, *names: str) -> Wrong:
    """Said of the first of these settings that was given, or else of the data folder."""
    for path in (*(tuple(name.split(".")) for name in names), ("data",)):
        if given := givens.get(path):
            return Wrong(given.order, f"{given.where}: {said}")
    return Wrong(LAST, said)
