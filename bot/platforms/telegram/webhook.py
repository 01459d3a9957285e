"""Telegram brings what there is to an address in the web room; any number of processes take it."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Mapping
from hashlib import sha256

import msgspec
from telegram.error import BadRequest

from bot.core.errors import DoorShut
from bot.platforms.telegram.intake import Intake
from bot.platforms.telegram.line import Line
from bot.platforms.telegram.updates import read

log = logging.getLogger(__name__)

HEADER = "X-Telegram-Bot-Api-Secret-Token"
NO_ADDRESS = (
    "telegram.webhook needs web.public_url, an address that begins with https:// and that Telegram"
    " can reach. Set it, or set telegram.webhook to false."
)
TAKEN, WRONG, LATER = 200, 401, 503


class Webhook:
    """Its path and its secret follow from the token, so every process has the same."""

    def __init__(self, token: str, public_url: str) -> None:
        self._public_url = public_url
        self._secret = hmac.new(token.encode(), b"webhook secret", sha256).hexdigest()
        place = hmac.new(token.encode(), b"webhook path", sha256).hexdigest()
        self.path = f"/telegram/{place[:16]}"

    async def open(self, line: Line) -> None:
        """Raises DoorShut where it has no address."""
        if not self._public_url:
            raise DoorShut(NO_ADDRESS)
        try:
            await line.set_webhook(
                f"{self._public_url}{self.path}",
                allowed_updates=line.kinds,
                secret_token=self._secret,
            )
        except BadRequest:
            raise DoorShut(NO_ADDRESS) from None

    async def takes(self, headers: Mapping[str, str], body: bytes, intake: Intake) -> int:
        """Stored before it is answered; what could not be stored is brought again."""
        if not hmac.compare_digest(headers.get(HEADER, "").encode(), self._secret.encode()):
            return WRONG
        try:
            update = read(body)
        except (msgspec.MsgspecError, UnicodeError):
            log.error("telegram.update_unreadable")
            return TAKEN  # it will never be read, and would be brought for a day
        try:
            await intake.take([(update, body)])
        except Exception:
            log.exception("telegram.not_kept")
            return LATER
        return TAKEN
