"""Readings in the tests: a host's own pack, and whoever is written to at an hour."""

from __future__ import annotations

from pathlib import Path

from bot.config.settings import Config, Readings
from bot.core.app import App
from cogs import build
from tests.room import Room

MONTH = tuple(map(str, range(1, 32)))
HEAD = """name = "{name}"
language = "{language}"
licence = "CC BY 4.0"
credit = "Somebody"
show = "{show}"
"""
ENTRY = """
[[reading]]
date = "{date}"
title = "{title}"
text = "{text}"
question = "What is it?"
link = "https://example.org/{date}"
"""


def pack(
    folder: Path,
    name: str = "Quiet",
    *,
    language: str = "en",
    show: str = "whole",
    dates: tuple[str, ...] = MONTH,
) -> Path:
    """A file of readings; its track is called `quiet` where its name is."""
    file = folder / name.lower() / f"{language}.toml"
    file.parent.mkdir(exist_ok=True)
    readings = (ENTRY.format(date=d, title=f"{name} {d}", text=f"Words of {d}.") for d in dates)
    head = HEAD.format(name=name, language=language, show=show)
    file.write_text(head + "".join(readings), "utf-8")
    return file


def with_packs(room: Room, *files: Path) -> None:
    """From now on the host offers these as well."""
    config = Config(data=Path("nowhere"), readings=Readings(packs=files))
    room.app = App(build(room.storage, config), room.storage.ports)
