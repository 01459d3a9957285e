"""What the web room leans on, in one hand."""

from __future__ import annotations

from dataclasses import dataclass

from storage.blocks import Blocks
from storage.codes import Codes
from storage.errands import Errands
from storage.people import People
from storage.units import Units
from storage.web import Web
from storage.web_feed import WebFeed


@dataclass(frozen=True, slots=True)
class WebPorts:
    web: Web
    feed: WebFeed
    codes: Codes
    people: People
    units: Units
    blocks: Blocks
    errands: Errands
