"""Forms that ask what is private go to a page of the web room, where the host wants that."""

from __future__ import annotations

from dataclasses import replace

from bot.core.app import App
from bot.core.cards import NOW, SOMEONE, Button, Card, Form, Tone
from bot.core.model import Origin
from bot.core.text import t, translate
from bot.platforms.discord.ports import DiscordPorts
from bot.platforms.discord.render import Message, leading, messages


class Elsewhere:
    """`public` is where the web room is found; "" while nobody can find it."""

    def __init__(self, app: App, ports: DiscordPorts, public: str) -> None:
        self._app, self._ports, self._public = app, ports, public

    def takes(self, form: Form) -> bool:
        return any(field.personal for field in form.fields)

    async def leads(self, form: Form, origin: Origin) -> list[Message]:
        """What is said instead of a dialog: where the page is, or that there is none."""
        locale = form.locale or origin.locale
        way_out = Button(translate(SOMEONE, locale), NOW, Tone.CAREFUL)
        if not self._public:
            said = t(
                "I ask this on a page of our own only, and there is none yet. Whoever runs this"
                " can open one: web.public_url.",
                locale,
            )
            return messages(Card(said, buttons=(way_out,), tone=Tone.CAREFUL, locale=locale))
        errands, place = self._ports.errands, self._ports.errands.place()
        group = await self._ports.groups.door(origin.place) or origin.group
        origin = replace(origin, place=place, group=group)
        if trouble := await self._app.keep(form, origin):
            return messages(trouble)
        secret, kept = errands.make(origin, form.call.action, place)
        await self._ports.units.commit((kept,))
        said = t(
            "You write this on a page of our own, so that it does not pass through here. The link"
            " is for you alone: it opens once, within ten minutes.",
            locale,
        )
        title = translate(form.title, locale)
        card = Card(said, title, buttons=(way_out,), locale=locale)
        url = f"{self._public}/errand/{secret}?in={locale}"
        return leading(messages(card), translate("Open the page", locale), url)
