"""How fast Telegram may be used, and what a refusal to take more is about: it does not say."""

from __future__ import annotations

from collections import deque

from bot.core.pacing import MINUTE, Gate, Pace
from bot.core.rooms import Limits

FAR = 0.5
"""Of the pace of the whole: what goes out slower than that was not refused for the whole's sake."""
GROUP = 16
"""Messages to one group in a minute that are near the 20 that it takes."""
BURST, WITHIN = 3, 3.0
"""Messages to one chat in so many seconds that are near the one a second that it takes."""


class ChatGate(Gate):
    """Topics share what their chat is allowed."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(Pace(limits.per_second, limits.per_place, limits.per_minute))

    def there(self, place: str, now: float, urgent: bool = False) -> float:
        return super().there(_chat(place), now, urgent)

    def held(self, place: str, now: float, urgent: bool = False) -> float:
        return super().held(_chat(place), now, urgent)

    def took(self, place: str, now: float) -> None:
        super().took(_chat(place), now)

    def pause_place(self, place: str, seconds: float, now: float) -> None:
        super().pause_place(_chat(place), seconds, now)


class Traffic:
    """What we sent within the last minute, answers too: the evidence.

    A refusal is about one chat when that chat was near its own limit while all together was far
    below the whole's, and no other chat is being refused; otherwise it is about everything. To take
    one chat's refusal for everybody's costs some seconds, the other way round costs a ban.
    """

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._sent: deque[tuple[float, int]] = deque()
        self._refused: dict[int, float] = {}
        """Until when each chat is, that alone was refused."""

    def sent(self, chat: int, now: float) -> None:
        self._sent.append((now, chat))
        while self._sent[0][0] <= now - MINUTE:
            self._sent.popleft()

    def refused(self, chat: int, seconds: float, now: float) -> bool:
        """Whether it is about everything."""
        self._refused = {c: until for c, until in self._refused.items() if until > now}
        others = self._refused.keys() - {chat}
        lately = sum(at > now - 1 for at, _ in self._sent)
        alone = not others and lately < FAR * self._per_second and self._is_near(chat, now)
        if alone:
            self._refused[chat] = now + seconds
        return not alone

    def _is_near(self, chat: int, now: float) -> bool:
        times = [at for at, where in self._sent if where == chat and at > now - MINUTE]
        burst = sum(at > now - WITHIN for at in times)
        return burst >= BURST or (chat < 0 and len(times) >= GROUP)


def _chat(place: str) -> str:
    return place.partition("/")[0]
