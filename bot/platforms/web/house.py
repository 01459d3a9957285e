"""What the pages of the web room share."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.app import App
from bot.core.ports import Clock
from bot.platforms.web.passphrase import Passphrases
from bot.platforms.web.ports import WebPorts
from bot.platforms.web.render import Renderer
from bot.platforms.web.security import Gate
from bot.platforms.web.sessions import Sessions
from bot.platforms.web.streams import Streams


@dataclass(frozen=True, slots=True)
class House:
    """All that the rooms behind the porch share."""

    app: App
    ports: WebPorts
    clock: Clock
    renderer: Renderer
    gate: Gate
    sessions: Sessions
    streams: Streams
    passphrases: Passphrases
