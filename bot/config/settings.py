"""Every setting, its default and what it may be; `config.example.toml` says the same in words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct
from msgspec.structs import fields

from bot.core.text import LANGUAGES

# A description finishes the sentence "web.port is 99999; ...", whatever is wrong with the value.
Folder = Annotated[Path, Meta(description="a folder is named by its path, such as ~/homegroup")]
File = Annotated[Path, Meta(description="a file is named by its path, such as ~/homegroup/one.db")]
Language = Annotated[
    str,
    Meta(
        pattern=rf"^({'|'.join(LANGUAGES)})\Z",
        description=f"a language is one of {', '.join(LANGUAGES)}",
    ),
]
Zone = Annotated[str, Meta(description="a time zone is a name such as Europe/Berlin or UTC")]
Line = Annotated[
    str,
    Meta(
        max_length=200,
        pattern=r"^[^\x00-\x1f\x7f]*\Z",
        description="this is one line of at most 200 characters",
    ),
]
Host = Annotated[
    str, Meta(description="a host is a name or an address, such as 127.0.0.1, without a port")
]
Port = Annotated[int, Meta(ge=0, le=65535, description="a port is a number from 0 to 65535")]
Url = Annotated[
    str, Meta(description="this is an address without a path, such as https://room.example.org")
]
Proxies = Annotated[int, Meta(ge=0, le=9, description="this is a number of proxies, from 0 to 9")]
Kept = Annotated[int, Meta(ge=1, le=365, description="this is a number of backups, from 1 to 365")]
Days = Annotated[int, Meta(ge=1, le=3650, description="this is a number of days, from 1 to 3650")]
BotName = Annotated[str, Meta(max_length=64, description="a name is up to 64 characters")]
Token = Annotated[
    str,
    Meta(
        max_length=200,
        pattern=r"^[!-~]*\Z",
        description="a token is one line of letters, figures and signs, without blanks",
    ),
]
Shards = Annotated[
    str,
    Meta(
        pattern=r"^(auto|[0-9]{1,4}-[0-9]{1,4}/[0-9]{1,4})\Z",
        description="shards are auto, or a range of all there are, such as 0-3/8",
    ),
]
Packs = Annotated[
    tuple[Path, ...],
    Meta(max_length=100, description='this is a list of files, such as ["~/packs/quiet/en.toml"]'),
]
Entry = Literal["here", "web"]
Level = Literal["debug", "info", "warning", "error"]
Format = Literal["json", "plain"]


class Web(Struct, frozen=True):
    enabled: bool = True
    host: Host = "127.0.0.1"
    port: Port = 8420  # 0: any free port
    public_url: Url = ""  # as browsers send it in Origin: no slash at the end, no default port
    trusted_proxies: Proxies = 0


class Discord(Struct, frozen=True):
    token: Token = (
        ""  # once loaded, also where it came from token_file; "": this door is not opened
    )
    token_file: File = Path("discord.token")
    members: bool = False
    message_content: bool = False
    private_entry: Entry = "here"  # "web" needs web.public_url
    shards: Shards = "auto"
    address: Url = "https://discord.com"

    @property
    def shard_ids(self) -> tuple[list[int] | None, int | None]:
        """Which of how many; None for all that Discord recommends."""
        if self.shards == "auto":
            return None, None
        first, last, count = (int(n) for n in re.findall(r"\d+", self.shards))
        return [*range(first, last + 1)], count


class Telegram(Struct, frozen=True):
    token: Token = ""  # as discord.token
    token_file: File = Path("telegram.token")
    name: BotName = ""
    webhook: bool = False
    paid: bool = False
    requests: bool = False
    address: Url = "https://api.telegram.org"


# A path that is not given lies in the data folder: `load` puts the folder in front.


class Database(Struct, frozen=True):
    file: File = Path("homegroup.db")
    cipher: bool = True


class Keys(Struct, frozen=True):
    file: File = Path("keys/instance.key")
    store: File = Path("keys/keys.db")
    copies: Folder = Path("keys/copies")


class Backup(Struct, frozen=True):
    folder: Folder = Path("backups")
    keep: Kept = 7


class Retention(Struct, frozen=True):
    checkins_days: Days = 90


class Readings(Struct, frozen=True):
    packs: Packs = ()


class Log(Struct, frozen=True):
    level: Level = "info"
    format: Format = "json"


class Config(Struct, frozen=True):
    """All settings, made by `load` only: every path in it is absolute."""

    data: Folder
    language: Language = "en"
    zone: Zone = "UTC"
    host_contact: Line = ""
    web: Web = Web()
    discord: Discord = Discord()
    telegram: Telegram = Telegram()
    database: Database = Database()
    keys: Keys = Keys()
    backup: Backup = Backup()
    retention: Retention = Retention()
    readings: Readings = Readings()
    log: Log = Log()


SECTIONS: dict[str, type[Struct]] = {
    field.name: field.type
    for field in fields(Config)
    if isinstance(field.type, type) and issubclass(field.type, Struct)
}
BY_TOKEN = tuple(
    name for name, struct in SECTIONS.items() if "token_file" in struct.__struct_fields__
)
"""The doors that are opened with a token."""
KINDS: dict[tuple[str, ...], Any] = {
    (field.name,): field.type for field in fields(Config) if field.name not in SECTIONS
} | {
    (section, field.name): field.type
    for section, struct in SECTIONS.items()
    for field in fields(struct)
}
