"""What answers without a database: numbers to ring, files, and a word when it goes wrong."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from urllib.parse import parse_qsl

from aiohttp import web

from bot.core.app import App
from bot.core.cards import NOW, Page
from bot.core.model import Account, Origin
from bot.core.ports import Clock
from bot.core.text import key
from bot.platforms.web.buckets import Buckets
from bot.platforms.web.reader import HOME, Reader, visitor
from bot.platforms.web.render import Renderer
from bot.platforms.web.security import Gate
from bot.platforms.web.sessions import AWAY, COOKIE, LOBBY, NAME, PutAway, Sessions, is_away

log = logging.getLogger(__name__)

LARGEST = 96 * 1024
"""Bytes of a request: 8,000 characters of a page, each written as twelve, and what is around."""
"""Bytes in what a form sends."""
FIELDS = 200
SLOW = 30.0
"""Seconds in which a form has to arrive."""
ADDRESS = (50.0, 300)
"""Requests a second of one address, and at once: a whole meeting may sit behind it."""
POSTS = (1.0, 60)
"""Forms a second of one session or address, and at once."""
AT_ONCE = (403, 421, 429)
"""Refused before anything is read, whoever it is."""
FORM = "application/x-www-form-urlencoded"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

CLOSED = key(
    "Something is wrong with this house. It is written where whoever looks after it will see it."
)
SORRY = {
    400: key("I could not read that. Nothing was changed."),
    403: key("That did not come from a page of mine, so I left it alone. Open the page again."),
    404: key("There is nothing here."),
    405: key("That cannot be done here."),
    410: key("This link was used already, or its time is over. Ask for another."),
    413: key("That was more than I can take at once. Please send less."),
    415: key("I could not read that. Nothing was changed."),
    421: key("I am not known by this address. Whoever looks after me can tell you the right one."),
    429: key("That was a lot at once. Please wait a minute, then try again."),
    500: key("Something went wrong here. It is not your doing. Please try again in a moment."),
}


class Posted:
    """What a form sent."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs

    def get(self, name: str) -> str:
        """ "" when it was not sent."""
        return next((value for given, value in self._pairs if given == name), "")

    def all(self, name: str) -> list[str]:
        return [value for given, value in self._pairs if given == name]


class Porch:
    def __init__(
        self,
        app: App,
        renderer: Renderer,
        gate: Gate,
        clock: Clock,
        home: Reader = HOME,
        sessions: Sessions | None = None,
    ) -> None:
        self._app, self._renderer, self._gate, self._clock = app, renderer, gate, clock
        self._home, self._sessions = home, sessions
        self._files = {file.url: file for file in renderer.static.values()}
        self._addresses, self._posts = Buckets(*ADDRESS), Buckets(*POSTS)

    @web.middleware
    async def meet(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Turns away what is not for us, and answers whatever goes wrong with a page."""
        try:
            self._look(request)
            return await handler(request)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            if error.status not in AT_ONCE and await self._is_away(request):
                return self._list(request)
            response = await self.sorry(request, error.status)
            if allowed := error.headers.get("Allow"):
                response.headers["Allow"] = allowed
            return response
        except PutAway:
            return self._list(request)
        except ConnectionError:
            raise
        except Exception:
            log.exception("web.request_failed")
            if await self._is_away(request):
                return self._list(request)
            return await self.sorry(request, 500)

    async def now(self, request: web.Request) -> web.Response:
        """Someone to talk to now: no session, no database, no keys; but what was put away stays
        away, as far as that can be known at once."""
        if await self._is_away(request):
            raise PutAway
        return await self._now(request, "", 200)

    async def closed(self, request: web.Request) -> web.Response:
        """Every page, when nothing else can be done."""
        if is_away(request):
            raise PutAway
        return await self._now(request, CLOSED, 503)

    async def open(self, request: web.Request) -> web.Response:
        """For whoever watches this process; it says nothing that is anybody's."""
        return web.Response(text="open\n")

    async def help_only(self, request: web.Request) -> web.Response:
        """Someone to talk to is answered: nobody gains by ending such a process."""
        return web.Response(text="help_only\n", status=503)

    async def file(self, request: web.Request) -> web.Response:
        if not (found := self._files.get(request.path)):
            raise web.HTTPNotFound
        charset = None if found.type.startswith("font/") else "utf-8"
        response = web.Response(body=found.body, content_type=found.type, charset=charset)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    async def home(self, request: web.Request) -> web.Response:
        """For an address that a form was sent to, when somebody opens it by itself."""
        return home()

    async def put_away(self, request: web.Request) -> web.Response:
        """For somebody who is not signed in, or cannot be."""
        return put_away()

    async def take_out(self, request: web.Request) -> web.Response:
        return taken_out()

    async def room(self, request: web.Request) -> web.Response:
        return web.Response(status=303, headers={"Location": "/room"})

    async def robots(self, request: web.Request) -> web.Response:
        return web.Response(text="User-agent: *\nDisallow: /\n")

    async def sorry(self, request: web.Request, status: int) -> web.Response:
        said, broken = self.read(request), status >= 500
        page = self._renderer.page(
            "sorry",
            said,
            sentence=self._renderer.say(SORRY.get(status, SORRY[500 if broken else 400]), said),
            card=await self._numbers(request, said) if broken else None,
        )
        response = html(page, status)
        if status == 429:
            response.headers["Retry-After"] = "60"
        return response

    def read(self, request: web.Request) -> Reader:
        """How somebody reads of whom nothing is known; a page that knows them may say it."""
        accepted = request.headers.get("Accept-Language", "")
        return visitor(request.query.get("in", ""), accepted, self._home)

    async def _is_away(self, request: web.Request) -> bool:
        known = self._sessions
        return is_away(request) or bool(known and await known.away(request, self._clock.now()))

    def _list(self, request: web.Request) -> web.Response:
        return html(self._renderer.page("away", self.read(request)))

    async def _now(self, request: web.Request, sentence: str, status: int) -> web.Response:
        said = self.read(request)
        page = self._renderer.page(
            "now",
            said,
            sentence=self._renderer.say(sentence, said),
            card=await self._numbers(request, said),
        )
        return html(page, status)

    async def _numbers(self, request: web.Request, said: Reader) -> str:
        origin = Origin(
            Account(NAME, ""),
            LOBBY,
            self._clock.now(),
            f"web:{secrets.token_urlsafe(9)}",
            locale=said.locale,
        )
        answer = await self._app.perform(NOW, origin)
        if not isinstance(answer, Page):
            return ""
        open_to_all = replace(answer.card, title="", private=False)  # there is nobody else
        return self._renderer.answer(replace(answer, card=open_to_all), said)

    def _look(self, request: web.Request) -> None:
        if request.path in ("/now", "/health"):  # harmless to anybody, and never refused
            return
        if not self._gate.knows(request):
            raise web.HTTPMisdirectedRequest
        visitor = self._gate.visitor(request)
        if not self._addresses.take(visitor):
            raise web.HTTPTooManyRequests
        if request.method in ("GET", "HEAD"):
            return
        if not self._gate.is_own(request):
            raise web.HTTPForbidden
        if not self._posts.take(request.cookies.get("homegroup", visitor)[:64]):
            raise web.HTTPTooManyRequests


def home() -> web.Response:
    return web.Response(status=303, headers={"Location": "/"})


def put_away() -> web.Response:
    """Without a session the cookie itself says so, until the browser is closed."""
    response = home()
    response.set_cookie(COOKIE, AWAY, path="/", httponly=True, samesite="Lax")
    return response


def taken_out() -> web.Response:
    response = home()
    response.del_cookie(COOKIE, path="/", httponly=True, samesite="Lax")
    return response


async def posted(request: web.Request) -> Posted:
    """Raises HTTPException for what no form of ours sends, or not in time."""
    if request.content_type != FORM or "Content-Encoding" in request.headers:
        raise web.HTTPUnsupportedMediaType
    try:
        async with asyncio.timeout(SLOW):
            body = await request.read()
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except web.RequestPayloadError:
        raise web.HTTPBadRequest from None
    try:
        letters = body.decode("utf-8", "replace")
        pairs = parse_qsl(letters, keep_blank_values=True, max_num_fields=FIELDS)
    except ValueError:
        raise web.HTTPBadRequest from None
    return Posted(pairs)


def html(page: str, status: int = 200) -> web.Response:
    return web.Response(text=page, content_type="text/html", status=status)
