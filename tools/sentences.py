"""Finds the sentences in a module: the literals that stand where a catalogue key is expected."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

Sentence: TypeAlias = str | tuple[str, str]
"""A plural is a pair."""

FIRST = {"t", "label", "translate", "key", "Field", "UserError", "Refuse", "command", "action"}
FIRST |= {"private"}
"""Calls whose first argument is a sentence."""
SECOND = {"Choice", "_say"}
PLURAL = {"n"}
NAMED = {"hint", "label"}
"""Keyword arguments that are sentences, in any call."""
FELLOWSHIP = ("name", "suggested")
"""What of a fellowship's file is shown to people so far. Its other words come in with the first
card that says them: a word is translated by where it stands."""


class Glued(ValueError):
    """A sentence was put together from pieces, so that no translator sees it whole."""


def in_module(file: Path) -> Iterator[tuple[int, Sentence]]:
    """Each with its line. Raises Glued."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            try:
                yield from ((node.lineno, sentence) for sentence in _in_call(node))
            except Glued as glued:
                raise Glued(f"{file}, line {node.lineno}: {glued}") from None


def in_fellowship(file: Path) -> Iterator[tuple[int, Sentence]]:
    """Those of a fellowship's file."""
    said = tomllib.loads(file.read_text("utf-8"))
    yield from ((1, said[name]) for name in FELLOWSHIP if said[name])


def in_guide(file: Path) -> Iterator[tuple[int, Sentence]]:
    """Those of a guide to step work: all of its words but the short names."""
    said = tomllib.loads(file.read_text("utf-8"))
    for part in (said, *said["step"]):
        yield from ((1, sentence) for sentence in (part["name"], part["about"]))
        yield from ((1, asked) for asked in part.get("questions", {}).values())


def _in_call(node: ast.Call) -> Iterator[Sentence]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in FIRST and node.args:
        yield from _literals(node.args[0])
    if name in SECOND and len(node.args) > 1:
        yield from _literals(node.args[1])
    if name in PLURAL and len(node.args) > 2:
        yield from zip(_literals(node.args[0]), _literals(node.args[1]), strict=True)
    for keyword in node.keywords:
        if keyword.arg in NAMED:
            yield from _literals(keyword.value)
        if keyword.arg == "way" and isinstance(keyword.value, ast.Tuple):
            yield from _literals(keyword.value.elts[0])


def _literals(node: ast.AST) -> Iterator[str]:
    """The sentence, or either of two; none where it comes from elsewhere, and was found there."""
    match node:
        case ast.Constant(value=str(text)) if text:
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from _literals(one)
            yield from _literals(other)
        case ast.JoinedStr() | ast.BinOp():
            raise Glued(ast.unparse(node))
