"""What App says by itself: a refusal, a crash, what was given up; and what goes with a unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.core.actions import Action
from bot.core.cards import NOW, SOMEONE, Answer, Button, Call, Card, Page, Tone
from bot.core.errors import Slip, UserError
from bot.core.model import Origin
from bot.core.rooms import Post
from bot.core.text import Plain, t, translate

LATEST = timedelta(minutes=15)
"""After it the answer to a line has lost its sense."""
Actions = Mapping[str, Action[...]]


def refusal(refused: UserError, origin: Origin, actions: Actions) -> Card:
    """Why not, and the button that mends it."""
    card = private(refused.message, origin, **refused.values)
    if isinstance(refused, Slip) and refused.field.label:
        asked = Plain(f"{translate(refused.field.label, origin.locale)}\n")
        card = replace(card, text=(asked, *card.text))
    if refused.way and refused.way[1].action in actions:
        label, call = refused.way
        card = replace(card, buttons=(Button(translate(label, origin.locale), call),))
    return card


def crash(code: str, origin: Origin, actions: Actions) -> Card:
    """Ours to mend; the code finds it in the log."""
    said = private("Something went wrong here. Our code for it: {code}", origin, code=code)
    return replace(said, buttons=way_out(origin, actions))


def button(action: Action[...], call: Call, origin: Origin) -> Card:
    """For what only begins when somebody presses."""
    said, label = private("It begins when you press this.", origin), action.spec.summary
    press = Button(translate(label, origin.locale or "en"), call)
    return replace(said, buttons=(press,), tone=Tone.PLAIN)


def way_out(origin: Origin, actions: Actions) -> tuple[Button, ...]:
    """Someone to talk to now, wherever something went wrong or a question stands in the way."""
    label = translate(SOMEONE, origin.locale)
    return (Button(label, NOW, Tone.CAREFUL),) if NOW.action in actions else ()


def private(message: str, origin: Origin, **values: str | int) -> Card:
    said = t(message, origin.locale or "en", **values)
    return Card(said, tone=Tone.CAREFUL, private=True, locale=origin.locale or "en")


def along(answer: Answer, origin: Origin) -> Post | None:
    """The answer as one of the deeds, so that a crash does not part it from the others."""
    card = answer.card if isinstance(answer, Page) else answer
    place = origin.answer
    if not isinstance(card, Card) or place is None or (card.private and not place.private):
        return None
    return Post(place, replace(card, replaces=False))
