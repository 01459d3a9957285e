"""Seals texts under the key of whoever they belong to; a key that is lost loses its texts."""

from __future__ import annotations

import hmac
import os

from cryptography.exceptions import InvalidTag

from bot.core.ports import EPOCH
from storage.keys import Keys

NONCE = 12
TAG = 16
VERSION = b"\x01"
HOUR = 4
"""Bytes that name the epoch, where the owner is EPOCH."""


class Forged(ValueError):
    """What was sealed is not what is there, or not where it was sealed."""


class Vault:
    """A blob is a version byte, the epoch if it is under one, a nonce, and the sealed text."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def seal(self, owner: str, row: str, text: str) -> bytes:
        """Raises ValueError for half a character, which no database would take either."""
        if owner == EPOCH:
            epoch = self._keys.epoch
            cipher, head = self._keys.epoch_cipher(epoch), VERSION + epoch.to_bytes(HOUR)
        else:
            cipher, head = self._keys.cipher(owner), VERSION
        nonce = os.urandom(NONCE)
        return head + nonce + cipher.encrypt(nonce, _bytes(text), _bound(head, owner, row))

    def open(self, owner: str, row: str, sealed: bytes) -> str:
        """Raises Forgotten when the key is gone, Forged when it was tampered with or moved."""
        size = len(VERSION) + (HOUR if owner == EPOCH else 0)
        head, nonce, text = sealed[:size], sealed[size : size + NONCE], sealed[size + NONCE :]
        if head[:1] != VERSION or len(text) < TAG:
            raise Forged("this was not sealed here")
        if owner == EPOCH:
            cipher = self._keys.epoch_cipher(int.from_bytes(head[1:]))
        else:
            cipher = self._keys.cipher(owner)
        try:
            return cipher.decrypt(nonce, text, _bound(head, owner, row)).decode()
        except InvalidTag:
            raise Forged("this was not sealed here") from None

    def mark(self, text: str) -> str:
        """64 hexadecimal digits."""
        return hmac.digest(self._keys.lookup, _bytes(text), "sha256").hex()

    def mint(self, owner: str) -> None:
        self._keys.mint(owner)


def _bytes(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # it would carry the text into a log
        raise ValueError("half a character cannot be kept") from None


def _bound(head: bytes, owner: str, row: str) -> bytes:
    """The length keeps an owner and a row from being read as another pair."""
    return head + _bytes(f"{len(owner)} {owner}{row}")
