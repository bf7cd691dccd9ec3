"""Takes in events exactly once: drops what is known, fetches what is missing, parks a stream that fails."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

import structlog
from contracts.base import Event
from psycopg_pool import AsyncConnectionPool, PoolClosed

from chassis import parked, positions
from chassis.backoff import TRANSIENT, Pause
from chassis.events import Meta, Recorded, contiguous
from chassis.feed import Feeds
from chassis.outside import ATTEMPTS, SOME, attempt, side_by_side
from chassis.positions import Gap, Positions
from chassis.store import Connection, conflicts
from chassis.telemetry import CONSUMED, DUPLICATES, FETCHED, PARKED, RETRIES

TABLES = (*positions.TABLES, *parked.TABLES)
HELD = 500
"""Events that nobody here wants, after which the position is written at the latest."""


class Work(Protocol):
    """What a consumer does with events. `types` are those that it wants; all others only move its position."""

    name: str
    types: frozenset[type[Event]]
    inside: bool
    """Whether it works within the transaction that moves the position; else before it, event by event."""
    derived: bool
    """Whether all that it writes is made anew from the position on, so that nobody waits until the disk has it."""

    async def handle(self, conn: Connection | None, events: Sequence[tuple[Meta, Event]]) -> None: ...

    def done(self) -> None:
        """What was handled is committed: who waits for it may look."""


@dataclass
class Consumer:
    work: Work
    topic: str
    pool: AsyncConnectionPool
    feeds: Feeds
    moved: asyncio.Condition = field(default_factory=asyncio.Condition)
    last_record: float = field(default_factory=time.monotonic)
    last_wanted: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self._positions = Positions(self.work.name, self.topic)
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._known: dict[int, int] = {}
        self._held: defaultdict[int, list[Recorded]] = defaultdict(list)
        self._wanted = {event.__name__ for event in self.work.types}
        self._log = structlog.get_logger().bind(consumer=self.work.name, topic=self.topic)

    # -- taking in -----------------------------------------------------------------------------------------------

    async def take(self, partition: int, events: Sequence[Recorded]) -> None:
        """Events of one partition in order. Returns when they are handled for good, however long that takes."""
        self.last_record = time.monotonic()
        async with self._locks[partition]:
            await self._persist(lambda: self._take(partition, events))

    async def catch_up(self, partition: int, upto: int) -> None:
        """Fetches what Kafka did not bring."""
        async with self._locks[partition]:
            await self._persist(lambda: self._fill(partition, upto))

    def wants(self, kind: str) -> bool:
        return kind in self._wanted

    def holds(self, partition: int) -> bool:
        """Whether the position in PostgreSQL lags behind, over events that nobody here wants."""
        return bool(self._held[partition])

    async def settle(self, partition: int) -> None:
        async with self._locks[partition]:
            await self._persist(lambda: self._take(partition, (), at_once=True))

    async def _take(self, partition: int, events: Sequence[Recorded], *, at_once: bool = False) -> None:
        if partition not in self._known:
            self._held[partition].clear()
            self._known[partition] = await self.position(partition)
        known = self._known[partition]
        fresh = [one for one in events if (one.meta.number or 0) > known]
        if dropped := len(events) - len(fresh):
            DUPLICATES.labels(self.work.name, self.topic).inc(dropped)
        for run in contiguous(fresh):
            if (first := run[0].meta.number or 0) > known + 1:
                self._held[partition].clear()
                await self._fill(partition, first - 1)
            await self._go_on(partition, run, at_once=at_once)
            known = self._known[partition]
        if at_once and self._held[partition]:
            await self._go_on(partition, [], at_once=True)

    async def _tell(self) -> None:
        async with self.moved:
            self.moved.notify_all()

    async def _go_on(self, partition: int, run: Sequence[Recorded], *, at_once: bool) -> None:
        """What nobody here wants need not be written down at once: most topics tell many things to few."""
        held = self._held[partition]
        if not (at_once or len(held) >= HELD or any(self.wants(one.meta.type) for one in run)):
            held += run
            self._known[partition] = run[-1].meta.number or 0
            await self._tell()
            return
        await self._run(partition, [*held, *run])
        held.clear()
        if run:
            self._known[partition] = run[-1].meta.number or 0

    async def _fill(self, partition: int, upto: int) -> None:
        while (known := await self.position(partition)) < upto:
            missing = await self.feeds.after(self.topic, partition, known, upto)
            if not missing:
                # The owner has numbered it, so it is there in a moment.
                raise ConnectionError(f"{self.topic}/{partition} does not give what comes after {known}")
            FETCHED.labels(self.work.name, self.topic).inc(len(missing))
            await self._run(partition, missing)

    async def _persist(self, step: Callable[[], Awaitable[None]]) -> None:
        """Passing faults wait, for ever."""
        pause = Pause()
        while True:
            try:
                return await step()
            except Gap:
                self._known.clear()  # another replica, or a rebuild, has moved it
                continue
            except PoolClosed:
                raise  # the room is closing
            except TRANSIENT as error:
                RETRIES.labels(self.work.name).inc()
                self._log.warning("waits and tries again", why=str(error).strip() or repr(error))
                await pause.wait()

    # -- one run of contiguous events ----------------------------------------------------------------------------

    async def _run(self, partition: int, events: Sequence[Recorded]) -> None:
        if self.work.inside:
            try:
                await self._inside(partition, events, careful=False)
            except TRANSIENT:
                raise
            except Gap:
                raise
            except Exception as error:
                self._log.warning("a batch failed; goes on event by event", why=repr(error))
                await self._inside(partition, events, careful=True)
        else:
            await self._outside(partition, events)
        if any(one.meta.type in self._wanted for one in events):
            self.work.done()
        CONSUMED.labels(self.work.name, self.topic).inc(len(events))
        await self._tell()

    async def _inside(self, partition: int, events: Sequence[Recorded], *, careful: bool) -> None:
        async with self.pool.connection() as conn, nullcontext() if careful else conn.pipeline():
            held = await self._positions.hold(conn, partition)
            waiting = await parked.ask(conn, self.work.name, self.topic)
            todo = await self._positions.todo(conn, held, partition, events)
            if not todo:
                return
            stopped = set(await waiting.fetchall())
            if careful:
                for one in todo:
                    await self._carefully(conn, one, stopped)
            else:
                for one in todo:
                    if one.meta.type in self._wanted and (one.meta.tenant, one.meta.stream) in stopped:
                        await parked.queue(conn, self.work.name, one)
                flowing = [one for one in todo if (one.meta.tenant, one.meta.stream) not in stopped]
                if pairs := self._wanted_of(flowing):
                    await self.work.handle(conn, pairs)
            with conflicts():
                if self.work.derived:
                    await conn.execute("SET LOCAL synchronous_commit = off")
                await self._positions.advance(conn, partition, todo[-1])
                await conn.commit()

    async def _carefully(self, conn: Connection, one: Recorded, stopped: set[Any]) -> None:
        if one.meta.type not in self._wanted:
            return None
        if (one.meta.tenant, one.meta.stream) in stopped:
            return await parked.queue(conn, self.work.name, one)
        for turn in range(1, ATTEMPTS + 1):
            try:
                async with conn.transaction():
                    return await self.work.handle(conn, self._wanted_of([one]))
            except TRANSIENT:
                raise
            except Exception as error:
                if turn == ATTEMPTS:
                    await self._park(conn, one, error)
                    stopped.add((one.meta.tenant, one.meta.stream))
        return None

    async def _outside(self, partition: int, events: Sequence[Recorded]) -> None:
        for start in range(0, len(events), SOME):
            some = events[start : start + SOME]
            failed: dict[UUID, Exception] = {}
            waiting: set[tuple[UUID, str]] = set()
            if wanted := [one for one in some if one.meta.type in self._wanted]:
                async with self.pool.connection() as conn:
                    known = await self._positions.read(conn, partition)
                    waiting = await parked.streams(conn, self.work.name, self.topic)
                fresh = [one for one in wanted if (one.meta.number or 0) > known]
                free = [one for one in fresh if (one.meta.tenant, one.meta.stream) not in waiting]
                failed = await side_by_side(self.work, free)
            async with self.pool.connection() as conn, conn.transaction():
                held = await self._positions.hold(conn, partition)
                todo = await self._positions.todo(conn, held, partition, some)
                stopped = await parked.streams(conn, self.work.name, self.topic)
                for one in (one for one in todo if one.meta.type in self._wanted):
                    stream = (one.meta.tenant, one.meta.stream)
                    if one.meta.id in failed:
                        await self._park(conn, one, failed[one.meta.id])
                        stopped.add(stream)
                    elif stream in stopped:
                        await parked.queue(conn, self.work.name, one)
                    elif stream in waiting:
                        raise Gap  # what stood before it has just been handled
                if todo:
                    await self._positions.advance(conn, partition, todo[-1])

    def _wanted_of(self, events: Sequence[Recorded]) -> list[tuple[Meta, Event]]:
        return [(one.meta, one.event()) for one in events if one.meta.type in self._wanted]

    async def _park(self, conn: Connection, one: Recorded, error: Exception) -> None:
        PARKED.labels(self.work.name).inc()
        self._log.error("parked", stream=one.meta.stream, event_type=one.meta.type, why=repr(error), exc_info=error)
        await parked.park(conn, self.work.name, one, error)

    # -- the position --------------------------------------------------------------------------------------------

    async def position(self, partition: int) -> int:
        async with self.pool.connection() as conn:
            return await self._positions.read(conn, partition)

    async def has(self, partition: int, number: int) -> bool:
        """Whether all up to this number is handled, here or by another replica."""
        return self._known.get(partition, 0) >= number or await self.position(partition) >= number

    async def positions(self) -> dict[int, int]:
        """By partition; what is missing is 0."""
        async with self.pool.connection() as conn:
            return await self._positions.of_all(conn)

    # -- what was parked -----------------------------------------------------------------------------------------

    async def retry_parked(self) -> None:
        """Hands in again what an operator released, each stream in its order, until it fails again."""
        async with self.pool.connection() as conn:
            asked = await parked.released(conn, self.work.name, self.topic)
        for tenant, stream in asked:
            while await self._retry_one(tenant, stream):
                continue

    async def _retry_one(self, tenant: UUID, stream: str) -> bool:
        async with self.pool.connection() as conn:
            one = await parked.first(conn, self.work.name, self.topic, tenant, stream)
        if one is None:
            return False
        failed = None if self.work.inside else await attempt(self.work, one)
        async with self.pool.connection() as conn, conn.transaction():
            # Whoever holds the position may not queue anything behind it meanwhile.
            await self._positions.hold(conn, one.meta.partition)
            if self.work.inside:
                try:
                    async with conn.transaction():
                        await self.work.handle(conn, self._wanted_of([one]))
                except TRANSIENT:
                    raise
                except Exception as error:
                    failed = error
            if failed is None:
                await parked.done(conn, self.work.name, one)
            else:
                await parked.failed_again(conn, self.work.name, one, failed)
        self.work.done()
        return failed is None
