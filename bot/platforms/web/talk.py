"""What people type, press and fill in, and how it is answered."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from hashlib import sha256
from urllib.parse import urlsplit

from aiohttp import web
from markupsafe import Markup

from bot.core.actions import Action
from bot.core.app import App
from bot.core.cards import Answer, Button, Call, Card, Form, Page
from bot.core.errors import Slip, UserError
from bot.core.model import Origin, Via
from bot.core.text import Plain, plain, t
from bot.pictures import png
from bot.platforms.web.house import House
from bot.platforms.web.pages import ROOM, Pages, shown, spot
from bot.platforms.web.porch import Posted, html, posted
from bot.platforms.web.sessions import Viewer
from bot.platforms.web.writing import Writing

LONGEST_LINE = 8000
CAUSE = re.compile(r"[\w-]{8,64}", re.ASCII)
SLASHES = "/／"  # noqa: RUF001 as some keyboards write it
PIECE, WAY = "X-Piece", "X-Way"
"""Headers: a script asks for the answer alone, and is told where it goes."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer as HTML, and where it belongs."""

    html: Markup
    way: str
    """`room` when it is one of the room's cards, `here` when it takes the place of the card that
    was pressed, else `answer`."""
    on_top: Markup | None = None
    """What stands on top of a whole page instead, when the answer is in the room."""
    at_home: str = ""
    """The anchor of a card of their own, which stands on the front of the house, too."""


class Talk:
    def __init__(self, house: House, pages: Pages) -> None:
        self._house, self._app, self._pages = house, house.app, pages
        self.writing = Writing(house, self.given)

    async def say(self, request: web.Request) -> web.Response:
        """A typed line: a command, or the answer to a question."""
        viewer, given = await self.given(request)
        if viewer is None:
            return self._pages.come_in(request, status=401)
        line = given.get("line").strip()[:LONGEST_LINE]
        return await self.typed(request, viewer, given, line)

    async def typed(
        self, request: web.Request, viewer: Viewer, given: Posted, line: str
    ) -> web.Response:
        origin = self.origin(viewer, given, Via.TYPED, line)
        return await self._show(request, viewer, given, await self._said(line, origin), origin)

    async def press(self, request: web.Request) -> web.Response:
        viewer, given = await self.given(request)
        if viewer is None:
            return self._pages.come_in(request, status=401)
        call = Call.parse(given.get("call")[:LONGEST_LINE])
        origin = self.origin(viewer, given, Via.PRESSED, str(call))
        answer = await self._app.perform(call, origin)
        return await self._show(request, viewer, given, answer, origin)

    async def fill(self, request: web.Request) -> web.Response:
        """A form, field by field; several choices of one field are parted by commas."""
        viewer, given = await self.given(request)
        if viewer is None:
            return self._pages.come_in(request, status=401)
        call = Call.parse(given.get("call")[:LONGEST_LINE])
        action = self._app.actions.get(call.action)
        fields = action.unasked(call.args) if action else ()
        values = tuple(",".join(given.all(f"f.{field.name}")) for field in fields)
        whole = replace(call, args=(*call.args, *values))
        origin = self.origin(viewer, given, Via.FILLED, str(whole))
        answer = (action and left_out(action, call, values, origin.locale)) or (
            await self._app.fill(call, values, origin)
        )
        if given.get("kept") and not isinstance(answer, Form):
            await self.writing.done(viewer, whole)
        return await self._show(request, viewer, given, answer, origin)

    async def given(self, request: web.Request) -> tuple[Viewer | None, Posted]:
        """Who sent a form, and what is in it."""
        given = await posted(request)
        return await self._house.sessions.viewer(request, self._house.clock.now()), given

    def origin(self, viewer: Viewer, given: Posted, via: Via, what: str) -> Origin:
        """The same thing sent twice from the same page has the same cause."""
        nonce = given.get("cause")
        if not CAUSE.fullmatch(nonce):
            nonce = secrets.token_urlsafe(12)
        once = json.dumps([viewer.account.id, nonce, via, what])
        cause = sha256(once.encode()).hexdigest()[:32]
        return viewer.origin(via, cause, self._house.clock.now())

    async def _said(self, line: str, origin: Origin) -> Answer:
        if not line.startswith(tuple(SLASHES)):
            heard = await self._app.hear(line, origin)
            return heard or await self._meant(line, origin) or _no_command(origin.locale)
        return await self._meant(line, origin) or self._unknown(line, origin.locale)

    async def _meant(self, line: str, origin: Origin) -> Answer:
        """What the command answers that the line begins with, by its slash or without."""
        word, _, rest = line.lstrip(SLASHES).partition(" ")
        name = word.casefold()
        if name == "cancel":
            return await self._app.cancel(origin)
        action = next((a for a in self._app.commands if a.spec.name == name), None)
        if action is None:
            return None
        answer = await self._app.perform(action.call(rest, origin.locale), origin)
        return shown(answer, origin.locale)

    async def _show(
        self,
        request: web.Request,
        before: Viewer,
        given: Posted,
        answer: Answer,
        origin: Origin,
    ) -> web.Response:
        """The answer alone for a script, as long as nothing else of its page has changed."""
        wanted = request.query.get("file")
        if isinstance(answer, Page) and (file := await self._file(answer, wanted, before)):
            return file
        now, said = self._house.clock.now(), shown(answer, origin.locale)
        pressed = given.get("card")[:64]
        placed = await self._placed(before, said, origin, pressed, now)
        after = await self._after(request, before, now)
        if after is None or after.actor != before.actor:
            self._house.streams.ring()  # what named somebody who is forgotten is gone
        if after and request.headers.get(PIECE) and _same(before, after):
            return piece(placed.html, placed.way)
        if placed.at_home and after and not _from_room(request):
            response = web.Response(status=303, headers={"Location": f"/#c-{placed.at_home}"})
        elif placed.on_top is not None:
            response = await self._pages.of_room(request, after, placed.on_top)
        else:
            near = _near(said, self._app)
            response = await self._pages.of_answer(request, after, said, near, pressed)
        if after is None:
            self._house.sessions.drop(request, response)
        return response

    async def _placed(
        self,
        viewer: Viewer,
        answer: Card | Form | Page,
        origin: Origin,
        pressed: str,
        now: datetime,
    ) -> Shown:
        """What all may see is kept in the room; what changes a card that was brought to somebody
        is kept there as well, so that it is changed wherever they look."""
        renderer, feed = self._house.renderer, self._house.ports.feed
        if isinstance(answer, Form):
            return Shown(renderer.answer(answer, viewer.reader, pressed), "answer")
        card = answer.card if isinstance(answer, Page) else answer
        place = viewer.own if card.private else viewer.place
        anchor = pressed if card.replaces and pressed and place != viewer.own else ""
        if card.private and card.replaces and pressed and await feed.stands(place, pressed):
            anchor = pressed
        elif card.private or viewer.group is None:
            way = "here" if card.replaces else "answer"
            return Shown(renderer.answer(answer, viewer.reader), way)
        elif anchor and not await feed.stands(place, anchor):
            anchor = ""
        kept = await feed.keep(f"{origin.cause}/answer", place, card, now, anchor)
        self._house.streams.ring()
        standing = renderer.card(card, viewer.reader, spot(kept))
        own = kept.anchor if card.private else ""
        return Shown(standing, ROOM, renderer.below(kept.anchor, viewer.reader), own)

    async def _after(self, request: web.Request, before: Viewer, now: datetime) -> Viewer | None:
        """Who they are by now: what they did may have changed it. Who has just founded a group
        goes to its room."""
        web_ports, streams = self._house.ports.web, self._house.streams
        viewer = await self._house.sessions.viewer(request, now)
        new = [group for group in viewer.rooms if group not in before.rooms] if viewer else []
        if viewer and new and viewer.visit.founds and viewer.group is None:
            go = web_ports.go(viewer.visit.mark, new[0].ref)
            done = web_ports.found(viewer.account, False)
            await self._house.ports.units.commit((go, done))
            viewer = await self._house.sessions.viewer(request, now)
        streams.confine(before.account, {g.ref for g in viewer.rooms} if viewer else ())
        if viewer and viewer.hidden != before.hidden:  # they come back, and are told less or more
            streams.end(await web_ports.sessions(viewer.account))
        return viewer

    async def _file(self, page: Page, wanted: str | None, viewer: Viewer) -> web.Response | None:
        """What the page shows, to be taken along: `yes` for all that is kept, `page` as a
        document of its own, `picture` for its picture."""
        if wanted == "yes":
            kept = page.data if page.file is None else page.file
            said = json.dumps(kept, ensure_ascii=False, indent=2, default=_letters)
            response = web.Response(text=said, content_type="application/json")
        elif wanted == "page" and (alone := self._house.renderer.alone(page, viewer.reader)):
            response = web.Response(text=alone, content_type="text/html")
        elif wanted == "picture" and page.card.picture:
            painted = await asyncio.to_thread(png, page.card.picture.drawing)
            response = web.Response(body=painted, content_type="image/png")
        else:
            return None
        name = f"{page.name}.{response.content_type.partition('/')[2]}"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def _unknown(self, line: str, locale: str) -> Card:
        word = line.lstrip(SLASHES).partition(" ")[0]
        commands = {action.spec.name: action for action in self._app.commands}
        said = t("I do not know /{word}.", locale, word=word[:32])
        close = get_close_matches(word.casefold()[:32], commands, 1, 0.5)
        name = close[0] if close else "help"
        button = Button(f"/{name}", Call(commands[name].id))
        more = (
            t("Did you mean /{name}?", locale, name=name)
            if close
            else t("/help shows all that I know.", locale)
        )
        return Card((*said, Plain(" "), *more), buttons=(button,), private=True, locale=locale)


def left_out(action: Action[...], call: Call, values: tuple[str, ...], locale: str) -> Form | None:
    """The form again, when something was left empty that a browser should have asked for."""
    asked = zip(action.unasked(call.args), values, strict=False)
    empty = (field for field, text in asked if field.must and not text.strip())
    if (field := next(empty, None)) is None:
        return None
    why, whole = UserError("Please fill this in."), replace(call, args=(*call.args, *values))
    said = plain(t(why.message, locale))
    return action.again(whole, len(call.args), Slip(field, why), said)


def _letters(value: object) -> object:
    """Whatever JSON has no kind for."""
    return sorted(value) if isinstance(value, set | frozenset) else str(value)


def _same(before: Viewer, after: Viewer) -> bool:
    """Whether all that the page says around an answer still holds."""
    if before.actor != after.actor:
        return False
    around = ("group", "rooms", "reader", "hidden")
    return all(getattr(before, name) == getattr(after, name) for name in around)


def _from_room(request: web.Request) -> bool:
    """Whether it was pressed in the room. From anywhere else a private answer leads to the front
    of the house, not among what all may read."""
    try:
        return urlsplit(request.headers.get("Referer", "")).path == "/room"
    except ValueError:
        return False


def _no_command(locale: str) -> Card:
    return Card(
        t(
            "I have asked nothing, so I do not know what to do with that. Commands start with /.",
            locale,
        ),
        private=True,
        locale=locale,
    )


def piece(html_piece: Markup, way: str) -> web.Response:
    """An answer for a script, and where it goes."""
    response = html(str(html_piece))
    response.headers[WAY] = way
    return response


def _near(answer: Card | Form | Page, app: App) -> str:
    """The page that an answer belongs to, by the command of that name; else any."""
    name = answer.name if isinstance(answer, Page) else ""
    if isinstance(answer, Form) and (action := app.actions.get(answer.call.action)):
        name = action.spec.name
    return name
