"""Publishes the log: first numbers what is committed and freezes that by a commit, then sends it, in this order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import LiteralString
from uuid import UUID

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from psycopg import AsyncConnection, OperationalError

from chassis.backoff import Pause
from chassis.events import Recorded, headers
from chassis.settings import Settings
from chassis.store import Connection, published
from chassis.telemetry import OUTBOX, PUBLISHED
from chassis.topics import ensure_topics

BATCH = 2000
LOCK = 4_711_001
"""The advisory lock that makes one relay the leader, for one transaction at a time."""

# In one transaction with publishing it lost events when killed: a number must be committed before anybody reads it.
_NUMBER = f"""
WITH fresh AS MATERIALIZED (
    SELECT tenant, stream, version, partition, position FROM log
    WHERE public AND number IS NULL ORDER BY position LIMIT {BATCH}
), ranked AS (
    SELECT f.tenant, f.stream, f.version,
        r.numbered + row_number() OVER (PARTITION BY f.partition ORDER BY f.position) AS number
    FROM fresh f JOIN relay r USING (partition)
), done AS (
    UPDATE log l SET number = ranked.number FROM ranked
    WHERE l.tenant = ranked.tenant AND l.stream = ranked.stream AND l.version = ranked.version
    RETURNING l.partition, l.number
), heads AS (
    UPDATE relay r SET numbered = top.number
    FROM (SELECT partition, max(number) AS number FROM done GROUP BY partition) AS top
    WHERE r.partition = top.partition
)
SELECT count(*) FROM done
"""
_PLAN = "-c enable_hashjoin=off -c enable_mergejoin=off -c enable_seqscan=off"


class Relay:
    def __init__(self, settings: Settings, room: str) -> None:
        self.settings = settings
        self.room = room
        self._fresh = asyncio.Event()
        self._to_publish = asyncio.Event()
        self.numbered = asyncio.Condition()
        self.last_publish = time.monotonic()
        self._producer: AIOKafkaProducer | None = None

    def wake(self) -> None:
        self._fresh.set()

    async def run(self) -> None:
        """Until cancelled: numbering goes on while Kafka is away, so that consumers can fetch from the feed."""
        await asyncio.gather(self._keep("numbering", self.number_all), self._keep("publishing", self.publish_all))

    async def _keep(self, what: str, work: Callable[[Connection], Awaitable[None]]) -> None:
        pause = Pause()
        while True:
            try:
                async with await self._connect() as conn:
                    while True:
                        await work(conn)
                        pause.reset()
            except (OperationalError, KafkaError, OSError) as error:
                structlog.get_logger().warning("the relay waits", what=what, room=self.room, why=str(error).strip())
                if what == "publishing":
                    await self._close_producer()
                await pause.wait()

    async def _connect(self) -> Connection:
        return await AsyncConnection.connect(
            self.settings.database_url, autocommit=True, options=_PLAN, connect_timeout=5
        )

    async def number_all(self, conn: Connection) -> None:
        """Waits for something new, or half a second, and numbers what is there."""
        try:
            await asyncio.wait_for(self._fresh.wait(), 0.5)
        except TimeoutError:
            await asyncio.sleep(0)
        self._fresh.clear()
        while await self.number(conn) == BATCH:
            await self._tell()
        await self._tell()

    async def _tell(self) -> None:
        self._to_publish.set()
        async with self.numbered:
            self.numbered.notify_all()

    async def number(self, conn: Connection) -> int:
        """How many rows got their number; 0 too if another relay is at work."""
        async with conn.transaction():
            if not await _answer(conn, "SELECT pg_try_advisory_xact_lock(%s)", LOCK):
                return 0
            found = await conn.execute(_NUMBER, prepare=True)
            return int((await found.fetchone() or (0,))[0])

    async def publish_all(self, conn: Connection) -> None:
        try:
            await asyncio.wait_for(self._to_publish.wait(), 0.5)
        except TimeoutError:
            await asyncio.sleep(0)
        self._to_publish.clear()
        while await self.publish(conn):
            continue

    async def publish(self, conn: Connection) -> int:
        """How many events were sent; they are marked as such when Kafka has them on all in-sync replicas."""
        # Held by the session, not by a transaction: that would stay open for as long as Kafka takes.
        if not await _answer(conn, "SELECT pg_try_advisory_lock(%s)", LOCK + 1):
            return 0
        try:
            return await self._publish(conn)
        finally:
            await _answer(conn, "SELECT pg_advisory_unlock(%s)", LOCK + 1)

    async def _publish(self, conn: Connection) -> int:
        found = await conn.execute("SELECT partition, numbered, published FROM relay", prepare=True)
        heads = await found.fetchall()
        OUTBOX.labels(self.room).set(sum(numbered - done for _, numbered, done in heads))
        batches = [
            await published(conn, self.room, partition, done, BATCH, upto)
            for partition, upto, done in heads
            if upto > done
        ]
        if batches:
            producer = await self._started()
            await asyncio.gather(*(send(producer, self.settings.topic_of(self.room), batch) for batch in batches))
        for batch in batches:
            last = batch[-1].meta
            await conn.execute(
                "UPDATE relay SET published = %s WHERE partition = %s", [last.number, last.partition], prepare=True
            )
        sent = sum(map(len, batches))
        PUBLISHED.labels(self.room).inc(sent)
        self.last_publish = time.monotonic()
        return sent

    async def _started(self) -> AIOKafkaProducer:
        if self._producer is None:
            await ensure_topics(self.settings, [self.room])
            producer = AIOKafkaProducer(
                bootstrap_servers=self.settings.bootstrap,
                acks="all",
                enable_idempotence=True,
                linger_ms=0,
                max_batch_size=1_000_000,
                request_timeout_ms=10_000,
                metadata_max_age_ms=5_000,
            )
            try:
                await producer.start()
            except BaseException:
                await producer.stop()
                raise
            self._producer = producer
        return self._producer

    async def _close_producer(self) -> None:
        # An idempotent producer is dead for good after OutOfOrderSequenceNumber; a new one is cheap.
        if self._producer is not None:
            producer, self._producer = self._producer, None
            try:
                await asyncio.wait_for(producer.stop(), 5)
            except (KafkaError, TimeoutError, OSError) as error:
                structlog.get_logger().warning("the old producer did not close", why=str(error))

    async def place_of(
        self, conn: Connection, tenant: UUID, stream: str, version: int
    ) -> tuple[int | None, int | None]:
        """Partition and number of what was just appended; no number: private, or numbering is held up."""
        for _ in range(4):
            found = await conn.execute(
                "SELECT partition, number, public FROM log WHERE tenant = %s AND stream = %s AND version = %s",
                [tenant, stream, version],
                prepare=True,
            )
            partition, number, public = await found.fetchone() or (None, None, False)
            if number is not None or not public:
                return partition, number
            async with self.numbered:
                try:
                    await asyncio.wait_for(self.numbered.wait(), 0.25)
                except TimeoutError:
                    continue
        return partition, None

    async def close(self) -> None:
        await self._close_producer()


async def send(producer: AIOKafkaProducer, topic: str, batch: Sequence[Recorded]) -> None:
    """One partition, in order; returns when Kafka has all of it."""
    sent = []
    place = 0
    while place < len(batch):
        builder = producer.create_batch()
        began = place
        while place < len(batch):
            one = batch[place]
            fits = builder.append(
                key=one.meta.stream.encode(),
                value=one.body.encode(),
                timestamp=int(one.meta.time.timestamp() * 1000),
                headers=headers(one.meta),
            )
            if fits is None:
                break
            place += 1
        if place == began:
            raise ValueError(f"event {batch[place].meta.id} is larger than Kafka takes")
        sent.append(await producer.send_batch(builder, topic, partition=batch[0].meta.partition))
    await asyncio.gather(*sent)


async def _answer(conn: Connection, question: LiteralString, lock: int) -> bool:
    found = await conn.execute(question, [lock], prepare=True)
    return bool((await found.fetchone() or (False,))[0])
