"""What is done about an update, by its kind."""

from __future__ import annotations

from bot.platforms.telegram.life import Life
from bot.platforms.telegram.rooms import Rooms
from bot.platforms.telegram.talk import Talk
from bot.platforms.telegram.updates import Update


async def perform(update: Update, ref: str, talk: Talk, life: Life, rooms: Rooms) -> None:
    if update.callback_query:
        await talk.pressed(update.callback_query, update.update_id, ref)
    elif update.my_chat_member:
        await life.became(update.my_chat_member, update.update_id)
    elif gone := update.gone:
        await life.went(*gone, update.update_id)
    elif update.chat_join_request:
        await life.asked(update.chat_join_request, update.update_id)
    elif (message := update.message) and (
        message.migrate_to_chat_id or message.migrate_from_chat_id
    ):
        await life.moved(message, update.update_id)
    elif said := message or update.edited_message:
        if rooms.has(said.chat.id, said.topic) and not said.text.startswith("/"):
            anew = message is None
            await rooms.said(said, talk.app, update.update_id, anew=anew)
        elif message:
            await talk.typed(message, update.update_id, ref)
    await life.lets_in(update.subject)
