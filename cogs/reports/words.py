"""What is said around a report."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.cards import NOW, SOMEONE, Button, Card, Tone
from bot.core.model import Context, Person
from bot.core.text import Moment, Name, Plain, Strong, Text, t, translate
from storage.report_texts import Text as Written
from storage.reports import Copy, Report, State


def label(message: str, person: Person) -> str:
    """In the language of somebody else than who acts."""
    return translate(message, person.language)


def ticked(name: str, on: bool) -> str:
    return f"[x] {name}" if on else name


def neutral(person: Person, read: Button) -> Card:
    """It may be seen on a lock screen, so it says of nobody anything."""
    said = t("Somebody in your group asked two of you to read something.", person.language)
    return Card(said, buttons=(read,), private=True, locale=person.language)


def more(person: Person, read: Button) -> Card:
    said = t("Something was added to what two of you were asked to read.", person.language)
    return Card(said, buttons=(read,), private=True, locale=person.language)


def added(ctx: Context, two: Sequence[Person], buttons: tuple[Button, ...]) -> Card:
    said = ctx.t(
        "Added, for {who} and for nobody else. All of it is kept for 30 days from now, or until"
        " both have closed it.",
        who=_both(two),
    )
    return Card(said, buttons=buttons, replaces=True)


def news(person: Person, look: Button) -> Card:
    said = t("A note from your group. There is something to see for you.", person.language)
    return Card(said, buttons=(look,), private=True, locale=person.language)


def preview(
    ctx: Context, report: Report, two: Sequence[Person], buttons: tuple[Button, ...]
) -> Card:
    said = ctx.t(
        "{who} will read this, and each of them sees who the other is. Nothing is sent yet.",
        who=_both(two),
    )
    shown = (Name(ctx.person.name),) if report.named else ctx.t("not shown")
    facts: tuple[tuple[str, Text], ...] = (
        (ctx.label("Your words"), (Plain(report.words),)),
        (ctx.label("Your name"), shown),
    )
    return Card(said, facts=facts, buttons=buttons)


def sent(ctx: Context, two: Sequence[Person], receipt: str, buttons: tuple[Button, ...]) -> Card:
    said = ctx.t(
        "Sent to {who}, and to nobody else. Your receipt is {receipt}. It is kept for 30 days, or"
        " until both have closed it. /report shows how it stands. If it stays unread, you can take"
        " it back and choose others.",
        who=_both(two),
        receipt=Strong(_spaced(receipt)),
    )
    return Card(said, buttons=buttons, replaces=True)


def standing(
    ctx: Context,
    report: Report,
    copies: Sequence[Copy],
    texts: Sequence[Written],
    answers: Sequence[Written],
    buttons: tuple[Button, ...],
) -> Card:
    read = sum(copy.state is not State.NEW for copy in copies)
    if not copies and not report.unheard:
        said = ctx.t("Both have closed it, and its words are deleted.")
    else:
        said = ctx.n(
            "{n} of the two says that they have read all of it.",
            "{n} of the two say that they have read all of it.",
            read,
        )
    mine = [(one.at, f"{ctx.label('Your words')}: {one.words}") for one in texts]
    theirs = [(one.at, one.words) for one in answers]
    for at, text in sorted((*mine, *theirs), key=lambda one: one[0]):
        said += (Plain("\n\n"), Moment(at), Plain(f"\n{text}"))
    title = ctx.label("Receipt {number}", number=_spaced(report.receipt))
    return Card(said, title, buttons=buttons, replaces=True)


def reading(
    ctx: Context,
    copy: Copy,
    texts: Sequence[Written],
    buttons: tuple[Button, ...],
    other: str,
    *,
    more: bool,
) -> Card:
    """`more` when they had read less of it, and did something about that. `other` is who reads it
    beside them, "" where that is nobody any more."""
    said = ctx.t("You were asked to read this. It stays with you.")
    if other:
        said = ctx.t(
            "Two of you were asked to read this, you and {name}. It stays with the two of you.",
            name=Name(other),
        )
    if more:
        said = ctx.t("Something was added meanwhile, so nothing is done yet. Please read it first.")
    sender: Text = (Name(copy.name),) if copy.name else ctx.t("somebody who does not say")
    facts: tuple[tuple[str, Text], ...] = (
        (ctx.label("From"), sender),
        *(
            (
                ctx.label("Added") if n else ctx.label("Their words"),
                (Moment(text.at), Plain(f"\n{text.words}")),
            )
            for n, text in enumerate(texts)
        ),
    )
    return Card(said, facts=facts, buttons=buttons, replaces=True)


def listed(ctx: Context, buttons: tuple[Button, ...]) -> Card:
    said = ctx.t(
        "If something is wrong, two trusted servants whom you choose can read of it. Only they"
        " can. You say who is too near to it, and whether your name is shown."
    )
    return Card(said, ctx.label("When something is wrong"), buttons=buttons)


def too_few(ctx: Context, group: str, host: str, thrown: bool) -> Card:
    """Without two who can read it nothing is kept; there are other ways. `thrown` when something
    had been written down."""
    said = ctx.t("There are not two trusted servants here who could read it.")
    if thrown:
        said += (Plain(" "), *ctx.t("Nothing was kept of it."))
    for contact in dict.fromkeys(filter(None, (group, host))):
        said += (Plain("\n"), *ctx.t("You can turn to: {contact}", contact=contact))
    said += (Plain("\n"),)
    said += ctx.t("If a life is in danger, or it is against the law, ring the emergency number.")
    return Card(said, buttons=(Button(ctx.label(SOMEONE), NOW, Tone.CAREFUL),))


def _both(two: Sequence[Person]) -> Text:
    said: Text = ()
    for name in sorted(person.name for person in two):
        said += ((Plain(", "),) if said else ()) + (Strong(name),)
    return said


def _spaced(receipt: str) -> str:
    return f"{receipt[:4]} {receipt[4:]}"
