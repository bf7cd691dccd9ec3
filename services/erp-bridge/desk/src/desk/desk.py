"""What the desk works with: its database and the line to the portal."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from desk.bridge import Bridge
from desk.settings import Settings
from desk.tables import Pool


@dataclass
class Desk:
    settings: Settings
    pool: Pool
    bridge: Bridge
    something_to_send: asyncio.Event = field(default_factory=asyncio.Event)
    records_changed: asyncio.Event = field(default_factory=asyncio.Event)
    trouble: dict[str, str] = field(default_factory=dict)
    """By task: why it waits, for the page."""
