"""A drawing as SVG for the inside of a page: its colours come from the page's style sheet."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from html import escape
from itertools import groupby

from bot.core.pictures import Drawing
from bot.pictures.colours import DAY, THICK
from bot.pictures.shapes import SIZE, Anchor, Ink, Letters, Path, Step
from bot.pictures.sheets import sheet


def svg(drawing: Drawing, words: str, ref: str) -> str:
    """`words` describe it for whoever cannot see it; `ref` begins its ids, one of a page.

    It needs no style attribute and no script, so a strict policy holds. Attributes say the
    colours of the day, for a page that brings none; its classes say what each part is.
    """
    laid = sheet(drawing)
    order = list(Ink)
    paths = sorted(laid.paths, key=lambda path: order.index(path.ink))
    parts = [_paths(ink, of) for ink, of in groupby(paths, lambda path: path.ink)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="calendar cup" role="img"'
        f' viewBox="0 0 {_n(laid.width)} {_n(laid.height)}"'
        f' aria-labelledby="{escape(ref)}-t" aria-describedby="{escape(ref)}-d">'
        f'<title id="{escape(ref)}-t">{_letters(drawing.title)}</title>'
        f'<desc id="{escape(ref)}-d">{_letters(words)}</desc>'
        f'<g aria-hidden="true">{"".join(parts)}'
        f'<g font-size="{SIZE}" fill="{DAY.soft}">{"".join(map(_text, laid.letters))}</g></g></svg>'
    )


def _paths(ink: Ink, of: Iterator[Path]) -> str:
    fill, stroke = DAY.of(ink)
    thick = f' stroke="{stroke}" stroke-width="{THICK[ink]}"' if stroke else ""
    dashed = ' stroke-dasharray="2 4" stroke-linecap="round"' if ink is Ink.BLANK else ""
    drawn = "".join(map(_path, of))
    return f'<path class="{ink}" fill="{fill or "none"}"{thick}{dashed} d="{drawn}"/>'


def _path(path: Path) -> str:
    steps = "".join(map(_step, path.steps))
    return f"M{_n(path.start[0])} {_n(path.start[1])}{steps}{'z' if path.closed else ''}"


def _step(step: Step) -> str:
    return ("L" if len(step) == 2 else "C") + " ".join(map(_n, step))


def _text(letters: Letters) -> str:
    kinds = [letters.anchor.value] if letters.anchor is not Anchor.MIDDLE else []
    kinds += ["mark"] if letters.strong else []
    named = f' class="{" ".join(kinds)}"' if kinds else ""
    dark = f' fill="{DAY.ink}" font-weight="650"' if letters.strong else ""
    anchor = f' text-anchor="{letters.anchor}"'
    at = f'x="{_n(letters.x)}" y="{_n(letters.y)}"'
    return f"<text{named} {at}{anchor}{dark}>{_letters(letters.text)}</text>"


def _letters(text: str) -> str:
    """Without the control characters that XML has no way to write."""
    return escape("".join(c for c in text if c >= " " and c not in "\ufffe\uffff"))


@lru_cache(maxsize=4096)  # weeks under each other and days beside each other share theirs
def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
