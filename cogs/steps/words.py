"""Step work in words: which question it was, long texts in pieces, how a list is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from bot.core.cards import Button, Call, Card, Choice, Field
from bot.core.errors import Slip, UserError
from bot.core.fit import size
from bot.core.model import Context
from bot.core.text import LANGUAGES, Day, Plain, Strong, Text, key, short, translate
from cogs.steps.guides import Guide, Step, guides
from storage.notebook import Entry, Notebook

LONGEST = 8000
"""Characters of what is written to one question on one day."""
BRIEF = 1000
"""Characters of a suggestion, and of an answer to one."""
PIECE = 1500
"""UTF-16 units of a text that one card shows, so that it fits with what stands around it."""
SHORT = 90
HEAD = 32
"""Characters of a question on a button."""
SHOWN = 6
"""On one card of a list."""
STALE = key("That page is not there any more. /steps shows what is.")
FULL = key(
    "Together with what stands there it has {length} characters, and {longest} fit."
    " You can shorten this, or what is there already."
)
EMPTY = key("There is nothing written here yet. Please write a few words.")
WEB = key("In the web room long texts are easier to write, and are shown whole.")
FOR_AUTHOR = key("Whoever wrote the page reads it. Kept under a key of your own.")
FOR_GIVER = key("Whoever suggested it reads it. Kept under a key of your own.")

Key = Annotated[str, Field("Which step?", longest=12)]
Asked = Annotated[str, Field("Which question?", longest=12)]
Number = Annotated[int, Field("Which page?", least=1, most=9999)]
Answered = Annotated[str, Field("Your answer", hint=WEB, long=True, private=True, longest=LONGEST)]
Changed = Annotated[
    str,
    Field(
        "The whole text",
        hint="In a chat, what you send takes the place of what was there.",
        long=True,
        private=True,
        longest=LONGEST,
    ),
]
Noted = Annotated[
    str,
    Field("What you suggest", hint=FOR_AUTHOR, long=True, private=True, longest=BRIEF),
]
Reply = Annotated[
    str,
    Field("What you say to it", hint=FOR_GIVER, long=True, private=True, longest=BRIEF),
]
Sure = Annotated[bool, Field("Delete it?")]
Tag = Annotated[str, Field("Who?", longest=12)]

LIST, EXPORT, DELETE = "list", "export", "delete"
WAYS = (Choice(LIST, "See it"), Choice(EXPORT, "Take a copy"), Choice(DELETE, "Delete all"))


def guide_of(notebook: Notebook) -> Guide:
    """A file that was taken away leaves its notebooks behind: then they are stale."""
    if guide := guides().get(notebook.guide):
        return guide
    raise UserError(STALE)


def step_of(notebook: Notebook, step: str) -> Step:
    if found := guide_of(notebook).step(step):
        return found
    raise UserError(STALE)


def question_of(step: Step, question: str) -> str:
    if question in step.questions:
        return step.questions[question]
    raise UserError(STALE)


def called(ctx: Context, step: Step) -> str:
    """With its number, where it has one."""
    name = ctx.label(step.name)
    return f"{step.key}. {name}" if step.key.isdigit() else name


def asked(ctx: Context, notebook: Notebook, entry: Entry) -> str:
    """The question in the reader's language, as long as it is still the one that was answered."""
    guide = guides().get(notebook.guide)
    step = guide.step(entry.step) if guide else None
    now = step.questions.get(entry.question, "") if step else ""
    same = any(translate(now, language) == entry.asked for language in LANGUAGES)
    return ctx.label(now) if now and same else entry.asked


def pieces(text: str, room: int = PIECE) -> list[str]:
    """A long text cut at paragraphs, lines or words, each piece of that many UTF-16 units at
    most; put together again, with the spaces between them, they are the text."""
    found: list[str] = []
    while size(text) > room:
        cut = len(text[:room])
        while size(text[:cut]) > room:
            cut -= max(1, (size(text[:cut]) - room) // 2)
        at = next(
            (n for gap in ("\n\n", "\n", " ") if (n := text.rfind(gap, cut // 2, cut)) > 0), cut
        )
        found.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [*found, text] if text or not found else found


def plain(typed: str, field: Field) -> str:
    """As it was written, with the line ends of a text; refused where nothing can be seen."""
    text = typed.replace("\r\n", "\n").strip()
    if not any(c.isprintable() and not c.isspace() for c in text):
        raise Slip(field, UserError(EMPTY))
    return text


def fits(entry: Entry, field: Field) -> Entry:
    if len(entry.text) > LONGEST:
        raise Slip(field, UserError(FULL, length=len(entry.text), longest=LONGEST))
    return entry


def opens(ctx: Context, n: int, head: str) -> str:
    """On the button of one in a list: which, and what it is about."""
    return ctx.label("Open {n}: {what}", n=n, what=short(head, HEAD))


def dated(entries: Sequence[Entry], heads: Sequence[str] = ()) -> Text:
    """One under the other, with their numbers, days and first words."""
    said: Text = ()
    for n, entry in enumerate(entries, 1):
        head = f" {heads[n - 1]}" if heads else ""
        said += (Plain(f"\n\n{n}. " if n > 1 else f"{n}. "), Day(entry.day))
        said += (Plain(f":{head}\n{short(entry.text, SHORT)}"),)
    return said


def written(ctx: Context, question: str, entry: Entry, part: int) -> Text:
    """A piece of it under its question and its day."""
    parts = pieces(entry.text)
    at = min(part, len(parts))
    said: Text = (Strong(question), Plain("\n"), Day(entry.day), Plain(f"\n\n{parts[at - 1]}"))
    if len(parts) > 1:
        told = ctx.t("Piece {n} of {all}.", n=at, all=len(parts))
        said += (Plain("\n\n"), *told)
    return said


def more(ctx: Context, action: str, entry: Entry, part: int) -> tuple[Button, ...]:
    """To the piece after, and the one before."""
    last, ways = len(pieces(entry.text)), list[Button]()
    if part < last:
        ways.append(Button(ctx.label("More"), Call(action, (entry.ref, str(part + 1)))))
    if part > 1:
        ways.append(Button(ctx.label("Before"), Call(action, (entry.ref, str(part - 1)))))
    return tuple(ways)


def turning(
    ctx: Context, action: str, args: Iterable[str], page: int, earlier: bool
) -> tuple[Button, ...]:
    """To what is further back in a list, and to what is newer."""
    ways, args = list[Button](), tuple(args)
    if earlier:
        ways.append(Button(ctx.label("Earlier"), Call(action, (*args, str(page + 1)))))
    if page > 1:
        ways.append(Button(ctx.label("Later"), Call(action, (*args, str(page - 1)))))
    return tuple(ways)


def told(said: Text, *buttons: Button) -> Card:
    return Card(said, buttons=buttons, replaces=True)


def on_page(entry: Entry, question: str) -> dict[str, Any]:
    """For a page of the web."""
    return {"ref": entry.ref, "day": entry.day, "question": question, "text": entry.text}
