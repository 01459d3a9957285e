"""Finds the sentences in a module: the literals that stand where a catalogue key is expected."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

Sentence: TypeAlias = str | tuple[str, str]
"""A plural is a pair."""

FIRST = {"t", "label", "translate", "key", "Field", "UserError", "Refuse", "command", "action"}
FIRST |= {"_private"}
"""Calls whose first argument is a sentence."""
SECOND = {"Choice", "CannotUse"}
PLURAL = {"n"}
NAMED = {"hint", "label"}
"""Keyword arguments that are sentences, in any call."""


def in_module(file: Path) -> Iterator[tuple[int, Sentence]]:
    """Each with its line."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            yield from ((node.lineno, sentence) for sentence in _in_call(node))


def _in_call(node: ast.Call) -> Iterator[Sentence]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    texts = [_literal(arg) for arg in node.args]
    if name in FIRST:
        yield from filter(None, texts[:1])
    if name in SECOND:
        yield from filter(None, texts[1:2])
    if name in PLURAL and len(texts) > 2 and texts[0] and texts[1]:
        yield texts[0], texts[1]
    for keyword in node.keywords:
        if keyword.arg in NAMED and (text := _literal(keyword.value)):
            yield text
        if keyword.arg == "way" and isinstance(keyword.value, ast.Tuple):
            yield from filter(None, [_literal(keyword.value.elts[0])])


def _literal(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
