"""Publishes the log: first numbers what is committed and freezes that by a commit, then sends it, in this order."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from uuid import UUID

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from chassis.backoff import TRANSIENT, Pause, rung
from chassis.events import headers
from chassis.pool import on_a_living_connection
from chassis.settings import Settings
from chassis.store import AT, BODY, COLUMNS, NUMBER, PARTITION, STREAM, TENANT, VERSION, Connection, Row, numbered
from chassis.telemetry import OUTBOX, PUBLISHED
from chassis.topics import LARGEST, ensure_topics

BATCH, SOME = 2000, 200
LOCK = 4_711_001
"""The advisory lock that makes one relay the leader, for as long as its connection lives."""
AT_HAND = 2 * BATCH
"""Numbered rows of a partition that need not be read again to be published, and places that commands may ask for."""

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
    RETURNING l.*
), heads AS (
    UPDATE relay r SET numbered = top.number
    FROM (SELECT partition, max(number) AS number FROM done GROUP BY partition) AS top
    WHERE r.partition = top.partition
)
SELECT {COLUMNS} FROM done ORDER BY partition, number
"""
_OPTIONS = (
    "-c enable_hashjoin=off -c enable_mergejoin=off -c enable_seqscan=off -c enable_memoize=off"
    # A leader whose machine is gone may not lead for hours.
    " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
)
# What a crash forgets of this is published once more.
_PUBLISHED = "UPDATE relay SET published = greatest(published, %s) WHERE partition = %s"
_UNHURRIED = _OPTIONS + " -c synchronous_commit=off"


class Relay:
    def __init__(self, settings: Settings, room: str) -> None:
        self.settings = settings
        self.room = room
        self._fresh = asyncio.Event()
        self._to_publish = asyncio.Event()
        self.numbered = asyncio.Condition()
        self.last_publish = time.monotonic()
        self.leads = False
        """Whether this relay is the one that works. Two may publish for a moment: consumers drop what comes twice."""
        self._at_hand: dict[int, list[Row]] = defaultdict(list)
        self._published: dict[int, int] = {}
        self._places: OrderedDict[tuple[UUID, str, int], tuple[int, int]] = OrderedDict()
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
                async with await self.connect(_OPTIONS if what == "numbering" else _UNHURRIED) as conn:
                    while True:
                        await work(conn)
                        pause.reset()
            except TRANSIENT as error:
                structlog.get_logger().warning("the relay waits", what=what, room=self.room, why=str(error).strip())
            except Exception as error:
                # Whatever it is, what comes later may not be published before this: it is tried again, and heard of.
                structlog.get_logger().error("the relay fails", what=what, room=self.room, exc_info=error)
            finally:
                self._published.clear()
                if what == "numbering":
                    self.leads = False
            if what == "publishing":
                await self._close_producer()
            await pause.wait()

    async def connect(self, options: str = _OPTIONS) -> Connection:
        return await AsyncConnection.connect(
            self.settings.database_url, autocommit=True, options=options, connect_timeout=5
        )

    async def number_all(self, conn: Connection) -> None:
        """Waits for something new, or half a second, and numbers what is there."""
        await rung(self._fresh, 0.5)
        self._fresh.clear()
        while await self.number(conn) == BATCH:
            continue

    async def number(self, conn: Connection) -> int:
        """How many rows got their number; 0 too if another relay is at work, by the connection's lock."""
        if not self.leads:
            found = await conn.execute("SELECT pg_try_advisory_lock(%s)", [LOCK], prepare=True)
            self.leads = bool((await found.fetchone() or (False,))[0])
            if not self.leads:
                return 0
        # One statement, one transaction: when its rows are here, their numbers are committed.
        rows = await (await conn.execute(_NUMBER, prepare=True)).fetchall()
        for row in rows:
            if len(at_hand := self._at_hand[row[PARTITION]]) < AT_HAND:
                at_hand.append(row)
            else:
                self._published.clear()  # so that the table is asked what else there is
        # Behind a backlog nobody waits who would not rather read.
        for row in rows[-SOME:]:
            self._places[(row[TENANT], row[STREAM], row[VERSION])] = (row[PARTITION], row[NUMBER])
        while len(self._places) > AT_HAND:
            self._places.popitem(last=False)
        if rows:
            self._to_publish.set()
            async with self.numbered:
                self.numbered.notify_all()
        return len(rows)

    async def publish_all(self, conn: Connection) -> None:
        await rung(self._to_publish, 0.5)
        self._to_publish.clear()
        await self.publish(conn)

    async def publish(self, conn: Connection) -> int:
        """How many events were sent; they are marked as such when Kafka has them on all in-sync replicas."""
        if not self.leads:
            self._published.clear()
            return 0
        waiting = self._next() or await self._behind(conn)
        if waiting:
            producer = await self._started()
            # While Kafka writes one partition, the next is read.
            await asyncio.gather(*(self._publish_partition(conn, producer, *one) for one in waiting))
        self.last_publish = time.monotonic()
        return sum(upto - done for _, upto, done in waiting)

    def _next(self) -> list[tuple[int, int, int]]:
        """Partition, last number and what was published before it; nothing if that is not sure without asking."""
        found = [
            (partition, rows[-1][NUMBER], rows[0][NUMBER] - 1) for partition, rows in self._at_hand.items() if rows
        ]
        return found if all(self._published.get(partition) == done for partition, _, done in found) else []

    async def _behind(self, conn: Connection) -> list[tuple[int, int, int]]:
        found = await conn.execute("SELECT partition, numbered, published FROM relay", prepare=True)
        heads = await found.fetchall()
        self._published = {partition: done for partition, _, done in heads}
        OUTBOX.labels(self.room).set(sum(numbered - done for _, numbered, done in heads))
        return [(partition, upto, done) for partition, upto, done in heads if upto > done]

    async def _publish_partition(
        self, conn: Connection, producer: AIOKafkaProducer, partition: int, upto: int, done: int
    ) -> None:
        while done < upto:
            rows = self._taken(partition, done) or await numbered(conn, partition, done, BATCH, upto)
            await send(producer, self.settings.topic_of(self.room), self.room, rows)
            done = rows[-1][NUMBER]
            await conn.execute(_PUBLISHED, [done, partition], prepare=True)
            self._published[partition] = done
            PUBLISHED.labels(self.room).inc(len(rows))

    def _taken(self, partition: int, after: int) -> list[Row]:
        """What comes next, if numbering has left it at hand."""
        rows, self._at_hand[partition] = self._at_hand[partition], []
        rows = [row for row in rows if row[NUMBER] > after]
        return rows if rows and rows[0][NUMBER] == after + 1 else []

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
        self, connections: AsyncConnectionPool, tenant: UUID, stream: str, version: int, *, fresh: bool
    ) -> tuple[int | None, int | None]:
        """Partition and number of an event; no number: private, or numbering is held up. `fresh`: public and new."""
        place = (tenant, stream, version)

        async def read(conn: Connection) -> tuple[int | None, int | None, bool]:
            found = await conn.execute(
                "SELECT partition, number, public FROM log WHERE tenant = %s AND stream = %s AND version = %s",
                place,
                prepare=True,
            )
            return await found.fetchone() or (None, None, False)

        if fresh and self.leads:
            await self._until_numbered(place)
        partition = None
        for _ in range(4):
            if known := self._places.get(place):
                return known
            partition, number, public = await on_a_living_connection(connections, read)
            if number is not None or not public:
                return partition, number
            await self._until_numbered(place)
        return partition, None

    async def _until_numbered(self, place: tuple[UUID, str, int], seconds: float = 0.25) -> None:
        async with self.numbered:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self.numbered.wait_for(lambda: place in self._places)

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
