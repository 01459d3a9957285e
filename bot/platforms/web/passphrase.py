"""Passphrases: what is long enough, and how they are kept and checked."""

from __future__ import annotations

import asyncio
import hmac
import secrets
import unicodedata
from base64 import b64decode, b64encode
from hashlib import scrypt

from bot.core.errors import UserError

COST, BLOCK, LANES = 2**14, 8, 1
"""16 MiB and some 60 ms a try."""
MEMORY = 64 * 2**20
"""What scrypt may take at most, with room above COST."""
LETTERS, WORDS, LONGEST = 12, 4, 1000
AT_ONCE = 2
"""So that a crowd that signs in leaves the machine some memory, and the loop a core."""


def check(passphrase: str) -> str:
    """As it will be hashed. Raises UserError when it is too short or too long."""
    meant = _meant(passphrase)
    if len(meant) > LONGEST:
        raise UserError(
            "Please shorten this to {longest} characters; it has {length}.",
            longest=LONGEST,
            length=len(meant),
        )
    if len(meant) < LETTERS and len(set(meant.casefold().split())) < WORDS:
        raise UserError(
            "Please use {letters} characters or more, or {words} different words.",
            letters=LETTERS,
            words=WORDS,
        )
    return meant


class Passphrases:
    """Hashes them, a few at a time, off the loop."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def lock(self, passphrase: str) -> str:
        """What is kept of it: the cost, a new salt, the hash."""
        salt = secrets.token_bytes(16)
        return _kept(salt, await self._hash(passphrase, salt, COST, BLOCK, LANES))

    async def opens(self, passphrase: str, kept: str) -> bool:
        """Whether this is the passphrase. With nothing kept it takes as long, and is not."""
        cost, block, lanes, salt, hashed = _read(kept or NOBODY)
        found = await self._hash(passphrase, salt, cost, block, lanes)
        return hmac.compare_digest(found, hashed) and bool(kept)

    async def _hash(self, passphrase: str, salt: bytes, cost: int, block: int, lanes: int) -> bytes:
        letters = _meant(passphrase).encode(errors="replace")
        async with self._turn:
            return await asyncio.to_thread(
                scrypt, letters, salt=salt, n=cost, r=block, p=lanes, maxmem=MEMORY, dklen=32
            )


def _meant(passphrase: str) -> str:
    """Keyboards differ in how they compose letters and in what a space is; people do not."""
    return " ".join(unicodedata.normalize("NFKC", passphrase[: 4 * LONGEST]).split())


def _kept(salt: bytes, hashed: bytes) -> str:
    both = ":".join(b64encode(part).decode() for part in (salt, hashed))
    return f"scrypt:{COST}:{BLOCK}:{LANES}:{both}"


def _read(kept: str) -> tuple[int, int, int, bytes, bytes]:
    _, cost, block, lanes, salt, hashed = kept.split(":")
    return int(cost), int(block), int(lanes), b64decode(salt), b64decode(hashed)


NOBODY = _kept(bytes(16), bytes(32))
