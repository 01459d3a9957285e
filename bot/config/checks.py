"""A value as it was given → the value that the program uses, or why it cannot be used."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, get_args, get_origin

import msgspec

from bot.config.error import near, quoted
from bot.config.given import Given
from bot.config.places import resolve
from bot.config.settings import KINDS

LONGEST_NUMBER = 10**18
NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
URL = re.compile(r"(https?)://([a-z0-9][a-z0-9.-]*|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?/?")
USUAL = {"http": "80", "https": "443"}
# In a system's time zone folder, but no zone to be lived in: names of this machine, leap seconds.
NO_ZONE = re.compile(r"(posix|right)/.*|localtime|posixrules|Factory")


def fit(given: Given, folder: Path, environ: Mapping[str, str]) -> Any:
    """The value, converted and checked; ValueError with the sentence if it does not fit."""
    kind = KINDS[given.path]
    place = partial(_place, folder, environ)
    try:
        value = msgspec.convert(_split(given, kind), kind, strict=not given.as_text, dec_hook=place)
        return CHECKS[given.name](value) if given.name in CHECKS else value
    except _NoZone as error:
        if not given.secret:
            raise
        raise ValueError(_sentence(given, kind)) from error
    except ValueError:
        raise ValueError(_sentence(given, kind)) from None


def _split(given: Given, kind: Any) -> Any:
    """A list comes from the environment as PATH does."""
    if given.as_text and isinstance(given.raw, str) and _is_list(kind):
        return [part for part in given.raw.split(os.pathsep) if part]
    return given.raw


def _is_list(kind: Any) -> bool:
    return any(get_origin(inner) is tuple for inner in get_args(kind))


class _NoZone(ValueError):
    """Says by itself what is wrong, and what was probably meant."""


def _sentence(given: Given, kind: Any) -> str:
    if given.path[-1] == "token":
        return f"{given.name} is not one; {_allowed(kind)}."
    if given.secret:
        return f"what the file holds does not fit {given.name}; {_allowed(kind)}."
    return f"{given.name} is {_shown(given.raw)}; {_allowed(kind)}."


def _allowed(kind: Any) -> str:
    if kind is bool:
        return "it is true or false"
    for about in get_args(kind):
        if isinstance(about, msgspec.Meta) and about.description:
            return about.description
    return f"it is one of {', '.join(get_args(kind))}"


def _shown(raw: object) -> str:
    """The value as the file has it, short enough for a sentence."""
    match raw:
        case str():
            return quoted(raw)
        case bool():
            return str(raw).lower()
        case int() if abs(raw) >= LONGEST_NUMBER:
            return "a very long number"
        case dict():
            return "a table"
        case list():
            return "a list"
        case _:
            return str(raw)


def _place(folder: Path, environ: Mapping[str, str], _kind: type, raw: object) -> Path:
    if not isinstance(raw, str):
        raise ValueError("not a path")
    return resolve(raw, folder, environ)


def _zone(name: str) -> str:
    from zoneinfo import ZoneInfo, available_timezones

    try:
        if not NO_ZONE.fullmatch(name):
            return ZoneInfo(name).key
    except (KeyError, OSError, ValueError):  # unknown, a folder, or no name at all
        pass
    zones = sorted(available_timezones())
    cities = {zone.rpartition("/")[2]: zone for zone in zones}
    wanted = name.replace(" ", "_")
    city = near(wanted, [*cities])
    meant = near(wanted, zones) or (city and cities[city])
    hint = f'; did you mean "{meant}"?' if meant else "; one looks like Europe/Berlin or UTC."
    raise _NoZone(f"there is no time zone {quoted(name)}{hint}")


def _host(host: str) -> str:
    if ":" in host:
        from ipaddress import IPv6Address

        return str(IPv6Address(host))
    if not NAME.fullmatch(host):
        raise ValueError("neither a name nor an address")
    return host


def _url(url: str) -> str:
    """As browsers write an origin, so that the two can be compared."""
    if not url:
        return url
    found = URL.fullmatch(url.lower())
    if found is None or not 0 < int(found[3] or 1) <= 65535:
        raise ValueError("not an address without a path")
    scheme, host, port = found.groups()
    return f"{scheme}://{host}" + (f":{int(port)}" if port and port != USUAL[scheme] else "")


def _shards(shards: str) -> str:
    if shards != "auto":
        first, last, count = (int(n) for n in re.findall(r"\d+", shards))
        if not first <= last < count:
            raise ValueError("not a range of them")
    return shards


CHECKS: dict[str, Callable[[Any], Any]] = {
    "zone": _zone,
    "web.host": _host,
    "web.public_url": _url,
    "discord.address": _url,
    "discord.shards": _shards,
    "telegram.address": _url,
}
