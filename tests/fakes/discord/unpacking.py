"""How the client takes what the gateway sends: the library uses zstd where it can, else zlib."""

from __future__ import annotations

import importlib.util
import sys
from typing import Any

import discord.utils

ZLIB, ZSTD = "zlib-stream", "zstd-stream"
ELSEWHERE = {ZLIB: ("zstandard", "compression.zstd"), ZSTD: ()}
"""What must not be found for the library to choose it."""


def unpacking(kind: str) -> Any:
    """The library's own class for it, or an ImportError where it has none here: it decides once,
    as it is imported, so it is imported once more beside itself."""
    hidden = {name: sys.modules.get(name) for name in ELSEWHERE[kind]}
    spec = importlib.util.spec_from_file_location("discord._utils_again", discord.utils.__file__)
    assert spec
    assert spec.loader
    again = importlib.util.module_from_spec(spec)
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        spec.loader.exec_module(again)
    finally:
        for name, module in hidden.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module
    found = again._ActiveDecompressionContext
    if kind != found.COMPRESSION_TYPE:
        raise ImportError(f"the library has nothing for {kind} here")
    return found
