"""The page that shows side by side what each door makes of a card."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from aiohttp import web
from markupsafe import Markup

from bot.core.actions import Action
from bot.core.cards import Answer, Call, Card, Page
from bot.core.decide import Who
from bot.core.model import CLOCK, Actor, Context, Via
from bot.core.rooms import Post
from bot.core.work import Work
from bot.demo.parts import PARTS
from bot.pictures import png
from bot.platforms.web.house import House
from bot.platforms.web.pages import Pages
from bot.platforms.web.porch import html
from bot.platforms.web.sessions import Viewer

if TYPE_CHECKING:
    from bot.demo import discord, telegram

HERE = "/demo/cards"


@dataclass(frozen=True, slots=True)
class Shown:
    """One card, at each door."""

    called: str
    """A sentence of the catalogue."""
    picture: str
    """The address of what is drawn on it; "" for nothing."""
    discord: list[discord.Message]
    telegram: list[telegram.Message]
    here: Markup


class Cards:
    def __init__(self, house: House) -> None:
        self._house, self._pages = house, Pages(house)

    def routes(self) -> list[web.RouteDef]:
        return [web.get(HERE, self.page), web.get(f"{HERE}/{{n:[0-9]{{1,2}}}}.png", self.picture)]

    async def page(self, request: web.Request) -> web.Response:
        viewer = await self._house.sessions.viewer(request, self._house.clock.now())
        if viewer is None:
            return self._pages.come_in(request, status=401)
        for door in ("discord", "telegram"):  # half a second of libraries, the first time
            await asyncio.to_thread(import_module, f"bot.demo.{door}")
        cards = [self._shown(viewer, *one) for one in await self._cards(viewer)]
        frame = self._pages.frame(viewer, "demo")
        page = self._house.renderer.page(
            "cards", viewer.reader, viewer=viewer, frame=frame, shown=cards
        )
        return html(page)

    async def picture(self, request: web.Request) -> web.Response:
        """What is drawn on a card, as a chat is sent it."""
        viewer = await self._house.sessions.viewer(request, self._house.clock.now())
        if viewer is None:
            raise web.HTTPNotFound
        number = int(request.match_info["n"])
        drawn = [card.picture for n, _, card in await self._cards(viewer) if n == number]
        if not drawn or drawn[0] is None:
            raise web.HTTPNotFound
        body = await asyncio.to_thread(png, drawn[0].drawing)
        return web.Response(body=body, content_type="image/png")

    async def _cards(self, viewer: Viewer) -> list[tuple[int, Action[...], Card]]:
        """Those that there are for this person, with their numbers."""
        found = []
        for number, call in enumerate(call for part in PARTS for call in part.cards):
            if action := self._house.app.actions.get(call.action):
                answer = await self._answer(viewer, action, call)
                card = answer.card if isinstance(answer, Page) else answer
                if isinstance(card, Card):
                    found.append((number, action, card))
        return found

    async def _answer(self, viewer: Viewer, action: Action[...], call: Call) -> Answer:
        cause, now = secrets.token_urlsafe(12), self._house.clock.now()
        origin = viewer.origin(Via.TYPED, cause, now)
        if action.spec.who is not Who.CLOCK:
            return await self._house.app.look(call, origin)
        locale = viewer.group.language if viewer.group else viewer.reader.locale
        actor = Actor(CLOCK, viewer.group)
        ctx = Context(actor, viewer.place, now, cause, Via.CLOCK, locale, Work())
        answer = await action(ctx)  # nothing of it is kept
        deeds = (sending.deed for sending in ctx.work.sendings)
        return answer or next((deed.card for deed in deeds if isinstance(deed, Post)), None)

    def _shown(self, viewer: Viewer, number: int, action: Action[...], card: Card) -> Shown:
        from bot.demo import discord, telegram

        return Shown(
            action.spec.summary,
            f"{HERE}/{number}.png" if card.picture else "",
            discord.pictured(card, viewer.reader),
            telegram.pictured(card, viewer.reader),
            self._house.renderer.card(card, viewer.reader),
        )
