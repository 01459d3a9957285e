"""What people type, press and fill in on Discord becomes calls; the answers go back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from dataclasses import replace
from typing import TypeVar

from aiohttp import ClientError
from discord import HTTPException

from bot.core.app import App
from bot.core.cards import Answer, Call, Card, Form, Page
from bot.core.fit import Way, way
from bot.core.model import Account, Origin, Place, Via
from bot.core.ports import Clock
from bot.core.questions import MORE
from bot.core.text import t
from bot.platforms.discord.commands import call_of, suggestions
from bot.platforms.discord.dialog import dialog, named, typed
from bot.platforms.discord.elsewhere import Elsewhere
from bot.platforms.discord.interaction import (
    COMMAND,
    DIALOG,
    FILL,
    PRESS,
    SUGGEST,
    SUGGESTED,
    Interaction,
    is_too_late,
)
from bot.platforms.discord.ports import DiscordPorts
from bot.platforms.discord.render import LIMITS, NAME, messages

T = TypeVar("T")

log = logging.getLogger(__name__)

IN_TIME = 1.8
"""Seconds for an answer; then it is promised. Discord gives three for the first sign."""


class Talk:
    """Without ports there is no group to be looked up; without `elsewhere` everything is asked
    in dialogs."""

    def __init__(
        self,
        app: App,
        ports: DiscordPorts | None,
        clock: Clock,
        elsewhere: Elsewhere | None = None,
    ) -> None:
        self._app, self._ports, self._clock, self._elsewhere = app, ports, clock, elsewhere
        self._commands = {action.spec.name: action for action in app.commands}
        self._homes: dict[str, str] = {}
        """The group of each server that was asked about; "" for none."""

    async def heard(self, it: Interaction) -> None:
        """Never raises: what cannot be answered is logged, and can be done once more."""
        try:
            if it.kind == SUGGEST:
                await self._suggest(it)
            elif it.kind in (COMMAND, PRESS, FILL):
                await self._answer(it)
        except HTTPException as error:
            if is_too_late(error):
                log.warning("discord.too_late")
            else:
                log.warning("discord.reply_refused")
        except (OSError, ClientError, TimeoutError):
            log.warning("discord.reply_lost")
        except Exception:
            log.exception("discord.interaction_failed")

    async def _answer(self, it: Interaction) -> None:
        origin, shared = await self._origin(it), self._is_shared(it)
        answer = await self._in_time(it, self._asked(it, origin), quiet=not shared)
        await self._show(it, answer, origin)
        if it.server and not origin.group:
            await self._came_home(it, origin)

    async def _in_time(self, it: Interaction, asked: Awaitable[T], *, quiet: bool) -> T:
        """What was asked, with a promise to the person when it takes longer."""
        loop, promised = asyncio.get_running_loop(), list[asyncio.Task[None]]()

        def promise() -> None:
            promised.append(loop.create_task(it.defer(quiet=quiet and bool(it.server))))

        timer = loop.call_later(IN_TIME, promise)
        try:
            return await asked
        finally:
            timer.cancel()
            for each in promised:
                await each

    async def _asked(self, it: Interaction, origin: Origin) -> Answer:
        if it.kind == COMMAND:
            return await self._typed(it, origin)
        call = Call.parse(str(it.said["custom_id"]))
        if it.kind == FILL:
            return await self._app.fill(call, typed(it.said["components"]), origin)
        return await self._app.perform(call, origin)

    async def _typed(self, it: Interaction, origin: Origin) -> Answer:
        action = self._commands.get(str(it.said["name"]))
        if action is None:
            return Card(t("I do not know that command any more.", origin.locale), private=True)
        call, beyond = call_of(action, it.said.get("options") or ())
        answer = await self._app.perform(call, origin)
        if isinstance(answer, Form) and answer.call == call:
            return replace(answer, given=beyond)
        return answer

    async def _show(self, it: Interaction, answer: Answer, origin: Origin) -> None:
        if isinstance(answer, Form) and self._elsewhere and self._elsewhere.takes(answer):
            said = await self._elsewhere.leads(answer, origin)
            await it.shows(said, quiet=bool(it.server), change=False)
            return
        if isinstance(answer, Form):
            shown = await self._open(it, answer, origin)
            if shown is None:
                return
            answer = shown
        card = answer.card if isinstance(answer, Page) else answer
        if card is None:
            card = Card(t("Done.", origin.locale), private=True, locale=origin.locale)
        quiet = way(card, origin.place, LIMITS, direct=False) is Way.QUIETLY
        change = card.replaces and it.has_message and (it.on_private or not quiet)
        await it.shows(messages(card), quiet=quiet, change=change)

    async def _open(self, it: Interaction, form: Form, origin: Origin) -> Card | None:
        """The dialog; where it cannot be opened a button that will: after a promise, and in
        answer to another dialog."""
        if it.acked or it.kind == FILL:
            return await self._app.later(form, origin)
        if named(form).action == MORE and (trouble := await self._app.keep(form, origin)):
            return trouble
        await it.answer(DIALOG, dialog(form, form.locale or origin.locale))
        return None

    async def _suggest(self, it: Interaction) -> None:
        action = self._commands.get(str(it.said["name"]))
        focused = [o for o in it.said.get("options") or () if o.get("focused")]
        fields = action.spec.fields if action else ()
        field = next((f for f in fields if focused and f.name == focused[0]["name"]), None)
        found = suggestions(field, str(focused[0]["value"]), it.locale) if field else []
        await it.answer(SUGGESTED, {"choices": found})

    def _is_shared(self, it: Interaction) -> bool:
        action = self._commands.get(str(it.said.get("name", "")))
        return bool(action and action.spec.shared)

    async def _origin(self, it: Interaction) -> Origin:
        account = Account(NAME, it.user)
        place = Place(NAME, it.channel) if it.server else Place(NAME, it.user, private=True)
        via = {COMMAND: Via.TYPED, FILL: Via.FILLED}.get(it.kind, Via.PRESSED)
        return Origin(
            account,
            place,
            self._clock.now(),
            f"{NAME}:{it.id}",
            via,
            it.locale,
            host=it.may_set_up,
            group=await self._home(it.server),
        )

    async def _home(self, server: str) -> str:
        """The group whose server this is: a channel of it that is no door belongs to it too."""
        if not server or self._ports is None:
            return ""
        if server not in self._homes:
            self._homes[server] = await self._ports.servers.group(server)
        return self._homes[server]

    async def _came_home(self, it: Interaction, origin: Origin) -> None:
        """A group that was founded here has this server as its home."""
        if self._ports and (group := await self._ports.groups.door(origin.place)):
            await self._ports.units.commit((self._ports.servers.belongs(it.server, group),))
            self._homes[it.server] = group

    def moved_out(self, server: str) -> None:
        self._homes.pop(server, None)
