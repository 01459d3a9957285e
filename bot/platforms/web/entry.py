"""Coming in and going out: one-time links, sign-in, sessions, passphrases."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import datetime

from aiohttp import web

from bot.core.cards import Field
from bot.core.errors import Conflict, Slip, UserError
from bot.core.model import Account
from bot.core.text import key, plain, t
from bot.core.work import Unit
from bot.platforms.web import words
from bot.platforms.web.house import House
from bot.platforms.web.pages import Pages
from bot.platforms.web.passphrase import check
from bot.platforms.web.porch import Posted, html, posted
from bot.platforms.web.ports import Code
from bot.platforms.web.reader import Reader, guest
from bot.platforms.web.sessions import NAME, Viewer, new_token

FOUND, INVITE = "found", "invite"
SHORTEST, LONGEST = 6, 64
"""Letters of a sign-in word."""
SECRET = 64
"""Letters of a secret that are looked at."""

WORD = Field("Your new sign-in word", name="word")
NEW = Field("Your new passphrase", name="new")
KNOWN = Field("Your passphrase", name="passphrase")

TAKEN = key("Somebody has that word already. Here is another.")
WRONG = key("That word and that passphrase do not belong together.")
NOT_IT = key("That is not the passphrase you have now.")
ENOUGH = key("That was too many tries. Please wait an hour, then try again.")
CHANGED = key("Done. Your new passphrase is good from now on.")


class Entry:
    def __init__(self, house: House, pages: Pages) -> None:
        self._house, self._pages = house, pages
        self._web, self._codes = house.ports.web, house.ports.codes

    async def link(self, request: web.Request) -> web.Response:
        """Shows what a one-time link is for. It is not used up: previews fetch links, too."""
        now, secret = self._house.clock.now(), request.match_info["secret"][:SECRET]
        if await self._find(secret, now) is None:
            raise web.HTTPGone
        viewer = await self._house.sessions.viewer(request, now)
        return self._link_page(request, secret, viewer)

    async def enter(self, request: web.Request) -> web.Response:
        """Exchanges the link for a session, or for a further room of the one there is."""
        now, given = self._house.clock.now(), await posted(request)
        secret = given.get("secret")[:SECRET]
        found = await self._find(secret, now)
        if found is None:
            raise web.HTTPGone
        viewer = await self._house.sessions.viewer(request, now)
        if viewer:
            return await self._further(request, viewer, found)
        try:
            word, kept = _word(given.get("word")), _passphrase(given.get("new"))
        except Slip as why:
            return self._link_page(request, secret, None, given, why)
        account, token = Account(NAME, secrets.token_urlsafe(9)), new_token()
        hashed = await self._house.passphrases.lock(kept)
        unit = (
            self._web.make(account, word, hashed, now),
            *self._grant(account, found),
            self._web.begin(token, account, found[1].group, now),
        )
        try:
            await self._house.ports.units.commit(unit)
        except Conflict:
            if await self._find(secret, now) is None:
                raise web.HTTPGone from None
            return self._link_page(request, secret, None, given, Slip(WORD, UserError(TAKEN)))
        return self._in(request, token)

    async def sign_in(self, request: web.Request) -> web.Response:
        now, given = self._house.clock.now(), await posted(request)
        word, secret = _folded(given.get("word")), given.get("secret")[:SECRET]
        who, address = f"word {word}", f"address {self._house.gate.visitor(request)}"
        ref, tried = self._web.tried(who, address, now)
        try:
            await self._house.ports.units.commit(tried)
        except Conflict:
            return self._come_in(request, ENOUGH, given, 429)
        known = await self._web.sign_in(word)
        kept = known.passphrase if known else ""
        if not await self._house.passphrases.opens(given.get("passphrase"), kept) or not known:
            return self._come_in(request, WRONG, given, 403)
        token, room = new_token(), ""
        unit: Unit = self._web.right(ref, who)
        if before := await self._house.sessions.viewer(request, now):
            unit += (self._web.end(before.visit.mark),)
        if secret and (found := await self._find(secret, now)):
            unit += self._grant(known.account, found)
            room = found[1].group
        unit += (self._web.begin(token, known.account, room, now),)
        try:
            await self._house.ports.units.commit(unit)
        except Conflict:
            raise web.HTTPGone from None
        return self._in(request, token)

    async def sign_out(self, request: web.Request) -> web.Response:
        """Here, or everywhere."""
        given = await posted(request)
        viewer = await self._house.sessions.viewer(request, self._house.clock.now())
        response = _see("/")
        self._house.sessions.drop(request, response)
        if viewer:
            over = frozenset({viewer.visit.mark})
            unit: Unit = (self._web.end(viewer.visit.mark),)
            if given.get("everywhere"):
                over |= await self._web.sessions(viewer.account)
                unit = (self._web.end_all(viewer.account),)
            await self._house.ports.units.commit(unit)
            self._house.streams.end(over)
        return response

    async def account(self, request: web.Request) -> web.Response:
        viewer = await self._house.sessions.viewer(request, self._house.clock.now())
        return self._account_page(viewer) if viewer else _see("/")

    async def change(self, request: web.Request) -> web.Response:
        """A new passphrase, for somebody who knows the old one."""
        now, given = self._house.clock.now(), await posted(request)
        if not (viewer := await self._house.sessions.viewer(request, now)):
            return _see("/")
        who, address = f"change {viewer.account}", f"address {self._house.gate.visitor(request)}"
        ref, tried = self._web.tried(who, address, now)
        try:
            await self._house.ports.units.commit(tried)
        except Conflict:
            return self._account_page(viewer, ENOUGH, given, status=429)
        before = await self._web.passphrase(viewer.account)
        if not await self._house.passphrases.opens(given.get("passphrase"), before):
            return self._account_page(viewer, NOT_IT, given, KNOWN, status=403)
        try:
            hashed = await self._house.passphrases.lock(_passphrase(given.get("new")))
        except Slip as why:
            told = _said(why, viewer.reader)
            return self._account_page(viewer, told, given, why.field, status=422)
        over = await self._web.sessions(viewer.account) - {viewer.visit.mark}
        await self._house.ports.units.commit(
            (
                *self._web.right(ref, who),
                self._web.change(viewer.account, hashed),
                self._web.end_all(viewer.account, but=viewer.visit.mark),
            )
        )
        self._house.streams.end(over)
        return self._account_page(viewer, done=CHANGED)

    async def room(self, request: web.Request) -> web.Response:
        """Go over to another of one's rooms, or to found a group."""
        given = await posted(request)
        viewer = await self._house.sessions.viewer(request, self._house.clock.now())
        to = given.get("room")
        if viewer and (not to or to in {group.ref for group in viewer.rooms}):
            await self._house.ports.units.commit((self._web.go(viewer.visit.mark, to),))
        return _see("/")

    async def _further(
        self, request: web.Request, viewer: Viewer, found: tuple[str, Code]
    ) -> web.Response:
        go = self._web.go(viewer.visit.mark, found[1].group)
        try:
            await self._house.ports.units.commit((*self._grant(viewer.account, found), go))
        except Conflict:
            raise web.HTTPGone from None
        return _see("/")

    async def _find(self, secret: str, now: datetime) -> tuple[str, Code] | None:
        for kind in (FOUND, INVITE):
            if code := await self._codes.find(kind, secret, now):
                return kind, code
        return None

    def _grant(self, account: Account, found: tuple[str, Code]) -> Unit:
        kind, code = found
        if kind == FOUND:
            return (self._codes.use(code), self._web.found(account, True))
        return (self._codes.use(code), self._web.admit(account, code.group))

    def _in(self, request: web.Request, token: str) -> web.Response:
        response = _see("/")
        self._house.sessions.keep(request, response, token)
        return response

    def _link_page(
        self,
        request: web.Request,
        secret: str,
        viewer: Viewer | None,
        given: Posted | None = None,
        why: Slip | None = None,
    ) -> web.Response:
        """With what was typed before; of a word that is taken another stands there."""
        reader = viewer.reader if viewer else self._guest(request)
        word = given.get("word") if given and why and why.message != TAKEN else ""
        page = self._house.renderer.page(
            "enter",
            reader,
            secret=secret,
            signed_in=viewer is not None,
            word=word[:LONGEST] or words.sign_in_word(),
            suggested=_suggested(given),
            trouble=_said(why, reader) if why else "",
            slip=why.field.name if why else "",
        )
        return html(page, 422 if why else 200)

    def _come_in(
        self, request: web.Request, trouble: str, given: Posted, status: int
    ) -> web.Response:
        reader = self._guest(request)
        page = self._house.renderer.page(
            "come_in",
            reader,
            answer="",
            word=given.get("word")[:LONGEST],
            trouble=self._house.renderer.say(trouble, reader),
        )
        return html(page, status)

    def _guest(self, request: web.Request) -> Reader:
        return guest(request.headers.get("Accept-Language", ""), self._house.sessions.home)

    def _account_page(
        self,
        viewer: Viewer,
        trouble: str = "",
        given: Posted | None = None,
        slip: Field | None = None,
        done: str = "",
        status: int = 200,
    ) -> web.Response:
        renderer, reader = self._house.renderer, viewer.reader
        page = renderer.page(
            "account",
            reader,
            viewer=viewer,
            frame=self._pages.frame(viewer, "account"),
            suggested=_suggested(given),
            trouble=renderer.say(trouble, reader),
            slip=slip.name if slip else "",
            done=renderer.say(done, reader),
        )
        return html(page, status)


def _see(where: str) -> web.Response:
    return web.Response(status=303, headers={"Location": where})


def _said(why: UserError, reader: Reader) -> str:
    return plain(t(why.message, reader.locale, **why.values))


def _folded(word: str) -> str:
    """As it was meant, whatever a keyboard made of it."""
    meant = unicodedata.normalize("NFKC", word[: 4 * LONGEST]).casefold()
    return "-".join(meant.split())[:LONGEST]


def _word(given: str) -> str:
    word = _folded(given)
    if len(word) < SHORTEST or not word.isprintable():
        why = UserError(
            "Please use {shortest} to {longest} letters.", shortest=SHORTEST, longest=LONGEST
        )
        raise Slip(WORD, why)
    return word


def _passphrase(given: str) -> str:
    try:
        return check(given)
    except UserError as why:
        raise Slip(NEW, why) from None


def _suggested(given: Posted | None) -> str:
    """The one that was shown before, since it may be written down by now."""
    before = given.get("suggested") if given else ""
    return before if words.suggests(before) else words.passphrase()
