"""Drawings as pictures: one layout, told to a browser as SVG and to a chat as PNG."""

from __future__ import annotations

from bot.pictures.paint import blank, png
from bot.pictures.vector import svg

__all__ = ["blank", "png", "svg"]
