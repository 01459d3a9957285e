"""The library's requests over aiohttp: a quarter of the work, and no address in a log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp
import msgspec
from telegram import TelegramObject
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from telegram.request._requestparameter import RequestParameter

CONNECT = 10.0
"""Seconds until a connection stands."""
JSON = {"Content-Type": "application/json"}


class NotSent(NetworkError):
    """The server was not reached, so surely nothing was done."""


class Wire(BaseRequest):
    """At most so many requests at once; each ends after `patience` seconds, or is uncertain."""

    def __init__(self, connections: int, patience: float) -> None:
        self._connections, self._patience = connections, patience
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return self._patience

    async def initialize(self) -> None:
        self._session = self._session or aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._connections),
            timeout=aiohttp.ClientTimeout(total=self._patience, sock_connect=CONNECT),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def shutdown(self) -> None:
        session, self._session = self._session, None
        if session:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Only the first of the timeouts is heeded; the others are parts of it here."""
        if self._session is None:
            raise NotSent("the connection is closed")
        given: dict[str, Any] = _body(request_data)
        if isinstance(read_timeout, int | float):
            given["timeout"] = aiohttp.ClientTimeout(total=read_timeout, sock_connect=CONNECT)
        try:
            async with self._session.request(method, url, **given) as answer:
                return answer.status, await answer.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise NotSent("the server was not reached") from None  # its words hold the address
        except TimeoutError:
            raise TimedOut from None
        except aiohttp.ClientError:
            raise NetworkError("the connection was lost") from None

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        try:
            return dict(msgspec.json.decode(payload))
        except (msgspec.DecodeError, TypeError, ValueError):
            raise TelegramError("the answer cannot be read") from None


def written(given: Mapping[str, Any]) -> RequestData:
    """Without what is None. What is no text is written as JSON here and now."""
    texts = (
        (name, value if isinstance(value, str) else _json(value).decode())
        for name, value in given.items()
        if value is not None
    )
    return RequestData([RequestParameter(name, text, None) for name, text in texts])


def _plain(value: Any) -> Any:
    if isinstance(value, TelegramObject):
        return value.to_dict()
    raise TypeError(f"{type(value).__name__} cannot be sent")


_json = msgspec.json.Encoder(enc_hook=_plain).encode


def _body(data: RequestData | None) -> dict[str, Any]:
    if data is None:
        return {}
    if not data.contains_files:
        return {"data": data.json_payload, "headers": JSON}
    form = aiohttp.FormData(data.json_parameters)
    for name, (filename, content, kind) in (data.multipart_data or {}).items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return {"data": form}
