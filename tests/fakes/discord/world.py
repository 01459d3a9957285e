"""What there is on the fake Discord: people, servers, channels, messages, as JSON has them."""

from __future__ import annotations

import asyncio
import copy
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

TOKEN = "a-token.for.tests"
EPOCH = 1_420_070_400_000
"""Discord's, in milliseconds: ids count from it."""
REMEMBERED = 120.0
"""Seconds for which a nonce is the same message; Discord says "a few minutes"."""
TEXT, DM, THREAD, FORUM = 0, 1, 11, 15
EVERYTHING = (1 << 53) - 1
MANAGE_GUILD, VIEW, SEND, ATTACH = 1 << 5, 1 << 10, 1 << 11, 1 << 15
EPHEMERAL, LOADING = 1 << 6, 1 << 7
NEEDED = {"VIEW_CHANNEL": VIEW, "SEND_MESSAGES": SEND}


@dataclass
class Fault:
    """What goes wrong with the next request of that kind, `times` times."""

    method: str
    path: str
    """A part of it."""
    kind: str
    """`drop` (done, then hung up), `reset` (done, then RST), `refuse` (RST before it was done),
    `slow` (after `seconds`), `lingers` (done, and answered after them), `429` (for `seconds`;
    `global429` everywhere), or a status."""
    times: int = 1
    seconds: float = 0.0


@dataclass
class Interaction:
    """One thing somebody did, and what came back."""

    id: str
    token: str
    kind: int
    channel: str
    user: Json
    at: float
    message: str = ""
    acked: int | None = None
    original: str = ""
    reply: Json | None = None
    """The first callback, as it was sent."""
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when there is something to see: an answer, a dialog, or what follows a deferral."""


Dispatch: TypeAlias = Callable[[str, Json, str], None]


class World:
    """The state behind REST and gateway; `dispatch(event, data, guild)` tells the clients."""

    def __init__(self) -> None:
        self._ids, self._ahead = count(1), 0.0
        self.dispatch: Dispatch = lambda event, data, guild: None
        self.bot = self.user("homegroup", bot=True)
        self.app: Json = {
            **{"id": self.bot["id"], "name": "homegroup", "icon": None, "description": ""},
            **{"summary": "", "bot_public": True, "bot_require_code_grant": False},
            **{"verify_key": "0" * 64, "flags": 0, "team": None, "owner": self.bot, "hook": True},
            **{"type": None, "flags_new": "0", "explicit_content_filter": 0},
            **{"approximate_guild_count": 1, "approximate_user_install_count": 0},
            **{"approximate_user_authorization_count": 0, "eligible_oauth2_scopes": []},
            **{"redirect_uris": [], "interactions_endpoint_url": None},
            "role_connections_verification_url": None,
        }
        self.users: dict[str, Json] = {self.bot["id"]: self.bot}
        self.guilds: dict[str, Json] = {}
        self.channels: dict[str, Json] = {}
        self.messages: dict[str, Json] = {}
        self.seen_by: dict[str, str] = {}
        """Messages that one user alone can see: ephemeral ones."""
        self.nonces: dict[tuple[str, str], tuple[str, float]] = {}
        self.commands: list[Json] = []
        self.interactions: dict[str, Interaction] = {}
        self.events: dict[str, Json] = {}
        self.allowed = EVERYTHING & ~(1 << 3)
        """What the bot may in each server, as its role says."""
        self.closed: set[str] = set()
        """Users who take no direct messages."""
        self.faults: list[Fault] = []
        self.log: list[tuple[str, str, Any]] = []
        """Requests: method, path, body."""
        self.wrong: list[str] = []
        """What the published description or the limits by hand found wrong in a request."""
        self.files: list[bytes] = []
        """What was sent beside messages."""
        self.token = TOKEN
        self.promised = asyncio.Event()
        """Set when somebody was promised an answer."""
        self.ledger: Callable[[Json], None] = lambda message: None
        """Told of each message that is new."""

    # --- time and ids ---

    def clock(self) -> float:
        return time.monotonic() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds

    def now(self) -> str:
        return (datetime.now(UTC) + timedelta(seconds=self._ahead)).isoformat()

    def id(self) -> str:
        stamp = int((time.time() + self._ahead) * 1000) - EPOCH
        return str(stamp << 22 | (next(self._ids) & 0x3FFFFF))

    # --- people and places ---

    def user(self, name: str, bot: bool = False) -> Json:
        return {
            **{"id": self.id(), "username": name.lower(), "discriminator": "0"},
            **{"global_name": name, "avatar": None, "bot": bot, "public_flags": 0, "flags": 0},
            "primary_guild": None,
        }

    def somebody(self, name: str) -> Json:
        made = self.user(name)
        self.users[made["id"]] = made
        return made

    def guild(self, name: str = "Harbour Street") -> Json:
        ref, everyone = self.id(), EVERYTHING & ~(1 << 3) & ~MANAGE_GUILD
        made: Json = {
            **{"id": ref, "name": name, "owner_id": "1", "icon": None, "splash": None},
            **{"discovery_splash": None, "afk_channel_id": None, "afk_timeout": 300},
            **{"verification_level": 0, "default_message_notifications": 0},
            **{"explicit_content_filter": 0, "emojis": [], "stickers": [], "features": []},
            **{"mfa_level": 0, "system_channel_id": None, "system_channel_flags": 0},
            **{"rules_channel_id": None, "public_updates_channel_id": None, "nsfw_level": 0},
            **{"preferred_locale": "en-US", "premium_tier": 0, "premium_subscription_count": 0},
            **{"description": None, "banner": None, "vanity_url_code": None},
            **{"premium_progress_bar_enabled": False, "safety_alerts_channel_id": None},
            "roles": [role(ref, "@everyone", everyone)],
        }
        self.guilds[ref] = made
        return made

    def channel(self, guild: str, name: str, kind: int = TEXT, **more: Any) -> Json:
        made: Json = {
            **{"id": self.id(), "type": kind, "guild_id": guild, "name": name, "position": 0},
            **{"permission_overwrites": [], "parent_id": None, "nsfw": False, "topic": None},
            **{"last_message_id": None, "rate_limit_per_user": 0, "flags": 0, **more},
        }
        self.channels[made["id"]] = made
        return made

    def direct(self, user: str) -> Json:
        """The chat of this user and the bot."""
        for channel in self.channels.values():
            if channel["type"] == DM and channel["recipients"][0]["id"] == user:
                return channel
        made: Json = {
            **{"id": self.id(), "type": DM, "last_message_id": None, "flags": 0},
            "recipients": [self.users.setdefault(user, {**self.user("somebody"), "id": user})],
        }
        self.channels[made["id"]] = made
        return made

    def member(self, user: Json, permissions: int = 0) -> Json:
        return {
            **{"user": user, "nick": None, "avatar": None, "banner": None, "roles": []},
            **{"joined_at": self.now(), "premium_since": None, "deaf": False, "mute": False},
            **{"flags": 0, "pending": False, "permissions": str(permissions or 1 << 10)},
            "communication_disabled_until": None,
        }

    def whole(self, guild: Json) -> Json:
        """As GUILD_CREATE has it."""
        inside = [c for c in self.channels.values() if c.get("guild_id") == guild["id"]]
        return {
            **guild,
            **{"joined_at": self.now(), "large": False, "unavailable": False, "member_count": 2},
            **{"voice_states": [], "presences": [], "stage_instances": []},
            "members": [self.member(self.bot, EVERYTHING)],
            "channels": [c for c in inside if c["type"] != THREAD],
            "threads": [c for c in inside if c["type"] == THREAD],
            "guild_scheduled_events": [*self.events.values()],
            "soundboard_sounds": [],
        }

    def allows(self, channel: Json, wanted: int) -> bool:
        """Whether the bot may, there: the last overwrite for everyone or for it wins."""
        for overwrite in channel.get("permission_overwrites", []):
            if int(overwrite["deny"]) & wanted:
                return False
        return True

    # --- messages ---

    def message(self, channel: str, author: Json, body: Json, **more: Any) -> Json:
        """A new one; whoever calls says to whom it is told."""
        where = self.channels[channel]
        made: Json = {
            **{"id": self.id(), "channel_id": channel, "author": author, "type": 0},
            **{"content": body.get("content") or "", "timestamp": self.now(), "tts": False},
            **{"edited_timestamp": None, "mention_everyone": False, "mentions": []},
            **{"mention_roles": [], "attachments": [], "embeds": [], "reactions": []},
            **{"pinned": False, "flags": body.get("flags") or 0},
            **({"nonce": body["nonce"]} if body.get("nonce") is not None else {}),
            "components": numbered(body.get("components") or []),
            **more,
        }
        if where.get("guild_id"):
            made["guild_id"] = where["guild_id"]
        self.messages[made["id"]] = made
        where["last_message_id"] = made["id"]
        self.ledger(made)
        return made

    def edit(self, message: Json, body: Json) -> Json:
        for name in ("content", "flags"):
            if body.get(name) is not None:
                message[name] = body[name]
        if "components" in body:
            message["components"] = numbered(body["components"] or [])
        message["flags"] &= ~LOADING
        message["edited_timestamp"] = self.now()
        return message

    def tell(self, event: str, message: Json) -> None:
        self.dispatch(event, copy.deepcopy(message), message.get("guild_id", ""))

    def known(self, channel: str, nonce: object) -> Json | None:
        """The message that was sent with this nonce a short time ago."""
        found, at = self.nonces.get((channel, str(nonce)), ("", 0.0))
        return self.messages.get(found) if self.clock() - at <= REMEMBERED else None

    def shown(self, channel: str, user: str) -> list[Json]:
        """What this user sees there, oldest first."""
        return [
            message
            for message in self.messages.values()
            if message["channel_id"] == channel
            and self.seen_by.get(message["id"], user) == user
            and not message["flags"] & LOADING
        ]


def role(ref: str, name: str, permissions: int) -> Json:
    return {
        **{"id": ref, "name": name, "permissions": str(permissions), "color": 0, "hoist": False},
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        **{"position": 0, "managed": False, "mentionable": False, "flags": 0, "icon": None},
        "unicode_emoji": None,
    }


def numbered(components: list[Json]) -> list[Json]:
    """Discord numbers those that carry no id."""
    made, numbers = copy.deepcopy(components), count(1)
    taken = {part["id"] for part in every(made) if "id" in part}
    for part in every(made):
        if "id" not in part:
            part["id"] = next(n for n in numbers if n not in taken)
        for item in part.get("items") or []:
            url = item["media"]["url"]
            item["media"] = {"id": "1", "url": url, "proxy_url": url, "attachment_id": "1"}
            item.setdefault("description", None)
            item.setdefault("spoiler", False)
        if part["type"] == 17:
            part.setdefault("spoiler", False)
    return made


def every(components: Iterable[Json]) -> Iterable[Json]:
    """Each component, with what it holds."""
    for part in components:
        yield part
        yield from every(part.get("components") or [])
        for name in ("accessory", "component"):
            if part.get(name):
                yield from every([part[name]])
