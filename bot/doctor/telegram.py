"""Whether the bot on Telegram is as it should be, and making it so."""

from __future__ import annotations

from bot.cellar import closed
from bot.config import Config
from bot.core.app import App
from bot.doctor.finding import Finding, Mark
from cogs import build


async def telegram(config: Config) -> list[Finding]:
    """Nothing where that door is not used. The library is imported only here."""
    if not config.telegram.token:
        return []
    from bot.platforms.telegram.profile import look

    seen = await look(config.telegram, _app(config))
    return [
        Finding(
            Mark.BROKEN if each.broken else Mark.NOTE if each.mend else Mark.FINE,
            each.sentence,
            each.mend,
        )
        for each in seen
    ]


async def fix(config: Config) -> None:
    """Name, descriptions, menus and rights; what cannot be set is found by looking afterwards."""
    if not config.telegram.token:
        return
    from bot.platforms.telegram.profile import settle

    await settle(config.telegram, _app(config))


def _app(config: Config) -> App:
    """Its actions alone: there is no database behind them."""
    storage = closed(config)
    return App(build(storage, config), storage.ports)
