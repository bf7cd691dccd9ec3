"""What the next page has to know of the last click: a sentence to show, and what its views must have heard of."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from chassis.asking import Answer

if TYPE_CHECKING:
    from chassis.room import Context

PURPOSE = "later"
LASTS = timedelta(minutes=2)
WITHIN = 1.5
"""Seconds that a page waits for its views."""


class Flash(NamedTuple):
    kind: str
    text: str


@dataclass(frozen=True)
class Later:
    flashes: Sequence[Flash] = ()
    places: Sequence[tuple[str, int, int]] = field(default=())
    """Room, partition and number of what the reader's own commands led to."""


def later(flashes: Sequence[Flash], answers: Sequence[Answer]) -> Later:
    latest: dict[tuple[str, int], int] = {}
    for answer in answers:
        if answer.partition is not None and answer.number is not None:
            place = (answer.room, answer.partition)
            latest[place] = max(answer.number, latest.get(place, 0))
    return Later(flashes, tuple((room, partition, number) for (room, partition), number in latest.items()))


def sealed(key: bytes, told: Later) -> str:
    """As a cookie that nobody but the portal can have written."""
    said = json.dumps([told.flashes, told.places], separators=(",", ":"))
    text = base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")
    return f"{text}.{_mark(key, text)}"


def unsealed(key: bytes, value: str) -> Later:
    text, _, mark = value.partition(".")
    if not mark or not hmac.compare_digest(_mark(key, text), mark):
        return Later()
    flashes, places = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return Later([Flash(*flash) for flash in flashes], [tuple(place) for place in places])


def _mark(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


async def heard(ctx: Context, told: Later) -> bool:
    """Whether the views know it all, after waiting a little."""
    reached = await asyncio.gather(
        *(ctx.reached(room, partition, number, within=WITHIN) for room, partition, number in told.places)
    )
    return all(reached)
