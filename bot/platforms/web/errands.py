"""One-time pages: a form that was asked at another door is filled in here, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256

from aiohttp import web

from bot.core.cards import Answer, Call, Form, Page
from bot.core.errors import Conflict
from bot.core.model import Origin, Via
from bot.core.questions import AGREE, MORE
from bot.platforms.web.house import House
from bot.platforms.web.pages import shown
from bot.platforms.web.porch import Posted, html, posted
from bot.platforms.web.ports import Errand
from bot.platforms.web.reader import Reader, reader, visitor
from bot.platforms.web.sessions import PutAway, is_away
from bot.platforms.web.talk import left_out

SECRET = 64
"""Letters of a secret that are looked at."""


class Errands:
    """Whoever holds the link fills the form in, once, as the person who was asked: without an
    account here, in their language, and with nothing of theirs to be seen."""

    def __init__(self, house: House) -> None:
        self._house, self._app, self._errands = house, house.app, house.ports.errands

    async def link(self, request: web.Request) -> web.Response:
        """Previews fetch links too: it is opened by a press."""
        secret = request.match_info["secret"][:SECRET]
        await self._found(request, secret, opened=False)
        return html(self._page(self._guest(request), secret=secret))

    async def open(self, request: web.Request) -> web.Response:
        secret = (await posted(request)).get("secret")[:SECRET]
        errand = await self._found(request, secret, opened=False)
        page, unit = self._errands.open(errand, self._house.clock.now())
        try:
            await self._house.ports.units.commit(unit)
        except Conflict:
            raise web.HTTPGone from None
        answer = await self._app.perform(_waiting(errand), self._origin(errand, Via.PRESSED, page))
        return await self._show(request, errand, page, answer)

    async def fill(self, request: web.Request) -> web.Response:
        given, page, errand = await self._given(request)
        form = await self._app.perform(_waiting(errand), self._origin(errand, Via.PRESSED, page))
        if not isinstance(form, Form):
            return await self._show(request, errand, page, form)
        values = tuple(",".join(given.all(f"f.{field.name}")) for field in form.fields)
        origin = self._origin(errand, Via.FILLED, page, *values)
        action = self._app.actions[form.call.action]
        again = left_out(action, form.call, values, form.locale)
        answer = again or await self._app.fill(_waiting(errand), values, origin)
        return await self._show(request, errand, page, answer)

    async def agree(self, request: web.Request) -> web.Response:
        """A yes or no, where one was taken back while the form stood open."""
        given, page, errand = await self._given(request)
        call = Call.parse(given.get("call")[:SECRET])
        if call.action != AGREE or call.args[1:] != (errand.action,):
            raise web.HTTPBadRequest
        origin = self._origin(errand, Via.PRESSED, page, str(call))
        return await self._show(request, errand, page, await self._app.perform(call, origin))

    async def _given(self, request: web.Request) -> tuple[Posted, str, Errand]:
        given = await posted(request)
        page = given.get("errand")[:SECRET]
        return given, page, await self._found(request, page, opened=True)

    async def _found(self, request: web.Request, secret: str, *, opened: bool) -> Errand:
        """Raises HTTPGone for what was used, is over, or was made up; and PutAway."""
        now = self._house.clock.now()
        if is_away(request) or await self._house.sessions.away(request, now):
            raise PutAway
        found: Errand | None = await self._errands.find(secret, now, opened=opened)
        if found is None:
            raise web.HTTPGone
        return found

    async def _show(
        self, request: web.Request, errand: Errand, page: str, answer: Answer
    ) -> web.Response:
        """A form again, a question, or the end of it."""
        house, origin = self._house, self._origin(errand, Via.PRESSED, page)
        read = await self._reader(request, errand)
        if isinstance(answer, Form) and (trouble := await self._app.keep(answer, origin)):
            answer = trouble
        if isinstance(answer, Form):
            piece = house.renderer.form(answer, read, False, page)
            title = house.renderer.say(answer.title, read)
            return html(self._page(read, errand=page, title=title, piece=piece))
        said = shown(answer, read.locale)
        assert not isinstance(said, Form)
        card = said.card if isinstance(said, Page) else said
        question = tuple(b for b in card.buttons if b.call.action == AGREE)
        if not question:
            await self._end(errand)
        told = house.renderer.card(replace(card, title="", buttons=()), read)
        kept = page if question else ""
        return html(self._page(read, errand=kept, title=card.title, piece=told, question=question))

    def _page(self, read: Reader, **values: object) -> str:
        blank = {"secret": "", "errand": "", "title": "", "piece": "", "question": ()}
        return self._house.renderer.page("errand", read, **(blank | values))

    async def _end(self, errand: Errand) -> None:
        try:
            await self._house.ports.units.commit((self._errands.end(errand),))
        except Conflict:  # they sent it twice at once, or are forgotten by it
            return

    def _origin(self, errand: Errand, via: Via, page: str, *what: str) -> Origin:
        """The same thing sent twice from the same page has the same cause."""
        once = json.dumps([page, via, what])
        return Origin(
            errand.account,
            errand.place,
            self._house.clock.now(),
            f"web:{sha256(once.encode()).hexdigest()[:32]}",
            via,
            "",  # theirs, or their group's
            host=errand.host,
            group=errand.group,
        )

    async def _reader(self, request: web.Request, errand: Errand) -> Reader:
        actor = await self._house.ports.people.meet(errand.account, errand.place, errand.group)
        accepted = request.headers.get("Accept-Language", "")
        return reader(actor, actor.group, accepted, self._house.sessions.home)

    def _guest(self, request: web.Request) -> Reader:
        accepted = request.headers.get("Accept-Language", "")
        return visitor(request.query.get("in", ""), accepted, self._house.sessions.home)


def _waiting(errand: Errand) -> Call:
    return Call(MORE, (errand.action,))
