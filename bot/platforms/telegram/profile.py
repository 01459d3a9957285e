"""What the bot shows of itself on Telegram, and what it asks for when it is made administrator."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from telegram import ChatAdministratorRights
from telegram.error import InvalidToken, TelegramError

from bot.config.settings import Telegram as Config
from bot.core.app import App
from bot.core.text import LANGUAGES, key, translate
from bot.platforms.telegram.line import Line
from bot.platforms.telegram.menu import menus

ABOUT = key(
    "I am a bot. I hold the door of a group that meets here: I open its meetings on time and keep"
    " what you give me to keep, for you alone. /now has numbers to ring. /forgetme ends everything."
)
SHORT = key("Holds the door of a group that meets here.")
SHUT = "Telegram does not take the token."
UNREACHED = "Telegram was not reached."
FIX = "homegroup doctor --fix"
PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Seen:
    """Something about the bot; `broken` where people notice it."""

    sentence: str
    mend: str = ""
    broken: bool = False


def rights() -> ChatAdministratorRights:
    """To take away what was typed for all by mistake, to open topics, to let people in."""
    wanted = ("can_manage_chat", "can_delete_messages", "can_manage_topics", "can_invite_users")
    needed = (
        "is_anonymous",
        "can_manage_chat",
        "can_delete_messages",
        "can_manage_video_chats",
        "can_restrict_members",
        "can_promote_members",
        "can_change_info",
        "can_invite_users",
        "can_post_stories",
        "can_edit_stories",
        "can_delete_stories",
    )
    given: dict[str, Any] = {name: name in wanted for name in needed}
    return ChatAdministratorRights(**given, can_manage_topics=True)


async def look(config: Config, app: App) -> list[Seen]:
    """What is missing or wrong, as far as Telegram tells. Changes nothing."""
    try:
        async with Line(config.token, config.address, PATIENCE) as line:
            return [each async for each in _looked(line, config, app)]
    except InvalidToken:
        mend = "Take a new one from @BotFather and write it into telegram.token_file."
        return [Seen(SHUT, mend, broken=True)]
    except TelegramError:
        mend = "Look at this machine's connection, and at telegram.address."
        return [Seen(UNREACHED, mend, broken=True)]


async def settle(config: Config, app: App) -> bool:
    """Name, descriptions, menus and rights as they should be; False where it was refused."""
    try:
        async with Line(config.token, config.address, PATIENCE) as line:
            await _settle(line, config, app)
    except TelegramError:
        return False
    return True


async def _settle(line: Line, config: Config, app: App) -> None:
    for language in _languages():
        short = language.partition("-")[0] or None
        said, brief = _spoken(language)
        await line.set_my_description(said, short)
        await line.set_my_short_description(brief, short)
    if config.name:
        await line.set_my_name(config.name)
    await line.set_my_default_administrator_rights(rights())
    for menu in menus(app):
        await line.set_my_commands(menu.commands, menu.scope, menu.language or None)


async def _looked(line: Line, config: Config, app: App) -> AsyncIterator[Seen]:
    me = line.bot
    yield Seen(f"Telegram takes the token of @{me.username}.")
    if not me.can_join_groups:
        mend = "@BotFather, /setjoingroups, Enable."
        yield Seen("Nobody can add the bot to a group.", mend, broken=True)
    if not me.can_read_all_group_messages:
        yield Seen(
            "In groups that it does not lead the bot hears commands only.",
            "That is enough for everything but meetings; for those make it an administrator.",
        )
    if url := (await line.get_webhook_info()).url:
        mend = "" if config.webhook else "The server takes it away when it starts."
        yield Seen(f"Telegram hands messages to {url}.", mend)
    if [each async for each in _differences(line, config, app)]:
        yield Seen("The bot's page, menus or rights are not as they should be.", FIX)


async def _differences(line: Line, config: Config, app: App) -> AsyncIterator[str]:
    for language in _languages():
        short = language.partition("-")[0] or None
        said, brief = _spoken(language)
        if (await line.get_my_description(short)).description != said:
            yield "description"
        if (await line.get_my_short_description(short)).short_description != brief:
            yield "short description"
    if config.name and (await line.get_my_name()).name != config.name:
        yield "name"
    found, wanted = await line.get_my_default_administrator_rights(), rights()
    if any(getattr(wanted, name) and not getattr(found, name) for name in RIGHTS):
        yield "rights"
    for menu in menus(app):
        known = await line.get_my_commands(menu.scope, menu.language or None)
        if [c.command for c in known] != [c.command for c in menu.commands]:
            yield "menu"


RIGHTS = ("can_delete_messages", "can_manage_topics", "can_invite_users")


def _languages() -> tuple[str, ...]:
    """The first, "", is for everybody who reads another one."""
    return ("", *(code for code in LANGUAGES if code != "en"))


def _spoken(language: str) -> tuple[str, str]:
    return translate(ABOUT, language or "en"), translate(SHORT, language or "en")
