"""A message with its picture: drawn off the loop, sent as a file beside the JSON."""

from __future__ import annotations

import asyncio
import json
from io import BytesIO
from typing import Any

import discord

from bot.core.pictures import Drawing
from bot.platforms.discord.render import PICTURE, Json, Message


async def packed(message: Message) -> dict[str, Any]:
    """What a request takes beside its route: `json`, or a `form` with its `files`."""
    if message.drawing is None:
        return {"json": message.body}
    file = await drawn(message.drawing)
    return {"form": form(with_picture(message.body), file), "files": [file]}


async def drawn(drawing: Drawing) -> discord.File:
    from bot.pictures import png  # on first use: what draws it is large

    return discord.File(BytesIO(await asyncio.to_thread(png, drawing)), PICTURE)


def with_picture(body: Json) -> Json:
    return {**body, "attachments": [{"id": "0", "filename": PICTURE}]}


def form(payload: Json, file: discord.File) -> list[dict[str, Any]]:
    return [
        {"name": "payload_json", "value": json.dumps(payload)},
        {
            "name": "files[0]",
            "value": file.fp,
            "filename": PICTURE,
            "content_type": "image/png",
        },
    ]
