"""The routes: which address is answered by what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from bot.platforms.web.appearance import Appearance
from bot.platforms.web.entry import Entry
from bot.platforms.web.errands import Errands
from bot.platforms.web.events import Events
from bot.platforms.web.extras import Extras, Handler
from bot.platforms.web.hooks import Hook, hooked
from bot.platforms.web.house import House
from bot.platforms.web.pages import Pages
from bot.platforms.web.porch import LARGEST, Porch
from bot.platforms.web.security import harden
from bot.platforms.web.speech import Speech
from bot.platforms.web.talk import Talk


def application(
    porch: Porch,
    house: House | None,
    hooks: Mapping[str, Hook],
    extras: Extras | None = None,
) -> web.Application:
    """Without a house there is the porch: someone to talk to now, at every address."""
    app = web.Application(middlewares=[hooked(hooks), porch.meet], client_max_size=LARGEST)
    app.on_response_prepare.append(harden)
    router = app.router
    router.add_get("/now", porch.now)
    router.add_get("/robots.txt", porch.robots)
    router.add_get("/static/{name}", porch.file)
    router.add_get("/health", porch.open if house else porch.help_only)
    if house is None:
        router.add_post("/away", porch.put_away)
        router.add_post("/back", porch.take_out)
        router.add_route("*", "/{anything:.*}", porch.closed)
        return app
    app.on_response_prepare.append(house.sessions.renew)
    if extras:
        app.middlewares.append(_met(extras, house))
        router.add_routes(extras.routes(house))
    _furnish(router, porch, house)
    return app


def _furnish(router: web.UrlDispatcher, porch: Porch, house: House) -> None:
    """What there is for whoever comes in; the pages of commands last, since they take any name."""
    pages = Pages(house)
    talk, entry, looks = Talk(house, pages), Entry(house, pages), Appearance(house)
    speech, errands = Speech(house, pages, talk), Errands(house)
    writing = talk.writing
    for answered in ("/say", "/press", "/fill", "/enter", "/signin", "/away", "/back"):
        router.add_get(answered, porch.home)
    for answered in ("/errand", "/errand/fill", "/errand/agree"):
        router.add_get(answered, porch.home)
    for answered in ("/room/say", "/room/mend", "/room/take-back", "/room/keep-away"):
        router.add_get(answered, porch.room)
    router.add_post("/say", talk.say)
    router.add_post("/press", talk.press)
    router.add_post("/fill", talk.fill)
    router.add_post("/keep", writing.keep)
    router.add_post("/kept", writing.kept)
    router.add_get("/events", Events(house, pages).stream, allow_head=False)
    router.add_get("/enter/{secret}", entry.link)
    router.add_post("/enter", entry.enter)
    router.add_get("/errand/{secret}", errands.link)
    router.add_post("/errand", errands.open)
    router.add_post("/errand/fill", errands.fill)
    router.add_post("/errand/agree", errands.agree)
    router.add_post("/signin", entry.sign_in)
    router.add_post("/signout", entry.sign_out)
    router.add_get("/account", entry.account)
    router.add_post("/account", entry.change)
    router.add_post("/looks", looks.dress)
    router.add_post("/away", looks.put_away)
    router.add_post("/back", looks.take_out)
    router.add_get("/", pages.home)
    router.add_get("/room", pages.room)
    router.add_post("/room", entry.room)
    router.add_post("/room/say", speech.say)
    router.add_post("/room/mend", speech.mend)
    router.add_post("/room/take-back", speech.take_back)
    router.add_post("/room/keep-away", speech.keep_away)
    router.add_get("/{command:[a-z]+}", pages.command)


def _met(extras: Extras, house: House) -> Callable[..., Awaitable[web.StreamResponse]]:
    @web.middleware
    async def met(request: web.Request, handler: Handler) -> web.StreamResponse:
        return await extras.meet(request, handler, house)

    return met
