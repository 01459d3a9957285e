"""Somebody whose language is Spanish reads Spanish, whatever they do and wherever they are."""

from __future__ import annotations

import gettext
import html
import re
import tomllib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest

from bot.core import text
from bot.core.cards import Call, Card, Form, Page
from bot.core.text import LANGUAGES, Day
from cogs.keeping.words import WORDS
from cogs.people.fields import PURPOSES
from cogs.people.names import WORDS as NAMES
from storage import Storage
from storage.roles import FOUNDER
from tests.browser import Browser
from tests.room import HOME, Actor, Room, ref_of, words
from tests.web_house import House, open_house
from tools.catalogue import catalogue, sentences

CALLE = replace(HOME, name="Calle del Puerto", language="es")
LAST = ("keeping.forgotten", "accounts.part", "people.withdraw", "people.clear")
"""What takes something away is pressed when everything else was."""


def ids() -> Iterator[str]:
    """Every English sentence; of a plural, both."""
    for message in sentences():
        if message.id:
            yield from [message.id] if isinstance(message.id, str) else message.id


ENGLISH = {
    part.strip()
    for sentence in ids()
    for part in re.split(r"\{\w+\}", sentence)
    if len(part.split()) >= 3
}
"""What would be heard of an English sentence: its words between what is filled in."""


@dataclass
class Ear:
    """Hears every sentence that is asked for, and keeps those that no Spanish was found for."""

    known: frozenset[str]
    asked: int = 0
    unheard: set[tuple[str, str]] = field(default_factory=set)

    def hears(self, locale: str, message: str) -> None:
        self.asked += 1
        names = {*LANGUAGES.values()}
        if locale != "es" or message not in self.known | names:
            self.unheard.add((locale, message))


class Told(gettext.NullTranslations):
    """A catalogue that tells what is looked for in it."""

    def __init__(self, ear: Ear, locale: str, kept: gettext.NullTranslations) -> None:
        super().__init__()
        self._ear, self._locale, self._kept = ear, locale, kept

    def gettext(self, message: str) -> str:
        self._ear.hears(self._locale, message)
        return self._kept.gettext(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self._ear.hears(self._locale, msgid1)
        return self._kept.ngettext(msgid1, msgid2, n)


@pytest.fixture
def ear(monkeypatch: pytest.MonkeyPatch) -> Ear:
    there = (message.id for message in catalogue("es") if message.id and message.string)
    heard = Ear(frozenset(id if isinstance(id, str) else id[0] for id in there))
    real = text._catalogue
    monkeypatch.setattr(text, "_catalogue", lambda locale: Told(heard, locale, real(locale)))
    return heard


def english_in(said: str) -> set[str]:
    return {part for part in ENGLISH if part in said}


def shown(room: Room, card: Card) -> str:
    """A card as its door shows it, and as it reads."""
    labels = " ".join(button.label for button in card.buttons)
    drawn = html.unescape(re.sub(r"<.*?>", "", str(room.door.render(card))))
    return f"{words(card)} {labels} {drawn}"


def asked(form: Form) -> str:
    """A form as a door in Spanish shows it."""
    said = [form.title, *(f.label for f in form.fields), *(f.hint for f in form.fields)]
    said += [choice.label for f in form.fields for choice in f.choices]
    return " ".join([*(text.translate(sentence, "es") for sentence in said), form.trouble])


def check(room: Room, *people: Actor) -> None:
    """Nothing that they saw is English, and its days are written as Spanish writes them."""
    cards = [*room.posted, *(card for person in people for card in person.seen)]
    assert cards or any(person.form for person in people)
    for card in cards:
        assert card.locale == "es", words(card)
        assert not english_in(shown(room, card)), words(card)
    for form in (person.form for person in people if person.form):
        assert not english_in(asked(form)), form.title


async def ana_of(room: Room) -> Actor:
    """Who chose Spanish, in a group that speaks it, on a telephone that does."""
    room.group = CALLE
    ana = await room.person("Ana", zone="Europe/Madrid", language="es")
    ana.locale, ana.here = "es", ana.own
    return ana


async def test_a_newcomer_joins_in_spanish(room: Room, ear: Ear) -> None:
    room.group = CALLE
    await room.opens()
    zoe = room.guest("Zoe")
    zoe.locale = "es"
    for line in ("/help", "/link", "/me", "/now", "/join"):
        await zoe.types(line)
    assert zoe.sees("Te damos la bienvenida a Calle del Puerto")
    await zoe.presses("Unirme")
    check(room, zoe)
    if not zoe.form:
        await zoe.types("quizás")
        assert zoe.sees("Responde sí o no, por favor.")
    await zoe.fills("sí", "Español", "America/Bogota", "Guardar mis registros", "Zoé")
    assert zoe.sees("Te damos la bienvenida, Zoé. Quédate el tiempo que quieras.")
    await zoe.presses("Lo que hay")
    assert zoe.sees("/checkin Registrar cómo estás")
    check(room, zoe)
    assert not ear.unheard


async def test_a_name_that_is_suggested_is_spanish(room: Room) -> None:
    room.group = CALLE
    await room.opens()
    zoe = room.guest("Zoe")
    zoe.locale = "es"
    await zoe.types("/join")
    [(second, first)] = re.findall(r"Te propongo (\w+) (\w+)\.", words(zoe.seen[-1]))
    kept = tomllib.loads(NAMES.read_text("utf-8"))["es"]
    assert second in kept["second"]
    assert first in kept["first"]


async def test_a_day_of_somebody_is_spanish(room: Room, ear: Ear) -> None:
    ana = await ana_of(room)
    await ana.types("/join")
    assert ana.sees("Ya te uniste.")
    await ana.types("/help")
    await ana.types("/checkin muy difícil soledad,cansancio Una noche larga.")
    assert ana.sees("Gracias por contármelo.")
    assert ana.sees("Muy difícil (Soledad, Cansancio)")
    assert ana.can_press("Alguien con quien hablar ahora")
    await ana.presses("Cambiar")
    await ana.fills("difícil", "hambre", "Otra cosa.")
    await ana.presses("Eso es todo")
    await ana.types("/checkins")
    assert ana.sees("Cada uno se borra solo al cabo de 90 días.")
    await ana.presses("Abrir 1")
    await ana.presses("Borrar")
    await ana.types("/me")
    assert ana.sees("Horas de silencio de 22:00 a 07:00")
    await ana.types("/now")
    assert ana.sees("Si una vida corre peligro, llama primero:")
    await ana.types("/link")
    await ana.types("/link abcd")
    check(room, ana)
    assert not ear.unheard
    assert ear.asked > 100


async def test_dates_are_written_and_counted_in_spanish(room: Room, ear: Ear) -> None:
    ana = await ana_of(room)
    await ana.types("/time")
    await ana.presses("Guardar una fecha")
    await ana.fills("El tabaco", "En días, meses y años", "2025-06-27")
    last = ana.seen[-1]
    assert last.text[1] == Day(date(2025, 6, 27))
    assert "desde el 27 de junio de 2025: 8 meses y 2 días" in shown(room, last).replace("*", "")
    for label in ("Cambiar", "El próximo hito", "También el más largo", "Eso es todo"):
        await ana.presses(label)
    assert "9 meses el 27 de marzo de 2026" in shown(room, ana.seen[-1])
    await ana.presses("Empiezo de nuevo")
    assert ana.sees("Qué bueno tenerte de vuelta. Lo aprendido sigue siendo tuyo.")
    room.now += timedelta(days=1)
    await ana.presses("Ver")
    assert ana.sees("1 día")
    await ana.presses("Volver a la fecha anterior")
    await ana.types("/time")
    check(room, ana)
    assert not ear.unheard


async def test_whoever_is_forgotten_is_told_so_in_spanish(room: Room, ear: Ear) -> None:
    ana = await ana_of(room)
    await ana.types("/forgetme")
    await ana.presses("Sí, olvidar todo lo mío")
    assert ana.sees("Lo que guardaba de ti ya no está, y su llave tampoco.")
    assert "Después del 8 de marzo de 2026" in shown(room, ana.seen[-1])
    check(room, ana)
    assert not ear.unheard


async def test_whatever_is_kept_has_a_word(room: Room) -> None:
    ana = await ana_of(room)
    for line in ("/checkin 2 lonely Una noche.", "/block Bo", "/time"):
        await ana.types(line)
    await ana.presses("Guardar una fecha")
    await ana.fills("El tabaco", "days", "2024-02-29")
    for data in ("write:first:2026-03-01:Una nota", "favourite:first:2026-02-28"):
        await ana.sends(f"readings.{data}")
    await ana.sends("bringing.set_hour:07~115")
    page = await room.app.perform(Call("keeping.mydata"), ana.origin())
    assert isinstance(page, Page)
    assert isinstance(page.data, dict)
    named = {name.replace("_", " ") for part in page.data.values() for name in names_in(part)}
    purposes = {purpose.label for purpose in PURPOSES}
    assert {"mood", "again at", "platform"} <= named <= {*WORDS, *purposes}
    await ana.types("/mydata")
    assert any("18 o más: sí" in words(card) for card in ana.seen)


def names_in(kept: object) -> Iterator[str]:
    if isinstance(kept, dict):
        yield from kept
    for one in kept.values() if isinstance(kept, dict) else kept if isinstance(kept, list) else ():
        yield from names_in(one)


async def test_every_command_and_every_button_of_it_is_spanish(room: Room, ear: Ear) -> None:
    ana, now = await ana_of(room), room.now
    ana.hosts = True
    term = room.storage.roles.give(CALLE.ref, ref_of("Ana"), FOUNDER, now, now + timedelta(days=9))
    await room.storage.units.commit((term,))
    for line in ("/checkin 2 lonely Una noche.", "/block Bo", "/time"):
        await ana.types(line)
    await ana.presses("Guardar una fecha")
    await ana.fills("El tabaco", "days", "2024-02-29")
    offered: dict[str, Call] = {}
    for command in room.app.commands:
        await ana.types(f"/{command.spec.name}")
        taken_in(room, ana, offered)
    pressed: set[str] = set()
    while left := sorted(offered.keys() - pressed, key=lambda name: (name in LAST, name)):
        pressed.add(left[0])
        await ana.sends(str(offered[left[0]]))
        taken_in(room, ana, offered)
    assert len(pressed) > 40
    assert not ear.unheard


def taken_in(room: Room, person: Actor, offered: dict[str, Call]) -> None:
    """What came is looked at once; what it offers first under a name is what is pressed."""
    if room.posted or person.seen or person.form:
        check(room, person)
    for card in person.seen:
        for button in card.buttons:
            offered.setdefault(button.call.action, button.call)
    room.posted.clear()
    person.seen.clear()
    person.form = None


async def test_the_web_room_is_spanish(storage: Storage, ear: Ear) -> None:
    async with open_house(storage) as house:
        people = await house.stranger("es"), await house.guest(CALLE, "es"), await of_web(house)
        ear.unheard.clear()
        async for said in pages(house, *people):
            assert 'lang="es"' in said
            assert not english_in(html.unescape(said))
    assert not {message for _, message in ear.unheard} & {*ids()}, "the rest is the test's own"


async def of_web(house: House) -> Browser:
    return await house.member("Ana", CALLE, "Europe/Madrid", "es")


async def pages(
    house: House, stranger: Browser, guest: Browser, ana: Browser
) -> AsyncIterator[str]:
    for path in ("/", "/now", "/nothing", await house.link("invite", CALLE.ref), "/enter/none"):
        await stranger.opens(path)
        yield stranger.html
    for browser in (guest, ana):
        await browser.opens("/")
        yield browser.html
        for line in ("/help", "/now", "hola", "/nada", "/checkin 2 lonely Nota.", "/checkins"):
            await browser.types(line)
            yield browser.html
    for line in ("/me", "/mydata", "/time", "/checkin", "/today", "/readings"):
        await ana.types(line)
        yield ana.html
    await ana.opens("/account")
    yield ana.html
    await ana.presses("Cambiar", passphrase="no", new="x")
    yield ana.html
