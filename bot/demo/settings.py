"""What of a configuration the demo takes, and what it refuses."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec.structs import replace

from bot.config import Config, ConfigError, load
from bot.config.given import PREFIX, Given, in_file
from bot.config.settings import Log, Web
from bot.config.source import read

HOST = "127.0.0.1"
PORT = "HOMEGROUP__WEB__PORT"
OWN = {"data", "database", "keys", "backup", "discord", "telegram"}
"""What it makes for itself, and the doors it never opens."""
FIRST, LAST = 8420, 8470
"""Ports that are tried where none was asked for."""
HOME = ("HOME", "USERPROFILE")


def settings(file: Path | None, environ: Mapping[str, str], folder: Path) -> Config:
    """Everything in that folder, on loopback. ConfigError for what a demo must not touch."""
    for name in sorted(environ):
        if name.startswith(PREFIX) and name != PORT:
            raise ConfigError(
                f"{name} is set, and the demo takes no setting but {PORT}: start it without."
            )
    if given := next(_refused(file), None) if file else None:
        raise ConfigError(
            f"{given.where}: the demo makes everything it needs and opens no door, so it does not"
            f" take {given.name}; start it without."
        )
    kept = {name: environ[name] for name in (PORT, *HOME) if name in environ}
    config = load(file, kept | {f"{PREFIX}DATA": str(folder)})
    asked = PORT in environ or config.web.port != FIRST
    web = Web(host=HOST, port=config.web.port if asked else free())
    log = config.log if file else Log(level="error", format="plain")
    return replace(config, web=web, log=log)


def free() -> int:
    """The first port of ours that nobody listens on; the first of all where none is free."""
    return next(filter(_is_free, range(FIRST, LAST)), FIRST)


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((HOST, port))
        except OSError:
            return False
    return True


def _refused(file: Path) -> Iterator[Given]:
    for each in in_file(read(file)):
        if isinstance(each, Given) and (
            each.path[0] in OWN or (each.path[0] == "web" and each.path != ("web", "port"))
        ):
            yield each
