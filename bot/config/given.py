"""What was given, and by which line or variable: read from a file or the environment, unchecked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.config.error import near, quoted
from bot.config.settings import KINDS, SECTIONS
from bot.config.source import Source

PREFIX = "HOMEGROUP__"
INSTANCE_KEY = ("HOMEGROUP_KEY", "HOMEGROUP_KEY_FILE")  # read where keys are, named here as a hint
MOST_BYTES = 65_536  # of a file that holds one value


@dataclass(frozen=True, slots=True)
class Given:
    """One value. `order` is its place among all that was given: the file first, line by line."""

    path: tuple[str, ...]
    raw: object
    where: str
    order: tuple[int, int]
    as_text: bool = False  # from the environment: a number or yes/no comes as text
    secret: bool = False  # from a file of its own: it is not repeated in a sentence

    @property
    def name(self) -> str:
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that was set wrongly, and where it stands among the settings."""

    order: tuple[int, int]
    sentence: str


def in_file(source: Source) -> Iterator[Given | Wrong]:
    for key, value in source.tree.items():
        if key not in SECTIONS:
            yield _one(source, (key,), value)
        elif isinstance(value, dict):
            for inner, setting in value.items():
                yield _one(source, (key, inner), setting)
        else:
            said = f"{quoted(key)} is a section; write [{key}] on a line of its own."
            yield _wrong(source, (key,), said)


def in_environment(environ: Mapping[str, str], folder: Path) -> Iterator[Given | Wrong]:
    """HOMEGROUP__WEB__PORT=9000 sets web.port; HOMEGROUP__WEB__PORT_FILE names a file with it."""
    direct = {PREFIX + "__".join(path).upper(): path for path in KINDS}
    by_file = {f"{name}_FILE": path for name, path in direct.items()}
    ours = sorted(name for name in environ if name.startswith(PREFIX))
    for number, name in enumerate(ours):
        order = (1, number)
        if name in direct:
            yield Given(direct[name], environ[name], name, order, as_text=True)
        elif name not in by_file:
            meant = near(name, [*direct, *by_file, *INSTANCE_KEY])
            hint = f"; did you mean {meant}?" if meant else "; config.example.toml has them all."
            yield Wrong(order, f"{name} is not a setting{hint}")
        elif (plain := name.removesuffix("_FILE")) in environ:
            yield Wrong(order, f"{name} and {plain} are both set; keep one of them.")
        else:
            yield _from_file(by_file[name], name, folder / environ[name], order)


def _from_file(
    path: tuple[str, ...], name: str, file: Path, order: tuple[int, int]
) -> Given | Wrong:
    try:
        with file.open("rb") as opened:
            text = opened.read(MOST_BYTES).decode()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "not UTF-8 text"
        return Wrong(order, f"{name}: {quoted(str(file))} cannot be read ({why.lower()}).")
    text = text.removesuffix("\n").removesuffix("\r")
    return Given(path, text, name, order, as_text=True, secret=True)


def _one(source: Source, path: tuple[str, ...], value: object) -> Given | Wrong:
    if path in KINDS:
        offset = source.at[path]
        return Given(path, value, source.line(offset), (0, offset))
    return _wrong(source, path, _unknown(path))


def _unknown(path: tuple[str, ...]) -> str:
    *section, key = path
    place = f"of [{section[0]}]" if section else "at the top of the file"
    said = f"{quoted(key)} is not a key {place}"
    homes = [f"[{known[0]}]" for known in KINDS if known[1:] == (key,)]
    homes += ["the top of the file"] if (key,) in KINDS else []
    if homes:
        return f"{said}; it belongs to {' or '.join(homes)}."
    beside = {known[-1]: f'"{known[-1]}"' for known in KINDS if [*known[:-1]] == section}
    beside |= {} if section else {known: f"[{known}]" for known in SECTIONS}
    if meant := near(key, [*beside]):
        return f"{said}; did you mean {beside[meant]}?"
    return f"{said}; what can stand there is {', '.join(beside.values())}."


def _wrong(source: Source, path: tuple[str, ...], said: str) -> Wrong:
    offset = source.at[path]
    return Wrong((0, offset), f"{source.line(offset)}: {said}")
