"""A program with nonebot2 and its adapters for both, connected and nothing else.

It is started by the interpreter for which these are installed, and imports nothing of ours.
"""

from __future__ import annotations

import sys

import nonebot  # type: ignore[import-not-found]
from nonebot.adapters.discord import Adapter as Discord  # type: ignore[import-not-found]
from nonebot.adapters.telegram import Adapter as Telegram  # type: ignore[import-not-found]
from yarl import URL


def serve(discords: str, token: str, telegrams: str, other: str) -> None:
    """Of the address of Discord there is no setting."""
    nonebot.init(
        driver="~httpx+~websockets",
        log_level="ERROR",
        discord_bots=[{"token": token}],
        telegram_bots=[{"token": other, "api_server": f"{telegrams}/"}],
    )
    driver = nonebot.get_driver()
    driver.register_adapter(Telegram)
    driver.register_adapter(Discord)
    for adapter in driver._adapters.values():
        if isinstance(adapter, Discord):
            adapter.base_url = URL(f"{discords}/api/v10")
    nonebot.run()


if __name__ == "__main__":
    serve(*sys.argv[1:5])
