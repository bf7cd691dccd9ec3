"""Every subscription to Kafka, made in one way: by hand acknowledged, in batches, tolerant of what is no event."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from typing import cast

import structlog
from aiokafka import ConsumerRecord
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaAckableMessage

from chassis.backoff import TRANSIENT, Pause
from chassis.consumer import Consumer
from chassis.events import Recorded, Unreadable, read_headers
from chassis.settings import PARTITIONS, Settings
from chassis.telemetry import GARBAGE
from chassis.topics import ensure_topics

QUIET = 1.0
"""Seconds without a record after which the owner is asked whether there is more than Kafka brings."""
ACKNOWLEDGED_EVERY = 1.0
"""Seconds. The position that counts lies in PostgreSQL; Kafka's only says where a new start begins to read."""
BUSY_MS, QUIET_MS = 10, 300
"""How long the broker may keep a question open, while something happens and while nothing does."""
BUSY_FOR = 10.0
"""Seconds after a record."""
RARELY = 5.0
"""Seconds between these questions when the answer has long been no."""
MOST = 2000

Records = tuple[ConsumerRecord[bytes, bytes], ...]


class Subscription:
    """One consumer of one topic, in a consumer group of its own."""

    def __init__(self, settings: Settings, room: str, consumer: Consumer) -> None:
        self.settings = settings
        self.consumer = consumer
        self.topic = consumer.topic
        self.group = f"{settings.topic_prefix}{room}.{consumer.work.name}.{consumer.topic}"
        self._acknowledged = 0.0
        self._log = structlog.get_logger().bind(group=self.group)

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            tasks.create_task(self._look_after())

    async def _listen(self) -> None:
        pause = Pause()
        while True:
            broker = self._broker()
            try:
                await ensure_topics(self.settings, [self.topic])
                await broker.start()
                pause.reset()
                await self._until_broken(broker)
            except (KafkaError, OSError, TimeoutError) as error:
                self._log.warning("Kafka does not answer", why=str(error) or repr(error))
            finally:
                await self._stop(broker)
            await pause.wait()

    async def _until_broken(self, broker: KafkaBroker) -> None:
        """FastStream's loop survives most faults; when its task has ended nobody would notice."""
        while True:
            await asyncio.sleep(1.0)
            for subscriber in broker.subscribers:
                if time.monotonic() - self.consumer.last_record > BUSY_FOR:
                    hurry(getattr(subscriber, "consumer", None), QUIET_MS)
                tasks = getattr(subscriber, "tasks", [])
                if not tasks or all(task.done() for task in tasks):
                    raise ConnectionError("the loop of the subscription has ended")

    async def _stop(self, broker: KafkaBroker) -> None:
        try:
            await asyncio.wait_for(broker.stop(), 5)
        except (TimeoutError, KafkaError, OSError) as error:
            self._log.warning("the subscription did not close", why=repr(error))

    def _broker(self) -> KafkaBroker:
        broker = KafkaBroker(
            self.settings.bootstrap,
            graceful_timeout=None,
            logger=None,
            apply_types=False,
            allow_auto_create_topics=False,
            metadata_max_age_ms=5_000,
            request_timeout_ms=15_000,
        )

        async def tolerant(records: Records) -> KafkaAckableMessage:
            """FastStream's own parser skips a batch with a null or damaged header, silently."""
            first = records[0]
            consumer = subscriber.consumer
            if consumer is None:
                raise ConnectionError("the subscription is closing")
            return KafkaAckableMessage(
                body=b"",
                headers={},
                batch_headers=[],
                message_id=f"{first.topic}-{first.partition}-{first.offset}",
                raw_message=records,
                consumer=consumer,
            )

        subscriber = broker.subscriber(
            self.settings.topic_of(self.topic),
            batch=True,
            group_id=self.group,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.MANUAL,
            max_records=MOST,
            batch_timeout_ms=500,
            fetch_max_wait_ms=QUIET_MS,
            fetch_max_bytes=8 * 1024 * 1024,
            session_timeout_ms=10_000,
            heartbeat_interval_ms=2_000,
            max_poll_interval_ms=24 * 3600 * 1000,
            parser=tolerant,
            decoder=undecoded,
        )
        subscriber(self._handle)
        return broker

    async def _handle(self, message: KafkaAckableMessage) -> None:
        hurry(message.consumer, BUSY_MS)
        by_partition: dict[int, list[Recorded]] = defaultdict(list)
        for record in cast(Records, message.raw_message):
            try:
                meta = read_headers(record.headers, record.partition)
                by_partition[record.partition].append(Recorded(meta, (record.value or b"").decode()))
            except (Unreadable, UnicodeDecodeError) as error:
                # If it was an event of ours, its number is missing now and the owner's feed gives it.
                GARBAGE.labels(self.consumer.work.name, self.topic).inc()
                self._log.error("a Kafka record is no event", offset=record.offset, why=str(error))
        await asyncio.gather(*(self.consumer.take(*one) for one in by_partition.items()))
        if time.monotonic() - self._acknowledged < ACKNOWLEDGED_EVERY:
            return
        self._acknowledged = time.monotonic()
        try:
            await message.ack()
        except KafkaError as error:
            # Everything is handled; after a rebalance it comes once more and is dropped.
            self._log.info("the offsets were not committed", why=repr(error))

    async def _look_after(self) -> None:
        """What Kafka does not bring is fetched, what was parked and released is handed in again."""
        pause = Pause(QUIET, RARELY)
        while True:
            await pause.wait()
            try:
                await self.consumer.retry_parked()
                if time.monotonic() - self.consumer.last_record <= QUIET or await self._compare():
                    pause.reset()
            except TRANSIENT as error:
                self._log.info("cannot look after it now", why=str(error).strip() or repr(error))

    async def _compare(self) -> bool:
        """Whether something was missing."""
        heads = await self.consumer.feeds.heads(self.topic)
        known = await self.consumer.positions()
        behind = [(place, upto) for place, upto in heads.items() if place < PARTITIONS and known.get(place, 0) < upto]
        if not behind:
            return False
        # Kafka may just be about to bring it.
        await asyncio.sleep(QUIET)
        for partition, upto in behind:
            if time.monotonic() - self.consumer.last_record > QUIET:
                await self.consumer.catch_up(partition, upto)
        return True


def hurry(consumer: object, milliseconds: int) -> None:
    """aiokafka asks a broker one question at a time. While that one is kept open over partitions in which nothing
    happens, nothing new is fetched of those in which something does: there is no setting for this, but a field."""
    fetcher = getattr(consumer, "_fetcher", None)
    if fetcher is not None:
        fetcher._fetch_max_wait_ms = milliseconds


async def undecoded(message: KafkaAckableMessage) -> KafkaAckableMessage:
    """The records themselves are wanted, not a guess at their content."""
    return message
