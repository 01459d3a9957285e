"""What people say to each other in the room of their group: said, mended, taken back."""

from __future__ import annotations

from aiohttp import web
from markupsafe import Markup

from bot.core.cards import JOIN, Button, Card, Tone
from bot.core.errors import Unreachable
from bot.core.model import Via
from bot.core.rooms import Line
from bot.core.text import Name, key, t
from bot.platforms.web.house import House
from bot.platforms.web.pages import ROOM, Pages, spot
from bot.platforms.web.porch import Posted
from bot.platforms.web.sessions import Viewer
from bot.platforms.web.talk import PIECE, SLASHES, Talk, piece

LONGEST = 2000
"""Characters of what is said at once."""
NOTHING = key("There is nothing in it yet.")
LONG = key("That is {length} characters, and {longest} fit. You can say it in two parts.")
GONE = key("That is not here any more, or it was not yours.")
AWAY = key(
    "What {name} says is kept away from you from now on, here and wherever I carry words. They are"
    " not told. /block shows your list, and takes names off it."
)
LISTEN = key("Those who have joined can speak here. You can listen.")


class Speech:
    def __init__(self, house: House, pages: Pages, talk: Talk) -> None:
        self._house, self._pages, self._talk = house, pages, talk

    async def say(self, request: web.Request) -> web.Response:
        """To everybody in the room; a line that is a command is never said aloud."""
        viewer, given = await self._talk.given(request)
        if viewer is None:
            return self._pages.come_in(request, status=401)
        words = _words(given)
        if words.startswith(tuple(SLASHES)):
            return await self._talk.typed(request, viewer, given, words)
        return await self._keep(request, viewer, given, words, "")

    async def mend(self, request: web.Request) -> web.Response:
        """One's own words, in other words."""
        viewer, given = await self._talk.given(request)
        if viewer is None:
            return self._pages.come_in(request, status=401)
        return await self._keep(request, viewer, given, _words(given), given.get("card")[:64])

    async def take_back(self, request: web.Request) -> web.Response:
        viewer, given = await self._talk.given(request)
        if viewer is None:
            return self._pages.come_in(request, status=401)
        ref, anchor = viewer.actor.person.ref, given.get("card")[:64]
        cause = self._talk.origin(viewer, given, Via.PRESSED, f"back {anchor}").cause
        feed, now = self._house.ports.feed, self._house.clock.now()
        try:
            if not ref or not anchor:
                raise Unreachable
            await feed.keep(f"{cause}/back", viewer.place, None, now, anchor, author=ref)
        except Unreachable:
            return await self._refuse(request, viewer, GONE)
        self._house.streams.ring()
        return piece(Markup(), "gone") if request.headers.get(PIECE) else _room()

    async def keep_away(self, request: web.Request) -> web.Response:
        """Whoever said this is kept away from whoever presses, whatever they go by by now."""
        viewer, given = await self._talk.given(request)
        if viewer is None:
            return self._pages.come_in(request, status=401)
        me, anchor = viewer.actor.person.ref, given.get("card")[:64]
        if not viewer.actor.member:
            return await self._refuse(request, viewer, LISTEN)
        said = await self._house.ports.feed.line(viewer.place, anchor)
        if said is None or not isinstance(said.body, Line) or said.author == me:
            return await self._refuse(request, viewer, GONE)
        blocks, name = self._house.ports.blocks, said.body.name
        await self._house.ports.units.commit((blocks.add(me, name, said.author),))
        sessions = await self._house.ports.web.sessions(viewer.account)
        self._house.streams.end(sessions)
        after = await self._house.sessions.viewer(request, self._house.clock.now())
        told = Card(t(AWAY, viewer.reader.locale, name=Name(name)), private=True)
        shown = self._house.renderer.card(told, viewer.reader)
        return await self._pages.of_room(request, after, shown)

    async def _keep(
        self, request: web.Request, viewer: Viewer, given: Posted, words: str, anchor: str
    ) -> web.Response:
        if not viewer.actor.member or viewer.group is None:
            return await self._refuse(request, viewer, LISTEN)
        if not words:
            return await self._refuse(request, viewer, NOTHING)
        if len(words) > LONGEST:
            why = {"length": len(words), "longest": LONGEST}
            return await self._refuse(request, viewer, LONG, words, **why)
        person, now = viewer.actor.person, self._house.clock.now()
        line = Line(person.name, words, mended=bool(anchor))
        cause = self._talk.origin(viewer, given, Via.TYPED, f"{anchor} {words}").cause
        try:
            kept = await self._house.ports.feed.keep(
                f"{cause}/said", viewer.place, line, now, anchor, (person.ref,), person.ref
            )
        except Unreachable:
            return await self._refuse(request, viewer, GONE, words)
        self._house.streams.ring()
        if not request.headers.get(PIECE):
            return _room()
        said = self._house.renderer.line(line, viewer.reader, spot(kept), mine=True)
        return piece(said, ROOM)

    async def _refuse(
        self, request: web.Request, viewer: Viewer, why: str, words: str = "", **values: int
    ) -> web.Response:
        """Nothing that was written is lost: a script keeps it, a page shows it again."""
        locale = viewer.reader.locale
        join = (Button(self._house.renderer.say("Join", viewer.reader), JOIN),)
        buttons = join if why == LISTEN else ()
        card = Card(t(why, locale, **values), buttons=buttons, tone=Tone.CAREFUL, private=True)
        shown = self._house.renderer.card(card, viewer.reader)
        if request.headers.get(PIECE):
            return piece(shown, "answer")
        return await self._pages.of_room(request, viewer, shown, words=words, status=422)


def _words(given: Posted) -> str:
    return given.get("words").replace("\r\n", "\n").strip()


def _room() -> web.Response:
    return web.Response(status=303, headers={"Location": "/room#words"})
