"""Whoever waits for something to happen is woken by it, and ends when it is told to."""

import asyncio

import pytest
from chassis.backoff import rung


async def test_it_tells_whether_it_rang() -> None:
    event = asyncio.Event()
    assert not await rung(event, 0.01)
    event.set()
    assert await rung(event, 0.01)
    assert await rung(event, None)


@pytest.mark.parametrize("turns", range(5))
async def test_a_loop_that_is_cancelled_in_the_moment_of_the_ring_ends(turns: int) -> None:
    event = asyncio.Event()
    waits = asyncio.Event()

    async def for_ever() -> None:
        while True:
            waits.set()
            await rung(event, 3600)
            event.clear()

    loop = asyncio.create_task(for_ever())
    await waits.wait()
    await asyncio.sleep(0)
    event.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    loop.cancel()
    ended, _ = await asyncio.wait([loop], timeout=10)
    assert ended
