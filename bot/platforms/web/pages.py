"""Whole pages: an answer with the house around it."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web
from markupsafe import Markup

from bot.core.actions import Action, Spec
from bot.core.cards import Answer, Call, Card, Form, Page
from bot.core.decide import Allow, decide
from bot.core.model import GUEST, Place, Via
from bot.core.rooms import Line
from bot.core.text import key, t
from bot.platforms.web.house import House
from bot.platforms.web.porch import html
from bot.platforms.web.ports import Happening
from bot.platforms.web.reader import Reader, spoken
from bot.platforms.web.render import Spot
from bot.platforms.web.sessions import Viewer

HOME, ROOM = "home", "room"
WAYS = (
    (HOME, "/", key("Home")),
    (ROOM, "/room", key("Room")),
    ("checkin", "/checkin", key("Check-in")),
    ("today", "/today", key("Reading")),
    ("me", "/me", key("Me")),
)
"""What every page leads to: a page, its address, and its word. Few: they stand in one line."""
NEAR = {
    "checkins": "checkin",
    "readings": "today",
    **dict.fromkeys(("mydata", "forgetme", "link", "unlink", "block", "time", "account"), "me"),
}
"""Pages that lie behind one of these."""
SCENES = {
    **{HOME: "home", ROOM: "room", "checkin": "checkin", "checkins": "days", "me": "me"},
    **dict.fromkeys(("today", "readings"), "reading"),
    "steps": "book",
    **dict.fromkeys(("setup", "roles", "invite", "sponsor"), "group"),
    **dict.fromkeys(("join", "leave"), "door"),
    **dict.fromkeys(("mydata", "forgetme", "time", "account", "link", "unlink", "block"), "me"),
}
"""Which objects stand on the mantel; the others have a cup and a plant."""


@dataclass(frozen=True, slots=True)
class Way:
    path: str
    label: str
    here: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """What is particular about the house around one page."""

    name: str
    """The command, or the page of ours."""
    called: str
    """The page's title, which others may see over a shoulder."""
    titled: str
    """Its heading, where the answer has none."""
    scene: str
    ways: tuple[Way, ...]
    commands: Sequence[Spec]
    step: str
    """The command that somebody new here needs before any other; "" for who is at home."""
    answer: str = ""
    """What stands on top of it, as HTML."""


class Pages:
    def __init__(self, house: House) -> None:
        self._house, self._app = house, house.app

    async def home(self, request: web.Request) -> web.Response:
        return await self._command(request, HOME)

    async def command(self, request: web.Request) -> web.Response:
        """Every command has a page at its name: what it answers as long as nothing changes."""
        return await self._command(request, request.match_info["command"])

    async def room(self, request: web.Request) -> web.Response:
        viewer = await self._house.sessions.viewer(request, self._house.clock.now())
        return await self.of_room(request, viewer)

    async def of_room(
        self,
        request: web.Request,
        viewer: Viewer | None,
        answer: str = "",
        *,
        words: str = "",
        trouble: str = "",
        status: int = 200,
    ) -> web.Response:
        """With an answer on top; with words that could not be taken, and why."""
        if viewer is None:
            return self.come_in(request, answer, 401)
        last, cards = await self._happened(viewer, viewer.place)
        frame = replace(self.frame(viewer, ROOM), answer=answer)
        values = {"last": last, "cards": cards, "words": words, "trouble": trouble}
        page = self._house.renderer.page(ROOM, viewer.reader, viewer=viewer, frame=frame, **values)
        return html(page, status)

    async def of_answer(
        self,
        request: web.Request,
        viewer: Viewer | None,
        answer: Card | Form | Page,
        name: str,
        pressed: str = "",
    ) -> web.Response:
        """An answer as a page: after a form was sent without a script, or an address opened.
        `pressed` is the anchor of the card whose button asked for it."""
        if viewer is None:
            piece = self._house.renderer.answer(answer, self._guest(request))
            return self.come_in(request, piece, 401)
        values: dict[str, Any] = {}
        if name == HOME:
            values["last"], values["cards"] = await self._happened(viewer, viewer.own, read(answer))
        frame = self.frame(viewer, name)
        page = self._house.renderer.whole(
            answer, viewer.reader, pressed, viewer=viewer, frame=frame, **values
        )
        return html(page)

    def come_in(self, request: web.Request, answer: str = "", status: int = 200) -> web.Response:
        renderer, reader = self._house.renderer, self._guest(request)
        page = renderer.page("come_in", reader, answer=answer, word="", trouble="")
        return html(page, status)

    async def _command(self, request: web.Request, name: str) -> web.Response:
        action = next((a for a in self._app.commands if a.spec.name == name), None)
        if action is None:
            raise web.HTTPNotFound
        now = self._house.clock.now()
        viewer = await self._house.sessions.viewer(request, now)
        if viewer is None:
            return self.come_in(request, status=200 if name == HOME else 401)
        origin = viewer.origin(Via.TYPED, secrets.token_urlsafe(12), now)
        answer = await self._app.look(Call(action.id), origin)
        return await self.of_answer(request, viewer, shown(answer, origin.locale), name)

    async def _happened(
        self, viewer: Viewer, room: Place, without: Card | None = None
    ) -> tuple[int, list[Markup]]:
        """What stands in a place and in their own, the oldest first, and the last number; but
        not what the page itself shows."""
        feed, now = self._house.ports.feed, self._house.clock.now()
        last = await feed.last()
        there = await feed.shown(room, viewer.own, now, last)
        pieces = (self.happening(one, viewer) for one in there if not same(one.body, without))
        return last, [piece for piece in pieces if piece]

    def happening(self, one: Happening, viewer: Viewer) -> Markup | None:
        """None for what is gone, and for the words of somebody they keep away."""
        if one.author in viewer.hidden:
            return None
        mine = bool(one.author) and one.author == viewer.actor.person.ref
        return self._house.renderer.happening(one.body, viewer.reader, spot(one), mine)

    def frame(self, viewer: Viewer, name: str) -> Frame:
        """Of the page of that name: a command's, or one of ours."""
        mine = [a for a in self._app.commands if _offered(a, viewer)]
        known = {action.spec.name: action.spec for action in self._app.commands}
        here = NEAR.get(name, name)
        ways = tuple(
            Way(path, label, way == here)
            for way, path, label in WAYS
            if (way == ROOM and viewer.group) or way in {action.spec.name for action in mine}
        )
        word = next((label for way, _, label in WAYS if way == here), "")
        say, reader = self._house.renderer.say, viewer.reader
        return Frame(
            name,
            say(word, reader) or "Homegroup",
            say(known[name].summary, reader) if name in known else "",
            SCENES.get(name, "checkin"),
            ways,
            [action.spec for action in mine],
            _first_step({action.spec.name for action in mine}, viewer),
        )

    def _guest(self, request: web.Request) -> Reader:
        accepted = request.headers.get("Accept-Language", "")
        return Reader(spoken(accepted) or self._house.sessions.home.locale)


def shown(answer: Answer, locale: str) -> Card | Form | Page:
    """An action that has nothing to say has done what was asked."""
    return answer or Card(t("Done.", locale), private=True, locale=locale)


def read(answer: Card | Form | Page) -> Card | None:
    """What there is to read on the front of the house."""
    data = answer.data if isinstance(answer, Page) else None
    page = data.get("reading") if isinstance(data, dict) else None
    return page.card if isinstance(page, Page) else None


def same(body: Card | Line | None, card: Card | None) -> bool:
    """Whether it says the same, whatever buttons are below."""
    if card is None or not isinstance(body, Card):
        return False
    return (body.title, body.text) == (card.title, card.text)


def spot(happening: Happening) -> Spot:
    return Spot(happening.anchor, happening.seq, happening.first, happening.at)


def _offered(action: Action[...], viewer: Viewer) -> bool:
    actor = replace(viewer.actor, host=viewer.visit.founds and viewer.group is None)
    return isinstance(decide(actor, action.spec.who), Allow)


def _first_step(offered: Collection[str], viewer: Viewer) -> str:
    if viewer.actor.member and viewer.group:
        return ""
    joins = viewer.group is not None or viewer.actor.person == GUEST
    wanted = "join" if joins else "setup"
    return wanted if wanted in offered and (viewer.group or viewer.visit.founds) else ""
