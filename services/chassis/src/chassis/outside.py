"""Effects outside: streams side by side, each in its order, each event until it is through or will never be."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from chassis.backoff import TRANSIENT
from chassis.events import Recorded

if TYPE_CHECKING:
    from chassis.consumer import Work

ATTEMPTS = 3
"""How often a fault that will not pass by itself is tried before the stream is parked."""
AT_ONCE = 8
"""Streams with an effect under way at the same time."""
SOME = 100
"""Events whose effects are begun before the position moves: after a crash so many are asked for again at most."""


async def side_by_side(work: Work, events: Sequence[Recorded]) -> dict[UUID, Exception]:
    """The faults that will not pass, by event: of each stream the first, and nothing behind it was begun."""
    streams: defaultdict[tuple[UUID, str], list[Recorded]] = defaultdict(list)
    for one in events:
        streams[one.meta.tenant, one.meta.stream].append(one)
    failed: dict[UUID, Exception] = {}
    places = asyncio.Semaphore(AT_ONCE)

    async def in_order(those: Sequence[Recorded]) -> None:
        async with places:
            for one in those:
                if (error := await attempt(work, one)) is not None:
                    failed[one.meta.id] = error
                    return

    # A passing fault of one stream stops no other in the middle of its work.
    for outcome in await asyncio.gather(*map(in_order, streams.values()), return_exceptions=True):
        if outcome is not None:
            raise outcome
    return failed


async def attempt(work: Work, one: Recorded) -> Exception | None:
    """None if it went well; the fault if it will not pass by itself."""
    for turn in range(1, ATTEMPTS + 1):
        try:
            await work.handle(None, [(one.meta, one.event())])
            return None
        except TRANSIENT:
            raise
        except Exception as error:
            if turn == ATTEMPTS:
                return error
            structlog.get_logger().warning(
                "fails and is tried again", consumer=work.name, event_type=one.meta.type, why=repr(error)
            )
    return None
