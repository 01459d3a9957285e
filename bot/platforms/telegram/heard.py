"""A line that was typed or a button that was pressed, and how it can be answered."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.model import Origin
from bot.platforms.telegram.updates import Message, Press, User


@dataclass(frozen=True, slots=True)
class Heard:
    """What came in, and from whom."""

    origin: Origin
    sender: User
    message: Message
    """What was typed, or the one whose button was pressed."""
    press: Press | None = None

    @property
    def chat(self) -> int:
        return self.message.chat.id

    @property
    def shared(self) -> bool:
        """Whether others read there."""
        return not self.message.chat.private

    @property
    def whisper(self) -> int:
        """The number of the ephemeral message; 0 where it is none."""
        return self.message.ephemeral_message_id
