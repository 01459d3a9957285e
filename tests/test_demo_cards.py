"""What is sent to a chat, as a picture: letters stay what they are."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.core.cards import Button, Call, Card, Tone
from bot.core.text import Link, Moment, Name, Plain, Strong, Text
from bot.core.work import Write
from bot.demo import discord, telegram
from bot.demo.parts import PARTS, sponsorship
from bot.demo.people import PEOPLE
from bot.demo.village import GROUP, Village
from bot.platforms.discord import markdown
from bot.platforms.telegram import message
from bot.platforms.web.reader import Reader
from tests.browser import read
from tests.room import Room

READER = Reader("en", "Europe/Madrid", named=False)
WORDS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
SPANS = st.one_of(
    st.builds(Plain, WORDS),
    st.builds(Strong, WORDS),
    st.builds(Name, WORDS),
    st.builds(Link, WORDS.filter(lambda word: "[" not in word), st.just("https://example.org/a")),
)
AT = datetime(2026, 7, 1, 18, tzinfo=UTC)


def letters(html: object) -> str:
    """What can be read in it, without the mark that keeps Discord from calling anybody."""
    return read(f"<p>{html}</p>").text.replace("\u200b", "").replace(" ", "")


@given(st.lists(SPANS, min_size=1, max_size=5))
def test_in_discord_the_letters_are_those_that_were_meant(spans: list[Plain | Strong]) -> None:
    said = "".join(span.text for span in spans)
    assert letters(discord.markdown(markdown(tuple(spans)), READER)) == said


@given(st.lists(SPANS, min_size=1, max_size=5))
def test_in_telegram_the_letters_are_those_that_were_meant(spans: list[Plain | Strong]) -> None:
    said = "".join(span.text for span in spans)
    assert letters(telegram.marked(*message(Card(tuple(spans))), READER)) == said


def test_what_stands_out_stands_out_and_hours_are_the_readers() -> None:
    text: Text = (Plain("At "), Moment(AT), Plain(", "), Strong("<b>"), Plain("."))
    for html in (
        discord.markdown(markdown(text), READER),
        telegram.marked(*message(Card(text)), READER),
    ):
        assert "<strong>&lt;b&gt;</strong>." in html
        assert "20:00" in html


def test_buttons_are_painted_as_they_are_sent() -> None:
    now = Call("now.now")
    tones = {"Talk": Tone.CAREFUL, "Join": Tone.GOOD, "Later": Tone.PLAIN}
    card = Card(
        (Plain("Hello"),),
        buttons=tuple(Button(label, now, tone) for label, tone in tones.items()),
        private=True,
    )
    painted = (("Talk", "blue"), ("Join", "green"), ("Later", "grey"))
    [sent] = discord.pictured(card, READER)
    assert sent.quiet
    assert [part.row for part in sent.boxes[0].parts if isinstance(part, discord.Buttons)] == [
        painted
    ]
    [shown] = telegram.pictured(card, READER)
    assert shown.rows == (painted,)


def test_every_card_that_is_shown_is_an_action_of_ours(room: Room) -> None:
    shown = {call.action for part in PARTS for call in part.cards}
    assert shown <= room.app.actions.keys()
    assert len(shown) > 5


async def test_both_of_who_sponsors_and_who_is_sponsored_are_asked_whether_it_goes_on(
    room: Room,
) -> None:
    village = Village(room.storage, GROUP, PEOPLE, room.now)
    for one in PEOPLE:
        await room.storage.units.commit(room.storage.people.join(one.account, one.person))
    unit = await sponsorship.PART.puts(village)
    writes = [one for one in unit if isinstance(one, Write) and "INTO schedule" in one.sql]
    planned = [str(write.values.get("ref")) for write in writes]
    for who in ("joel", "priya"):
        assert any(
            ref.startswith("review") and village.who(who).person.ref in ref for ref in planned
        )
