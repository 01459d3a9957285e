"""Several accounts, one person: joined by a code they carry over themselves, and parted again."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from bot.core.actions import Cog, Want, action, command
from bot.core.cards import JOIN, Answer, Button, Call, Card, Field, Tone
from bot.core.decide import Who
from bot.core.errors import UserError
from bot.core.model import GUEST, Context
from bot.core.rooms import Post
from bot.core.text import Name, Strong
from bot.core.work import Lane
from storage.codes import TRIES, Codes
from storage.people import People, account_of

LINK = "link"
LIFETIME = timedelta(minutes=10)

Typed = Annotated[
    str,
    Field(
        "The code from your other account", hint="Left empty, you get one.", private=True, code=True
    ),
]


class AccountsCog(Cog):
    name = "accounts"

    def __init__(self, people: People, codes: Codes) -> None:
        self._people, self._codes = people, codes

    @command("Link another account of yours", who=Who.ANYONE, want=Want.ME)
    async def link(self, ctx: Context, code: Typed = "") -> Answer:
        owner = await self._people.known(account_of(ctx.actor))
        if code:
            return self._has_joined(ctx) if owner else await self._redeem(ctx, code)
        if not owner:
            return self._how(ctx)
        secret, kept = self._codes.make(LINK, owner, "", ctx.now, LIFETIME)
        ctx.work.write(*self._codes.end(LINK, owner), kept)
        said = ctx.t(
            "In your other account, type {line} within ten minutes. Show it to nobody: whoever"
            " types it is you from then on.",
            line=Strong(f"/link {secret}"),
        )
        return Card(said, ctx.label("Your code"))

    @command("Part this account from the others", want=Want.ME)
    async def unlink(self, ctx: Context) -> Answer:
        if len(await self._people.accounts(ctx.person.ref)) < 2:
            return self._last(ctx)
        said = ctx.t(
            "Part this account? You stay who you are in your other ones, and this one will be"
            " nobody's."
        )
        buttons = (
            self.part.button(ctx.label("Part this account"), tone=Tone.CAREFUL),
            self.part_others.button(ctx.label("Part my other accounts")),
        )
        return Card(said, buttons=buttons)

    @action("Part this account", who=Who.ANYONE)
    async def part(self, ctx: Context) -> Answer:
        account = account_of(ctx.actor)
        owner = await self._people.known(account)
        if owner:
            if len(await self._people.accounts(owner)) < 2:
                return self._last(ctx)
            ctx.work.write(self._people.remove_account(account, owner))
        return Card(ctx.t("Done. This account is nobody's here now."), replaces=True)

    @action("Part my other accounts")
    async def part_others(self, ctx: Context) -> Answer:
        ctx.work.write(self._people.remove_others(account_of(ctx.actor), ctx.person.ref))
        return Card(ctx.t("Done. This account is your only one now."), replaces=True)

    async def _redeem(self, ctx: Context, secret: str) -> Card:
        """What is wrong with a code is not said, and each try counts, also many at once."""
        account = account_of(ctx.actor)
        if await self._codes.tries(LINK, str(account), ctx.now) >= TRIES:
            raise UserError("That was often. Please wait an hour, then take a new code.")
        ctx.work.write(self._codes.tried(LINK, str(account), ctx.now))
        code = await self._codes.find(LINK, secret, ctx.now)
        profile = await self._people.profile(code.person) if code else None
        if code is None or profile is None:
            return Card(
                ctx.t("That code does not open anything. It may be over: they last ten minutes."),
                tone=Tone.CAREFUL,
            )
        other = await self._people.reach(code.person)
        ctx.work.write(self._codes.use(code), self._people.add_account(account, code.person))
        if other:
            ctx.work.do(Post(other, self._told(ctx)), lane=Lane.NOW, about=(code.person,))
        said = ctx.t("Done. You are {name} here too.", name=Name(profile.person.name))
        return Card(said, buttons=(_me(ctx),), tone=Tone.GOOD)

    def _told(self, ctx: Context) -> Card:
        said = ctx.t("One more account was linked with this one. If that was not you, part it.")
        button = self.part_others.button(ctx.label("Part my other accounts"), tone=Tone.CAREFUL)
        return Card(said, buttons=(button,), private=True)

    def _has_joined(self, ctx: Context) -> Card:
        said = ctx.t(
            "This account has joined already. To make it somebody's second one, part it first"
            " with /unlink, or end what is kept with /forgetme."
        )
        return Card(said, buttons=(_me(ctx),) if ctx.person != GUEST else ())

    def _how(self, ctx: Context) -> Card:
        said = ctx.t(
            "Type /link in the account that has joined. It gives you a code; type it here:"
            " /link and the code."
        )
        return Card(said, buttons=(Button(ctx.label("Join"), JOIN),))

    def _last(self, ctx: Context) -> Card:
        said = ctx.t(
            "This is your only account: without it you could not come back. /link adds another,"
            " /forgetme ends everything."
        )
        return Card(said, buttons=(_me(ctx),), replaces=True)


def _me(ctx: Context) -> Button:
    return Button(ctx.label("My settings"), Call("people.me"))
