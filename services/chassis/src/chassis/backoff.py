"""Waiting: before another try longer each time, never all at once; and for something to happen."""

from __future__ import annotations

import asyncio
import random

import psycopg
from aiokafka.errors import KafkaError

TRANSIENT = (OSError, TimeoutError, psycopg.OperationalError, psycopg.InterfaceError, KafkaError)
"""What goes away by itself: networks, servers that start again, deadlocks. ConnectionError is an OSError."""


class Pause:
    """`first` to `longest` seconds, doubled each time, with jitter."""

    def __init__(self, first: float = 0.05, longest: float = 5.0) -> None:
        self._first, self._longest = first, longest
        self._next = first

    def reset(self) -> None:
        self._next = self._first

    async def wait(self) -> None:
        await asyncio.sleep(self._next * random.uniform(0.5, 1.0))
        self._next = min(self._next * 2, self._longest)


async def rung(event: asyncio.Event, seconds: float | None) -> bool:
    """Whether it rings within so many seconds.

    `asyncio.wait_for` would do up to one thing: before Python 3.12 it swallows a cancellation that comes in the moment
    of the ring, and the loop that waits here would never end.
    """
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False
