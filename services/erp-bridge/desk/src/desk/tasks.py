"""What the desk does by itself: fetches orders, tells steps, sends what has changed."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress

from desk import external, outbox, transfer
from desk.desk import Desk

log = logging.getLogger("desk")


async def fetch_orders(desk: Desk) -> None:
    first = True
    while True:
        first = bool(await external.fetch(desk, first=first)) and first
        desk.trouble.pop("fetch_orders", None)


async def tell_steps(desk: Desk) -> None:
    while True:
        if not await outbox.work(desk):
            await roused(desk.something_to_send, 0.5)
        desk.trouble.pop("tell_steps", None)


async def send_changes(desk: Desk) -> None:
    while True:
        await transfer.work(desk)
        desk.trouble.pop("send_changes", None)
        await roused(desk.records_changed, 5)


async def roused(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    event.clear()


TASKS = (fetch_orders, tell_steps, send_changes)


async def kept(task: Callable[[Desk], Awaitable[None]], desk: Desk) -> None:
    """Goes on after every fault, with growing pauses, and shows on the page why it waits."""
    pause = 0.5
    while True:
        started = asyncio.get_running_loop().time()
        try:
            await task(desk)
        except Exception as error:
            if asyncio.get_running_loop().time() - started > 30:
                pause = 0.5
            desk.trouble[task.__name__] = str(error) or repr(error)
            log.warning("%s waits and tries again: %r", task.__name__, error)
            await asyncio.sleep(pause * random.uniform(0.7, 1.0))
            pause = min(pause * 2, 15)
