"""Under which address people reach the house, as far as that can be told from inside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from bot.config import Config
from bot.config.settings import Web
from bot.doctor.finding import Finding, Mark

HOME = (".local", ".lan", ".home", ".internal", ".home.arpa")
"""Ends of names that are known in one network only."""


def address(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    if config.web.enabled:
        yield from _public(config.web) if config.web.public_url else _nowhere()
    if not config.database.cipher:
        yield Finding(
            Mark.NOTE,
            "database.cipher is false: who finds the file can see who belongs to which group.",
            "Where sqlcipher3 can be installed, start anew with it.",
        )


def _nowhere() -> Iterator[Finding]:
    yield Finding(
        Mark.NOTE,
        "web.public_url is empty, so links that people are given open on this machine only.",
        "Set it to the address under which people reach the web room.",
    )


def _public(web: Web) -> Iterator[Finding]:
    url, name = web.public_url, urlsplit(web.public_url).hostname or ""
    if _is_loopback(name):
        yield Finding(
            Mark.NOTE,
            f"web.public_url is {url}, which leads to this machine alone.",
            "Set it to the address under which people reach the web room.",
        )
        return
    if _is_near(name):
        yield Finding(
            Mark.NOTE,
            f"web.public_url is {url}, which leads here from your own network alone.",
            "Set it to an address that is known everywhere, if people are to come from there.",
        )
    if not url.startswith("https:"):
        yield Finding(
            Mark.NOTE,
            f"web.public_url is {url}: without https, what people write can be read on its way.",
            "Put a proxy with a certificate in front of it, and begin the address with https.",
        )
    yield from _proxies(web)
    yield Finding(
        Mark.FINE,
        f"People come by {url}. Whether it leads here cannot be tried from inside: open"
        f" {url}/now on a phone that is in no network of yours.",
    )


def _proxies(web: Web) -> Iterator[Finding]:
    behind = web.public_url.startswith("https:") or _is_loopback(web.host)
    if behind and not web.trusted_proxies:
        yield Finding(
            Mark.NOTE,
            "web.trusted_proxies is 0, so everybody seems to come from your proxy, and a hundred"
            " wrong passphrases lock all of them out for an hour.",
            "Set it to the number of proxies of yours in front of the web room, such as 1.",
        )
    if web.trusted_proxies and not _is_loopback(web.host):
        yield Finding(
            Mark.NOTE,
            f"web.host is {web.host} and web.trusted_proxies {web.trusted_proxies}: whoever comes"
            " past your proxy can make up where they come from.",
            f"Let nobody but the proxy reach port {web.port}; on one machine, set web.host to"
            " 127.0.0.1.",
        )


def _is_loopback(name: str) -> bool:
    return name == "localhost" or name.endswith(".localhost") or _is(name, "is_loopback")


def _is_near(name: str) -> bool:
    return not {*name} & {*".:"} or name.endswith(HOME) or _is(name, "is_private")


def _is(name: str, what: str) -> bool:
    try:
        return bool(getattr(ip_address(name), what))
    except ValueError:
        return False
