"""How a group's settings, and changes of them, are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.core.cards import Button, Call, Card, Tone
from bot.core.model import Context
from bot.core.text import LANGUAGES, Plain, Strong, Text, Value, key, t, translate
from cogs.groups.fellowships import fellowships, peer_help
from cogs.groups.fields import LABELS
from storage.changes import Change
from storage.groups import Settings

STAYS, GOES = key("stays"), key("goes when its day ends")
SHORT = 200
"""Characters of a setting that a card shows."""
NOTHING: Mapping[str, str] = {}


def facts(
    ctx: Context, settings: Settings, packs: Mapping[str, str]
) -> tuple[tuple[str, Text], ...]:
    """`packs`, here and below: the names of readings by their tracks, the usual one first."""
    usual = {"suggested": translate(peer_help(settings.profile)[1], ctx.locale)}
    return tuple(
        (
            ctx.label(label),
            (Plain(shown(name, str(getattr(settings, name)), ctx.locale, packs, usual)),),
        )
        for name, label in LABELS.items()
    )


def rows(card: Card) -> dict[str, object]:
    """The same for a page: each setting with what changes it beside it."""
    ways: dict[str, list[Button]] = {name: [] for name in LABELS}
    others: list[Button] = []
    for button in card.buttons:
        args, name = button.call.args, button.call.action.partition("_")[2]
        named = args[1] if button.call.action == "groups.clear" else name
        ways.get(named, others).append(button)
    mends = [*ways.values(), *([] for _ in card.facts[len(ways) :])]
    lines = zip(card.facts, mends, strict=True)
    return {"rows": [(label, value, mend) for (label, value), mend in lines], "others": others}


def missing(ctx: Context, settings: Settings, servants: int, public: bool) -> Text:
    """What is not settled yet, and how it is mended; nothing when nothing is missing."""
    lines: list[Text] = []
    if not settings.question:
        lines.append(ctx.t("I ask no daily question: choose an hour if you want one."))
    if not settings.reading:
        lines.append(ctx.t("I bring no daily reading: choose an hour if you want one."))
    if not settings.contact:
        lines.append(ctx.t("Nobody is named for when something is wrong."))
    if servants < 2:
        lines.append(ctx.t("Nobody shares the service yet: /roles makes a second trusted servant."))
    if not public:
        lines.append(ctx.t("Invitations need a public address: the host sets web.public_url."))
    if not lines:
        return ()
    said: Text = (Plain("\n\n"), *ctx.t("Still open:"))
    for line in lines:
        said += (Plain("\n- "), *line)
    return said


def waiting(ctx: Context, changes: Sequence[Change], packs: Mapping[str, str]) -> Text:
    """What another trusted servant has yet to agree to; nothing when nothing is asked."""
    said: Text = ()
    for change in changes:
        said += (Plain("\n\n"), *ctx.t("Waits for another trusted servant to agree:"))
        said += differences(change.before, change.after, ctx.locale, packs)
    return said


def answers(ctx: Context, changes: Sequence[Change]) -> tuple[Button, ...]:
    """To those that are this person's to answer."""
    buttons: list[Button] = []
    for change in changes:
        if ctx.person.ref in change.belongs_to:
            what = ", ".join(ctx.label(LABELS[name]) for name in change.after)
            yes, no = Call("changes.agree", (change.ref,)), Call("changes.refuse", (change.ref,))
            buttons.append(Button(ctx.label("Agree: {what}", what=what), yes, Tone.GOOD))
            buttons.append(Button(ctx.label("Not this: {what}", what=what), no))
    return tuple(buttons)


def differences(
    before: Mapping[str, str], after: Mapping[str, str], locale: str, packs: Mapping[str, str]
) -> Text:
    """One line for each setting: what it was, and what it becomes."""
    said: Text = ()
    for name, new in after.items():
        values: dict[str, Value] = {
            "what": Strong(translate(LABELS[name], locale)),
            "old": Plain(shown(name, before[name], locale, packs)),
            "new": Plain(shown(name, new, locale, packs)),
        }
        said += (Plain("\n"), *t("{what}: {new} (it was: {old})", locale, **values))
    return said


def shown(
    name: str, value: str, locale: str, packs: Mapping[str, str], usual: Mapping[str, str] = NOTHING
) -> str:
    """A setting as people read it; `usual` is what holds where nothing was settled."""
    if name == "pack":
        return packs.get(value) or next(iter(packs.values()))
    if name == "keeps":
        return translate(STAYS if value else GOES, locale)
    if not value:
        return usual.get(name) or translate("not set", locale)
    if name == "language":
        return LANGUAGES.get(value, value)
    if name == "profile":
        one = fellowships().get(value)
        return translate(one.name, locale) if one else value
    return value if len(value) <= SHORT else f"{value[:SHORT]}…"
