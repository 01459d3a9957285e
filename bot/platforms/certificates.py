"""This machine's certificates, read when somebody first connects to elsewhere and not before."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

READING = ("load_default_certs", "set_default_verify_paths")


class Unread(ssl.SSLContext):
    """What it trusts is read at its first connection; it is never without."""

    def wrap_bio(self, *args: Any, **named: Any) -> ssl.SSLObject:
        self._read()
        return self.wrap_bio(*args, **named)

    def wrap_socket(self, *args: Any, **named: Any) -> ssl.SSLSocket:
        self._read()
        return self.wrap_socket(*args, **named)

    def _read(self) -> None:
        self.__class__ = ssl.SSLContext  # type: ignore[assignment]  # from now on like any other
        self.load_default_certs()


@contextmanager
def unread() -> Iterator[None]:
    """Contexts that are made meanwhile are unread.

    aiohttp makes two for its client when it is imported. That takes a fourth of the time that
    it needs, and two megabytes, also where no door leads out of this machine.
    """
    kept = {name: getattr(ssl.SSLContext, name) for name in READING}
    for name in READING:
        setattr(ssl.SSLContext, name, _later)
    try:
        yield
    finally:
        for name, reads in kept.items():
            setattr(ssl.SSLContext, name, reads)


def _later(context: ssl.SSLContext, *_: Any) -> None:
    context.__class__ = Unread
