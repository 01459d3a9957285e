"""What Discord says of the application, asked without connecting: for the host's doctor."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp

from bot.config.settings import Discord as Config
from bot.platforms.discord.permissions import ADMINISTRATOR, LEAST, SCOPES, missing

PATIENCE = 15.0
MEMBERS, CONTENT = 1 << 14 | 1 << 15, 1 << 18 | 1 << 19
"""Flags of an application whose switch for the intent is on, for few servers or for many."""
ABOUT = (
    "The helper of a group that meets: it brings readings, keeps times, and holds the door."
    " /help shows what there is; /now is someone to talk to."
)
"""What is to be read about the bot on Discord: nothing there says what the group is for."""


class Refused(Exception):
    """The token is not taken."""


@dataclass(frozen=True, slots=True)
class Checkup:
    """What there is to be seen from outside."""

    application: str
    behind: timedelta
    """How far this machine's clock is behind Discord's; negative when it is before it."""
    lacks_intents: tuple[str, ...]
    """The options that ask for what is not switched on."""
    elsewhere: bool
    """Whether commands are sent to an address instead of to us."""
    installs: bool
    """Whether the install link asks for what is needed, and for no more."""
    described: bool
    servers: int
    lacking: int
    """Servers in which a permission is missing."""
    administrator: int
    """Servers in which it may everything."""


async def look(config: Config) -> Checkup:
    """Raises Refused, or OSError when Discord cannot be reached."""
    async with _session(config) as session:
        app, at = await _ask(session, config, "GET", "/applications/@me")
        guilds, _ = await _ask(session, config, "GET", "/users/@me/guilds")
    return _seen(config, app, guilds, at)


async def mend(config: Config) -> None:
    """Set the install link, with its permissions, and the description."""
    asked = {"scopes": [*SCOPES], "permissions": LEAST}
    installs = {"integration_types_config": {"0": {"oauth2_install_params": asked}}}
    async with _session(config) as session:
        await _ask(session, config, "PATCH", "/applications/@me", installs)
        # The description of the API has it as an object, the reference beside it as text.
        for words in ({"default": ABOUT}, ABOUT):
            with suppress(OSError):
                await _ask(session, config, "PATCH", "/applications/@me", {"description": words})
                break


def _seen(config: Config, app: dict[str, Any], guilds: list[Any], at: datetime) -> Checkup:
    wanted = {"members": MEMBERS, "message_content": CONTENT}
    lacks = (name for name, bits in wanted.items() if getattr(config, name))
    installs = (app.get("integration_types_config") or {}).get("0") or {}
    asked = installs.get("oauth2_install_params") or {}
    allowed = [int(guild["permissions"]) for guild in guilds]
    return Checkup(
        application=str(app["id"]),
        behind=at - datetime.now(UTC),
        lacks_intents=tuple(n for n in lacks if not int(app.get("flags") or 0) & wanted[n]),
        elsewhere=bool(app.get("interactions_endpoint_url")),
        installs=str(asked.get("permissions")) == str(LEAST)
        and {*SCOPES} == {*(asked.get("scopes") or ())},
        described=bool(app.get("description")),
        servers=len(allowed),
        lacking=sum(bool(missing(bits)) for bits in allowed),
        administrator=sum(bool(bits & ADMINISTRATOR) for bits in allowed),
    )


def _session(config: Config) -> aiohttp.ClientSession:
    signed = {"Authorization": f"Bot {config.token}"}
    return aiohttp.ClientSession(
        headers=signed, timeout=aiohttp.ClientTimeout(PATIENCE), trust_env=True
    )


async def _ask(
    session: aiohttp.ClientSession, config: Config, method: str, path: str, body: Any = None
) -> tuple[Any, datetime]:
    """What it answered, and when by its own clock."""
    try:
        async with session.request(method, f"{config.address}/api/v10{path}", json=body) as answer:
            if answer.status == 401:
                raise Refused
            answer.raise_for_status()
            said = answer.headers.get("Date")
            at = parsedate_to_datetime(said) if said else datetime.now(UTC)
            return await answer.json(), at
    except (aiohttp.ClientError, TimeoutError) as error:
        raise OSError("Discord cannot be reached") from error
