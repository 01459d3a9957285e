"""Which group an answer is about where the place does not say it, and the way to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.core.actions import Action
from bot.core.cards import Answer, Button, Call, Card, Form, Page
from bot.core.decide import GONE, Who
from bot.core.errors import UserError
from bot.core.model import Actor, Group, Origin
from bot.core.ports import Ports
from bot.core.text import Plain, Text, t, translate

WHICH = "which"
"""A pressed "Another group": what was asked, and the group that was chosen from a list."""
MOST = 20
"""Groups that are offered, the last used first."""
SHOWN = 60
"""Letters of a group's name on a button."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a card says of the group it is about."""

    said: Text
    other: Button

    def on(self, answer: Answer) -> Answer:
        if isinstance(answer, Page):
            return replace(answer, card=self.under(answer.card))
        return self.under(answer) if isinstance(answer, Card) else answer

    def under(self, card: Card) -> Card:
        """Last, since it is seldom what somebody looks for."""
        gap: Text = (Plain("\n\n"),) if card.text else ()
        text = (*card.text, *gap, *self.said)
        return replace(card, text=text, buttons=(*card.buttons, self.other))


class Which:
    """A group that was chosen is remembered as the one used last."""

    def __init__(self, actions: Mapping[str, Action[...]], ports: Ports) -> None:
        self._actions, self._groups, self._units = actions, ports.groups, ports.units

    async def line(
        self, action: Action[...], call: Call, origin: Origin, actor: Actor
    ) -> Line | None:
        """None where there is nothing to choose."""
        if actor.group is None or not _is_open(action, call, origin, actor):
            return None
        if len(await self._groups.of(actor.person.ref)) < 2:
            return None
        said = t("For {group}", origin.locale, group=actor.group.name)
        label = translate("Another group", origin.locale)
        return Line(said, Button(label, Call(WHICH, (action.id,))))

    async def pressed(self, args: tuple[str, ...], origin: Origin, actor: Actor) -> Card | Call:
        """The groups to choose from, or, with one chosen, the call to be performed for it. What
        comes back can be made up, and the group can have been left: it is looked at anew."""
        asked, *chosen = args or ("",)
        action, again = self._actions.get(asked), Call(asked)
        if action is None or len(chosen) > 1 or not _is_open(action, again, origin, actor):
            raise UserError(GONE)
        mine = [one.group for one in await self._groups.of(actor.person.ref)]
        if not chosen:
            if len(mine) < 2:
                raise UserError("You are in no other group.")
            return _choice(t("Which group?", origin.locale), mine, again, origin)
        group = next((group for group in mine if group.ref == chosen[0]), None)
        if group is None:
            return _choice(t("You are not in that group.", origin.locale), mine, again, origin)
        await self._units.commit((self._groups.use(group.ref, actor.person.ref, origin.now),))
        return again


def in_its_place(answer: Answer) -> Answer:
    """The answer stands where the groups stood."""
    if isinstance(answer, Page):
        return replace(answer, card=replace(answer.card, replaces=True))
    return answer if answer is None or isinstance(answer, Form) else replace(answer, replaces=True)


def _is_open(action: Action[...], call: Call, origin: Origin, actor: Actor) -> bool:
    """Whether it was for us to say which group: in a private place, when nobody named one. What
    is asked with words of its own says itself what it is about, and a host sets up a place."""
    unsaid = origin.place.private and not origin.group and not any(call.args)
    hosts = action.spec.who is Who.HOSTS and actor.host
    return unsaid and actor.member and action.spec.of_group and not hosts


def _choice(said: Text, groups: list[Group], call: Call, origin: Origin) -> Card:
    buttons = tuple(
        Button(group.name[:SHOWN], Call(WHICH, (call.action, group.ref))) for group in groups[:MOST]
    )
    return Card(said, buttons=buttons, private=True, locale=origin.locale)
