"""A drawing as PNG, for chats and for taking along."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from math import hypot
from pathlib import Path as File
from typing import TYPE_CHECKING

from bot.core.pictures import Drawing
from bot.pictures.colours import DAY, NIGHT, THICK, Paint
from bot.pictures.shapes import SIZE, Anchor, Ink, Letters, Path, Point
from bot.pictures.sheets import sheet

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

FONT = File(__file__).parent / "font" / "literata.ttf"
MARGIN = 12
"""Units around what is drawn."""
SHARP = 2
"""Pixels of a unit, for screens that have more than one for each of ours."""
FINE = 2
"""It is painted so much larger, then each square becomes its mean, which smooths the edges."""
BOLD = 650
BLANK = 64
"""Pixels each way of a picture of nothing."""
DASH, GAP = 2, 4
"""Units of the line that means that nothing is there."""
ANCHORS = {Anchor.START: "ls", Anchor.MIDDLE: "ms", Anchor.END: "rs"}


def png(drawing: Drawing, dark: bool = False) -> bytes:
    """720 pixels wide. It takes an eighth of a second: called from a loop, with `to_thread`."""
    from PIL import Image, ImageDraw  # on first use: most starts can spare it

    laid, paint = sheet(drawing), NIGHT if dark else DAY
    wide, high = laid.width + 2 * MARGIN, laid.height + 2 * MARGIN
    scale = SHARP * FINE
    image = Image.new("RGB", (round(wide * scale), round(high * scale)), paint.table)
    on = ImageDraw.Draw(image)
    order = list(Ink)
    for path in sorted(laid.paths, key=lambda path: order.index(path.ink)):
        _path(on, path.moved(MARGIN, MARGIN).moved(0, 0, scale), paint, scale)
    regular, bold = _font(scale), _font(scale, BOLD)
    for letters in laid.letters:
        _letters(on, letters, bold if letters.strong else regular, paint, scale)
    small = image.reduce(FINE)
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in paint.sixteen() for part in colour])
    kept = BytesIO()
    few = small.quantize(palette=palette, dither=Image.Dither.NONE)
    few.save(kept, "PNG")
    return kept.getvalue()


def blank() -> bytes:
    """Nothing, to be put over what somebody took back."""
    from PIL import Image

    kept = BytesIO()
    Image.new("RGB", (BLANK, BLANK), DAY.table).save(kept, "PNG")
    return kept.getvalue()


def _font(scale: int, weight: int = 400) -> FreeTypeFont:
    from PIL import ImageFont

    font = ImageFont.truetype(str(FONT), SIZE * scale, layout_engine=ImageFont.Layout.BASIC)
    font.set_variation_by_axes([weight])
    return font


def _letters(on: ImageDraw, letters: Letters, font: FreeTypeFont, paint: Paint, scale: int) -> None:
    at = ((letters.x + MARGIN) * scale, (letters.y + MARGIN) * scale)
    ink = paint.ink if letters.strong else paint.soft
    on.text(at, letters.text, fill=ink, font=font, anchor=ANCHORS[letters.anchor])


def _path(on: ImageDraw, path: Path, paint: Paint, scale: int) -> None:
    fill, stroke = paint.of(path.ink)
    points = list(path.points())
    if fill:
        on.polygon(points, fill=fill)
    if not stroke:
        return
    wide = THICK[path.ink] * scale
    if path.closed:
        points += points[:2]
    pieces = _dashed(points, scale) if path.ink is Ink.BLANK else (points,)
    for piece in pieces:
        on.line(piece, fill=stroke, width=round(wide), joint="curve")
        if path.ink is Ink.BLANK:
            for x, y in piece:
                on.circle((x, y), wide / 2, fill=stroke)


def _dashed(points: list[Point], scale: int) -> Iterator[list[Point]]:
    """The pieces of a line that are drawn, the first from its start."""
    piece, left, drawn = [points[0]], float(DASH * scale), True
    for (x, y), (to_x, to_y) in pairwise(points):
        length = hypot(to_x - x, to_y - y)
        done = 0.0
        while length - done > left:
            done += left
            at = (x + (to_x - x) * done / length, y + (to_y - y) * done / length)
            if drawn:
                yield [*piece, at]
            piece, drawn = [at], not drawn
            left = float((DASH if drawn else GAP) * scale)
        left -= length - done
        piece.append((to_x, to_y))
    if drawn:
        yield piece
