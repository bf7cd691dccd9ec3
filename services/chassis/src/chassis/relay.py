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
from psycopg import AsyncConnection

from chassis.backoff import TRANSIENT, Pause
from chassis.events import headers
from chassis.settings import Settings
from chassis.store import AT, BODY, NUMBER, PARTITION, STREAM, Connection, Row, numbered
from chassis.telemetry import OUTBOX, PUBLISHED
from chassis.topics import LARGEST, ensure_topics

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
            except TRANSIENT as error:
                structlog.get_logger().warning("the relay waits", what=what, room=self.room, why=str(error).strip())
            except Exception as error:
                # Whatever it is, what comes later may not be published before this: it is tried again, and heard of.
                structlog.get_logger().error("the relay fails", what=what, room=self.room, exc_info=error)
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
        waiting = [(partition, upto, done) for partition, upto, done in heads if upto > done]
        if waiting:
            producer = await self._started()
            # While Kafka writes one partition, the next is read.
            await asyncio.gather(*(self._publish_partition(conn, producer, *one) for one in waiting))
        self.last_publish = time.monotonic()
        return sum(upto - done for _, upto, done in waiting)

    async def _publish_partition(
        self, conn: Connection, producer: AIOKafkaProducer, partition: int, upto: int, done: int
    ) -> None:
        while done < upto:
            rows = await numbered(conn, partition, done, BATCH, upto)
            await send(producer, self.settings.topic_of(self.room), self.room, rows)
            done = rows[-1][NUMBER]
            await conn.execute("UPDATE relay SET published = %s WHERE partition = %s", [done, partition], prepare=True)
            PUBLISHED.labels(self.room).inc(len(rows))

    async def _started(self) -> AIOKafkaProducer:
        if self._producer is None:
            await ensure_topics(self.settings, [self.room])
            producer = AIOKafkaProducer(
                bootstrap_servers=self.settings.bootstrap,
                acks="all",
                enable_idempotence=True,
                linger_ms=0,
                max_batch_size=1_000_000,
                max_request_size=LARGEST,
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


async def send(producer: AIOKafkaProducer, topic: str, room: str, rows: Sequence[Row]) -> None:
    """Events of one partition, in order, as `numbered` gives them; returns when Kafka has all of them."""
    sent = []
    builder = producer.create_batch()
    partition = rows[0][PARTITION]
    for row in rows:
        while (
            builder.append(
                key=row[STREAM].encode(),
                value=row[BODY].encode(),
                timestamp=int(row[AT].timestamp() * 1000),
                headers=headers(row, room),
            )
            is None
        ):
            # Full. The first event always fits, however large it is.
            sent.append(await producer.send_batch(builder, topic, partition=partition))
            builder = producer.create_batch()
    sent.append(await producer.send_batch(builder, topic, partition=partition))
    await asyncio.gather(*sent)


async def _answer(conn: Connection, question: LiteralString, lock: int) -> bool:
    found = await conn.execute(question, [lock], prepare=True)
    return bool((await found.fetchone() or (False,))[0])
