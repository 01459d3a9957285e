"""The gateway of the fake: hello, identify, resume with replay, heartbeats, compressed or not."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes.discord.world import Json, World

LARGEST = 4096
"""Bytes of what a client may send."""
DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME, RECONNECT, WHO = 0, 1, 2, 3, 6, 7, 8
INVALID, HELLO, ACK = 9, 10, 11
UNKNOWN_OP, NOT_AUTHENTICATED, BAD_TOKEN, BAD_INTENTS, NOT_ALLOWED = 4001, 4003, 4004, 4013, 4014
PRIVILEGED = {"members": 1 << 1, "presences": 1 << 8, "message_content": 1 << 15}
GUILDS, MESSAGES = 1 << 0, 1 << 9
WRITTEN = {"MESSAGE_CREATE": MESSAGES, "MESSAGE_UPDATE": MESSAGES, "MESSAGE_DELETE": MESSAGES}
MEMBERS = PRIVILEGED["members"]
INTENT_OF = {**WRITTEN, "GUILD_MEMBER_ADD": MEMBERS, "GUILD_MEMBER_REMOVE": MEMBERS}
ALWAYS = {"INTERACTION_CREATE", "READY", "RESUMED"}


@dataclass
class Session:
    """What a client is told, numbered, and told again when it resumes."""

    id: str
    shard: tuple[int, int]
    intents: int
    seq: int = 0
    told: list[tuple[int, str, Json]] = field(default_factory=list)
    line: Line | None = None


class Line:
    """One connection."""

    def __init__(self, socket: web.WebSocketResponse, compress: str) -> None:
        self.socket, self.session = socket, None
        self._packed = _packing(compress)

    async def send(
        self, op: int, data: Any = None, event: str = "", seq: int | None = None
    ) -> None:
        raw = json.dumps({"op": op, "d": data, "s": seq, "t": event or None})
        if self.socket.closed:
            return
        try:
            if self._packed:
                await self.socket.send_bytes(self._packed(raw.encode()))
            else:
                await self.socket.send_str(raw)
        except ConnectionResetError:
            return


class Gateway:
    def __init__(self, world: World, address: Callable[[], str]) -> None:
        self._world, self._address = world, address
        self.sessions: dict[str, Session] = {}
        self.lines: set[Line] = set()
        self.identified: list[Json] = []
        """Each IDENTIFY, without its token."""
        self.resumed = 0
        self.packed: list[str] = []
        """How each connection asked for what it is sent to be packed."""
        self.heartbeat = 41_250
        """Milliseconds, as HELLO says."""
        self.allowed = 0
        """The privileged intents that are switched on for the application."""
        self.came = asyncio.Event()
        """Set when somebody has identified or resumed."""
        self.forgets = False
        """Whether a RESUME finds its session gone."""

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(max_msg_size=LARGEST)
        await socket.prepare(request)
        if (request.query.get("v"), request.query.get("encoding")) != ("10", "json"):
            await socket.close(code=4012)
            return socket
        self.packed.append(request.query.get("compress", ""))
        line = Line(socket, self.packed[-1])
        self.lines.add(line)
        try:
            await line.send(HELLO, {"heartbeat_interval": self.heartbeat, "_trace": []})
            session: Session | None = None
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    continue
                said = json.loads(message.data)
                session = await self._heard(line, session, said["op"], said.get("d"))
        finally:
            self.lines.discard(line)
        return socket

    async def _heard(
        self, line: Line, session: Session | None, op: int, data: Any
    ) -> Session | None:
        if op == HEARTBEAT:
            await line.send(ACK)
        elif op == IDENTIFY:
            return await self._identify(line, data)
        elif op == RESUME:
            return await self._resume(line, data)
        elif op == WHO and session:
            await self._members(session, data)
        elif op != PRESENCE:
            await line.socket.close(code=UNKNOWN_OP)
        return session

    async def _identify(self, line: Line, data: Json) -> Session | None:
        self.identified.append({k: v for k, v in data.items() if k != "token"})
        if _bare(data["token"]) != self._world.token:
            await line.socket.close(code=BAD_TOKEN, message=b"Authentication failed.")
            return None
        intents = data["intents"]
        if intents & sum(PRIVILEGED.values()) & ~self.allowed:
            await line.socket.close(code=NOT_ALLOWED, message=b"Disallowed intent(s).")
            return None
        shard = tuple(data.get("shard", (0, 1)))
        session = Session(self._world.id(), (shard[0], shard[1]), intents)
        self.sessions[session.id] = session
        mine = [g for g in self._world.guilds.values() if self._shard(g["id"], session)]
        await self._tell(session, "READY", self._ready(session, mine), line)
        session.line = line
        for guild in mine:
            await self._tell(session, "GUILD_CREATE", self._world.whole(guild))
        self.came.set()
        return session

    def _ready(self, session: Session, guilds: list[Json]) -> Json:
        return {
            **{"v": 10, "user": self._world.bot, "session_id": session.id, "_trace": []},
            "guilds": [{"id": guild["id"], "unavailable": True} for guild in guilds],
            "resume_gateway_url": self._address(),
            "shard": list(session.shard),
            "application": {"id": self._world.app["id"], "flags": self._world.app["flags"]},
            **{"private_channels": [], "relationships": [], "user_settings": {}},
        }

    async def _resume(self, line: Line, data: Json) -> Session | None:
        session = self.sessions.get(data["session_id"])
        if session is None or self.forgets or _bare(data["token"]) != self._world.token:
            await line.send(INVALID, False)
            return None
        self.resumed += 1
        for seq, event, said in [each for each in session.told if each[0] > data["seq"]]:
            await line.send(DISPATCH, said, event, seq)
        session.line = line
        await self._tell(session, "RESUMED", {"_trace": []})
        self.came.set()
        return session

    async def _members(self, session: Session, asked: Json) -> None:
        """All of a server in one piece: there is nobody but the bot, unless somebody came."""
        members = [self._world.member(self._world.bot)]
        told = {"guild_id": asked["guild_id"], "members": members, "nonce": asked.get("nonce")}
        piece = {**told, "chunk_index": 0, "chunk_count": 1}
        await self._tell(session, "GUILD_MEMBERS_CHUNK", piece)

    async def tell(self, event: str, data: Json, guild: str = "") -> None:
        """Every session whose shard and intents it concerns."""
        for session in [*self.sessions.values()]:
            wanted = INTENT_OF.get(event, GUILDS)
            if event not in ALWAYS and not session.intents & wanted:
                continue
            if self._shard(guild, session):
                await self._tell(session, event, _without_words(event, data, session, self._world))

    async def again(self) -> None:
        """What was said last is said twice, as after a botched resume."""
        for session in self.sessions.values():
            if session.told and session.line:
                seq, event, data = session.told[-1]
                await session.line.send(DISPATCH, data, event, seq)

    async def says(self, op: int, data: Any = None) -> None:
        self.came.clear()
        for line in [*self.lines]:
            await line.send(op, data)

    async def hangs_up(self, code: int) -> None:
        self.came.clear()
        for line in [*self.lines]:
            await line.socket.close(code=code)

    async def _tell(
        self, session: Session, event: str, data: Json, line: Line | None = None
    ) -> None:
        session.seq += 1
        session.told.append((session.seq, event, data))
        del session.told[:-500]
        if there := line or session.line:
            await there.send(DISPATCH, data, event, session.seq)

    def _shard(self, guild: str, session: Session) -> bool:
        """Direct messages go to the first."""
        number, all = session.shard
        return (int(guild or "0") >> 22) % all == number


def _without_words(event: str, data: Json, session: Session, world: World) -> Json:
    """Without the intent only what is the bot's own, or said to it alone, has content."""
    if event not in WRITTEN or session.intents & PRIVILEGED["message_content"]:
        return data
    if not data.get("guild_id") or data.get("author", {}).get("id") == world.bot["id"]:
        return data
    return {**data, "content": "", "components": [], "attachments": [], "embeds": []}


def _packing(compress: str) -> Callable[[bytes], bytes] | None:
    if compress == "zlib-stream":
        packer = zlib.compressobj()
        return lambda raw: packer.compress(raw) + packer.flush(zlib.Z_SYNC_FLUSH)
    if compress == "zstd-stream":
        import zstandard

        packing = zstandard.ZstdCompressor().compressobj()
        block = zstandard.COMPRESSOBJ_FLUSH_BLOCK
        return lambda raw: packing.compress(raw) + packing.flush(block)
    return None


def _bare(token: str) -> str:
    """Some libraries write it as in a header, and are let in."""
    return token.removeprefix("Bot ")
