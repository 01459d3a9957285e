"""Red-DiscordBot, as it is after its setup, at another Discord: ADDRESS TOKEN.

It runs by a Python of its own, in which Red is installed and we are not; its settings lie where
XDG_CONFIG_HOME leads.
"""

from __future__ import annotations

import sys

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route


def main() -> None:
    address, token = sys.argv[1:3]
    Route.BASE = f"{address}/api/v10"
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(address.replace("http", "ws") + "/")
    told = ["--no-prompt", "--token", token, "--prefix", "!", "--owner", "1"]
    sys.argv = ["redbot", "bench", *told]
    from redbot.__main__ import main as run  # type: ignore[import-not-found]

    run()


if __name__ == "__main__":
    main()
