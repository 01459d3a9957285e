"""What the bot must be allowed in a server: the least there is, why, and where to give it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.text import key


@dataclass(frozen=True, slots=True)
class Permission:
    """`name` is what Discord's own menus call it, in English; `why` is a catalogue key."""

    bit: int
    name: str
    why: str


VIEW = Permission(1 << 10, "View Channels", key("to see where it is"))
SEND = Permission(1 << 11, "Send Messages", key("to say what the group is told"))
ATTACH = Permission(1 << 15, "Attach Files", key("to show a picture"))
HISTORY = Permission(
    1 << 16, "Read Message History", key("to look whether its own message has arrived")
)
THREADS = Permission(1 << 35, "Create Public Threads", key("to hold a meeting in a thread"))
IN_THREADS = Permission(1 << 38, "Send Messages in Threads", key("to hold the floor there"))
KEEP_THREADS = Permission(1 << 34, "Manage Threads", key("to close the thread afterwards"))
EVENTS = Permission(1 << 44, "Create Events", key("to keep the next meeting in the calendar"))

NEEDED = (VIEW, SEND, ATTACH, HISTORY)
"""In every channel that is a door."""
FOR_MEETINGS = (*NEEDED, THREADS, IN_THREADS, KEEP_THREADS)
"""Where the group meets."""
LEAST = sum(one.bit for one in (*FOR_MEETINGS, EVENTS))
"""What the invite link asks for; never Administrator."""
ADMINISTRATOR = 1 << 3
SCOPES = ("applications.commands", "bot")


def missing(allowed: int, wanted: tuple[Permission, ...] = NEEDED) -> list[Permission]:
    """Those that are not among the bits; who is an administrator lacks none."""
    if allowed & ADMINISTRATOR:
        return []
    return [one for one in wanted if not allowed & one.bit]


def invitation(application: str, address: str = "https://discord.com") -> str:
    """The link by which a host adds the bot to a server."""
    scopes = "+".join(SCOPES)
    return f"{address}/oauth2/authorize?client_id={application}&scope={scopes}&permissions={LEAST}"
