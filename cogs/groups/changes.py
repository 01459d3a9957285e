"""Changes that two trusted servants make together, and that either of them can undo."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta

from bot.core.actions import Cog, action
from bot.core.cards import Answer, Card, Tone
from bot.core.decide import Who
from bot.core.model import Context
from bot.core.rooms import Post
from bot.core.text import Plain, t, translate
from cogs.groups.settling import Settling, Stored, values
from storage.changes import Change

UNDO = timedelta(days=3)


class ChangesCog(Cog):
    name = "changes"

    def __init__(self, stored: Stored, settling: Settling) -> None:
        self._people, self._groups = stored.people, stored.groups
        self._changes, self._settling = stored.changes, settling

    @action("Agree to the change", who=Who.THEIRS)
    async def agree(self, ctx: Context, change: Change) -> Answer:
        settings = await self._groups.settings(change.group)
        ctx.work.write(self._changes.end(change))
        if settings is None or values(settings, change.before) != change.before:
            return Card(ctx.t("It was changed in between. Please ask for it once more."))
        made = replace(
            change,
            ref=secrets.token_urlsafe(9),
            agreed=ctx.person.ref,
            made=True,
            until=ctx.now + UNDO,
        )
        ctx.work.write(self._changes.add(made))
        new = await self._settling.apply(ctx, settings, change.after)
        said = t("We changed our settings. Two trusted servants agreed.", new.language)
        said += self._settling.differences(change.before, change.after, new.language)
        said += (Plain("\n"),)
        said += t("Either of them can undo it within three days.", new.language)
        undo = self.undo.button(translate("Undo", new.language), made.ref)
        card = Card(said, buttons=(undo,), locale=new.language)
        await self._settling.announce(ctx, new, card)
        return Card(ctx.t("Changed, and said in the group."), tone=Tone.GOOD, replaces=True)

    @action("Not this", who=Who.THEIRS)
    async def refuse(self, ctx: Context, change: Change) -> Answer:
        ctx.work.write(self._changes.end(change))
        for asker in (await self._people.many([change.asked])).values():
            said = t(
                "A note from your group. The change you asked for: not this, for now.",
                asker.language,
            )
            ctx.work.do(Post(asker, Card(said, private=True, locale=asker.language)))
        return Card(ctx.t("All right. It stays as it is."), replaces=True)

    @action("Undo the change", who=Who.THEIRS)
    async def undo(self, ctx: Context, change: Change) -> Answer:
        settings = await self._groups.settings(change.group)
        ctx.work.write(self._changes.end(change))
        if settings is None or values(settings, change.after) != change.after:
            return Card(ctx.t("It has been changed again since. /setup shows how it is."))
        old = await self._settling.apply(ctx, settings, change.before)
        said = t("We took a change of our settings back.", old.language)
        said += self._settling.differences(change.after, change.before, old.language)
        await self._settling.announce(ctx, old, Card(said, locale=old.language))
        return Card(ctx.t("Taken back, and said in the group."))
