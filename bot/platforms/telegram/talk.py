"""Lines and presses become calls; answers go back the way they came, or by a more private one."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from telegram.error import BadRequest

from bot.core.actions import Action
from bot.core.app import App
from bot.core.cards import ADDED, JOIN, NOW, Answer, Call, Card, Form, Page
from bot.core.decide import Who
from bot.core.fit import Way
from bot.core.model import Origin, Place, Via
from bot.core.ports import Clock
from bot.core.text import LANGUAGES
from bot.platforms.telegram import replies
from bot.platforms.telegram.heard import Heard
from bot.platforms.telegram.places import NAME, account, own, shared, target, where
from bot.platforms.telegram.ports import TelegramPorts
from bot.platforms.telegram.private import PrivateDoor
from bot.platforms.telegram.rights import Rights
from bot.platforms.telegram.sending import Sender, Where, personal
from bot.platforms.telegram.threshold import THERE, Threshold
from bot.platforms.telegram.updates import ANONYMOUS, Message, Press, User, locale

log = logging.getLogger(__name__)

SLASH = "/"
PROMPT = 2.0
"""Seconds after which a press is acknowledged though it is not done: until then a phone waits."""
HELP = Call("help.help")
FOR_HOSTS_TOO = (JOIN.action, HELP.action)
"""What anybody may do, and answers more to whoever looks after the place."""
LONGEST_LINE = 4096


class Talk:
    def __init__(
        self, app: App, sender: Sender, rights: Rights, ports: TelegramPorts, clock: Clock
    ) -> None:
        self.app = self._app = app
        self._sender, self._rights = sender, rights
        self._ports, self._clock = ports, clock
        self._line = sender.line
        self._commands = {action.spec.name: action for action in app.commands}
        self._threshold = Threshold(ports, app.actions)
        self.door = PrivateDoor(sender, rights, self._threshold)

    async def typed(self, message: Message, number: int, update: str) -> None:
        """`update` is the row of the inbox that it was kept in."""
        sender = message.sender
        if sender is None or (sender.is_bot and sender.id != ANONYMOUS):
            return
        heard = await self._heard(message, number, update)
        if message.chat.private:
            self.door.opened(sender.id)
        if not message.text.startswith(SLASH):
            await self._free(heard)
            return
        word, rest = [*message.text[1:].split(maxsplit=1), "", ""][:2]
        name, _, bot = word.partition("@")
        if bot and bot.lower() != self._line.username.lower():
            return
        if sender.id == ANONYMOUS:
            await self._faceless(heard)
        elif name == "start":
            await self._starts(rest.strip(), heard)
        elif name == "cancel":
            way = await self.door.way(heard)
            await self._answer(await self._app.cancel(heard.origin), heard, way, HELP)
        elif action := self._commands.get(name.casefold()):
            await self._command(action, rest, heard)
        elif not heard.shared:
            card = replies.unknown(name, self._commands, heard.origin.locale)
            await self._answer(card, heard, Way.HERE, HELP)

    async def pressed(self, press: Press, number: int, update: str) -> None:
        """Acknowledged when it is done, or in time."""
        if press.message is None:  # it is too old for Telegram to say where it was
            await self._acknowledge(press)
            return
        heard = await self._heard(press.message, number, update, press)
        if not heard.shared:
            self.door.opened(press.sender.id)
        doing = asyncio.ensure_future(self._press(Call.parse(press.data), heard))
        try:
            await asyncio.wait({doing}, timeout=PROMPT)
            await self._acknowledge(press)
            await doing
        finally:
            doing.cancel()

    async def greeting(self, user: User, group: str, number: int) -> Card:
        """What somebody reads who asks to be let in: the way to join."""
        self.door.opened(user.id)
        spoken = locale(user.language_code, tuple(LANGUAGES))
        origin = Origin(
            account(user), own(user.id), self._clock.now(), f"{NAME}:{number}", Via.TYPED, spoken,
            group=group,
        )  # fmt: skip
        answer = await self._app.perform(JOIN, origin)
        card = answer.card if isinstance(answer, Page) else answer
        return card if isinstance(card, Card) else replies.no_command(spoken, read=True)

    async def now(self, message: Message, press: Press | None, number: int) -> None:
        """Someone to talk to now: nothing is looked up for it, and nothing waits before it."""
        heard = bare(message, number, press, self._clock)
        answer = await self._app.perform(NOW, heard.origin)
        card = answer.card if isinstance(answer, Page) else answer
        if not isinstance(card, Card):
            return
        if press:
            await self._acknowledge(press)
        if not heard.shared:
            await self._sender.post(replace(card, replaces=False), Where(heard.chat), [])
        elif not await self.door.show(card, heard, await self.door.way(heard)):
            await self.door.point("now", heard)

    async def _heard(
        self, message: Message, number: int, update: str, press: Press | None = None
    ) -> Heard:
        heard = bare(message, number, press, self._clock)
        origin = replace(heard.origin, update=update)
        if heard.shared and message.topic and not await self._ports.groups.door(origin.place):
            origin = replace(origin, group=await self._group(origin))
        return replace(heard, origin=origin)

    async def _free(self, heard: Heard) -> None:
        """An answer to a question, or words that are not for us."""
        if heard.shared and not heard.whisper:
            return
        text = heard.message.text[:LONGEST_LINE]
        answer: Answer = None
        if not heard.shared:
            answer = replies.no_command(heard.origin.locale, read=bool(text))
        if text:  # a picture answers no question, not even with nothing
            answer = await self._app.hear(text, self._kept(heard), answer)
        if answer is not None:
            way = await self.door.way(heard)
            await self._answer(answer, heard, way, HELP)

    async def _starts(self, payload: str, heard: Heard) -> None:
        """Somebody opened the chat, or added us to theirs, perhaps by a link that says what for."""
        if heard.shared:
            action = self._app.actions.get(ADDED.action)
            if payload and action:
                await self._do(action, replace(ADDED, args=(payload,)), heard)
            return
        if payload == "now":
            await self.now(heard.message, None, 0)
            return
        found = await self._threshold.comes_in(payload, heard) if payload else None
        if found is None:
            answer = await self._app.perform(HELP, self._kept(heard))
            await self._answer(answer, heard, Way.HERE, HELP)
            return
        await self._goes_on(*found, heard)

    async def _goes_on(self, call: Call, place: Place, heard: Heard) -> None:
        """In the chat of their own, about the place that they came from."""
        origin = replace(heard.origin, place=place, overheard=False)
        chat, _ = target(place)
        action = self._app.actions.get(call.action)
        if action and chat < 0:
            origin = replace(origin, host=await self._is_host(action, origin, chat, heard))
        inside = await self._inside(action, origin, heard) if action else origin
        answer = await self._app.perform(call, inside)
        await self._answer(answer, replace(heard, origin=origin), Way.HERE, call)

    async def _command(self, action: Action[...], rest: str, heard: Heard) -> None:
        origin = heard.origin
        call = action.call(rest[:LONGEST_LINE], origin.locale)
        if origin.overheard and action.aloud(call) != call:
            await self._take_away(heard)
        await self._do(action, call, heard)

    async def _press(self, call: Call, heard: Heard) -> None:
        action = self._app.actions.get(call.action)
        if call.action == THERE:
            if found := await self._threshold.pressed(call, heard):
                await self._goes_on(*found, heard)
            else:
                card = replies.long_ago(heard.origin.locale)
                await self._answer(card, heard, await self.door.way(heard), HELP)
        elif action is None:  # a choice of a question, or something that was made up
            way = await self.door.way(heard)
            answer = await self._app.perform(call, heard.origin)
            await self._answer(answer, heard, way, HELP)
        else:
            await self._do(action, call, heard)

    async def _do(self, action: Action[...], call: Call, heard: Heard) -> None:
        """What cannot be answered in private is not done: it waits behind the private door."""
        way = Way.HERE if action.spec.shared else await self.door.way(heard)
        if way is Way.WITHHELD:
            await self.door.withhold(action.aloud(call), heard)
            return
        host = await self._is_host(action, heard.origin, heard.chat, heard)
        heard = replace(heard, origin=replace(heard.origin, host=host))
        origin = self._kept(heard, way)
        if way is Way.DIRECT:
            origin = await self._inside(action, origin, heard)
        await self._answer(await self._app.perform(call, origin), heard, way, call)

    async def _inside(self, action: Action[...], origin: Origin, heard: Heard) -> Origin:
        """What is answered in the chat with the bot goes on there, for the same group; but what
        sets up a place is about that place."""
        if origin.place.private or action.spec.who is Who.HOSTS:
            return origin
        return replace(origin, place=own(heard.sender.id), group=await self._group(origin))

    async def _group(self, origin: Origin) -> str:
        """Of its place; a topic that is no door itself is in the group of its chat."""
        chat, _ = target(origin.place)
        groups = self._ports.groups
        return origin.group or await groups.door(origin.place) or await groups.door(shared(chat))

    def _kept(self, heard: Heard, way: Way = Way.HERE) -> Origin:
        """The answer to a line goes with what it did, so that it is not lost between the two; a
        press can be pressed again, and an ephemeral message be sent by nobody but us."""
        if heard.press or way is Way.QUIETLY:
            return heard.origin
        place = own(heard.sender.id) if way is Way.DIRECT else heard.origin.place
        return replace(heard.origin, answer=place)

    async def _is_host(self, action: Action[...], origin: Origin, chat: int, heard: Heard) -> bool:
        """Telegram is asked only where something hangs on it."""
        if chat > 0 or not (action.spec.who is Who.HOSTS or action.id in FOR_HOSTS_TOO):
            return False
        if action.id == JOIN.action and await self._group(origin):
            return False
        return await self._rights.leads(chat, heard.sender.id)

    async def _answer(self, answer: Answer, heard: Heard, way: Way, call: Call) -> None:
        if isinstance(answer, Form):
            await self._ask(answer, heard, way)
            return
        card = answer.card if isinstance(answer, Page) else answer
        if card is None:
            return
        if not heard.shared or not card.private:
            await self._here(card, heard)
        elif way is Way.HERE or not await self.door.show(card, heard, way):
            way = await self.door.way(heard) if way is Way.HERE else Way.WITHHELD
            if way is Way.WITHHELD or not await self.door.show(card, heard, way):
                await self.door.withhold(call, heard)

    async def _ask(self, form: Form, heard: Heard, way: Way) -> None:
        """One by one, where the answers are nobody else's: words in the chat with the bot if
        there is one, since what is typed in a group is easily typed to all."""
        origin = heard.origin
        if heard.shared:
            typed = any(not field.choices for field in form.fields)
            if way is Way.QUIETLY and typed and await self.door.is_open(heard.sender.id):
                way = Way.DIRECT
            if way is Way.HERE:
                way = await self.door.way(heard)
            if way is Way.WITHHELD:
                await self.door.withhold(form.call, heard)
                return
        if not origin.place.private and (way is Way.DIRECT or not heard.shared):
            group = await self._group(origin)
            origin = replace(origin, place=own(heard.sender.id), group=group)
        card = await self._app.ask(form, origin)
        if not heard.shared:
            await self._here(card, heard)
        elif not await self.door.show(card, heard, way, form.fields[0]):
            await self.door.withhold(form.call, heard)

    async def _here(self, card: Card, heard: Heard) -> None:
        """In the chat it came from; what replaces the card that was pressed takes its place."""
        if not heard.shared and not heard.origin.place.private:
            card = await self._threshold.carried(card, heard)
        topic = None if not heard.shared else heard.message.topic or None
        place = Where(heard.chat, topic, kept=personal(card))
        pressed = heard.message.message_id if heard.press and card.replaces else 0
        if pressed and place.kept and not heard.message.has_protected_content:
            await self._sender.remove(place, (str(pressed),))  # it could be passed on for ever
            pressed = 0
        if pressed:
            await self._sender.change(card, place, (str(pressed),))
        else:
            await self._sender.post(card, place, [])

    async def _take_away(self, heard: Heard) -> None:
        """What was typed for all to read and was not for all."""
        if heard.message.message_id and (await self._rights.mine(heard.chat)).can_delete_messages:
            await self._sender.remove(Where(heard.chat), (str(heard.message.message_id),))

    async def _faceless(self, heard: Heard) -> None:
        await self._here(replies.faceless(heard.origin.locale), heard)

    async def _acknowledge(self, press: Press) -> None:
        try:
            await self._line.answer_callback_query(press.id)
        except BadRequest:  # it was, or it is too old
            log.debug("telegram.press_too_old")


def bare(message: Message, number: int, press: Press | None, clock: Clock) -> Heard:
    """What can be known without looking anything up."""
    sender = press.sender if press else message.sender
    assert sender
    place: Place = where(message)
    origin = Origin(
        account(sender),
        place,
        clock.now(),
        f"{NAME}:{number}",
        Via.PRESSED if press else Via.TYPED,
        locale(sender.language_code, tuple(LANGUAGES)),
        overheard=not (press or place.private or message.ephemeral_message_id),
    )
    return Heard(origin, sender, message, press)
