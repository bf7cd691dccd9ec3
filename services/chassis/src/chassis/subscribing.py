"""Every subscription to Kafka, made in one way: by hand acknowledged, in batches, tolerant of what is no event."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from typing import cast

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaAckableMessage

from chassis.backoff import TRANSIENT, Pause, rung
from chassis.consumer import Consumer
from chassis.events import Recorded, Unreadable, read_headers
from chassis.settings import PARTITIONS, Settings
from chassis.telemetry import GARBAGE
from chassis.topics import ensure_topics

QUIET = 1.0
"""Seconds without a record after which the owner is asked whether there is more than Kafka brings."""
RARELY = 5.0
"""Seconds between these questions when the answer has long been no."""
ACKNOWLEDGED_EVERY = 1.0
"""Seconds. The position that counts lies in PostgreSQL; Kafka's only says where a new start begins to read."""
SOON = 0.2
"""Seconds until a position that moved past events which nobody here wants is written, if nothing else comes."""
OPEN_MS = 5_000
"""How long the broker keeps a question open over topics in which nothing happens."""
SELDOM, REST = 10.0, 0.2
"""Who has wanted nothing for so many seconds of what is said in a topic listens to it only every so many seconds: ten
rooms that wake up for each event of an eleventh would keep those waiting whom it concerns."""
NEVER_MS = 24 * 3600 * 1000
"""FastStream sleeps for as long again when it has asked in vain: what came meanwhile would wait."""
MOST = 2000
FULL = 10_000
"""Events that wait in memory, after which no more are fetched."""

Records = tuple[ConsumerRecord[bytes, bytes], ...]


@dataclass
class Lane:
    """The records of one partition that wait their turn, and the offset up to which all are handled."""

    waiting: deque[Recorded] = field(default_factory=deque)
    fresh: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: int = 0
    handled: int = 0


class Subscription:
    """One consumer of one topic, in a consumer group of its own.

    What Kafka brings is taken out of its hands at once and handled in a lane for each partition: aiokafka asks a
    broker one question at a time, and a question that leaves out a partition whose last records are still lying there
    would keep its next ones waiting.
    """

    def __init__(self, settings: Settings, room: str, consumer: Consumer) -> None:
        self.settings = settings
        self.consumer = consumer
        self.topic = consumer.topic
        self.group = f"{settings.topic_prefix}{room}.{consumer.work.name}.{consumer.topic}"
        self._lanes = {partition: Lane() for partition in range(PARTITIONS)}
        self._room = asyncio.Event()
        self._log = structlog.get_logger().bind(group=self.group)

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            tasks.create_task(self._look_after())
            for partition, lane in self._lanes.items():
                tasks.create_task(self._work(partition, lane))

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
        told: dict[int, int] = {}
        while True:
            await asyncio.sleep(ACKNOWLEDGED_EVERY)
            for subscriber in broker.subscribers:
                tasks = getattr(subscriber, "tasks", [])
                if not tasks or all(task.done() for task in tasks):
                    raise ConnectionError("the loop of the subscription has ended")
                handled = {number: lane.handled for number, lane in self._lanes.items() if lane.handled}
                if handled != told and (consumer := getattr(subscriber, "consumer", None)):
                    told = handled
                    await self._acknowledge(consumer, handled)

    async def _acknowledge(self, consumer: AIOKafkaConsumer, handled: dict[int, int]) -> None:
        topic = self.settings.topic_of(self.topic)
        mine = {place.partition for place in consumer.assignment() if place.topic == topic}
        offsets = {TopicPartition(topic, number): upto for number, upto in handled.items() if number in mine}
        try:
            if offsets:
                await consumer.commit(offsets)
        except KafkaError as error:
            # Everything is handled; after a rebalance it comes once more and is dropped.
            self._log.info("the offsets were not committed", why=repr(error))

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
            batch_timeout_ms=NEVER_MS,
            fetch_max_wait_ms=OPEN_MS,
            fetch_max_bytes=8 * 1024 * 1024,
            session_timeout_ms=10_000,
            heartbeat_interval_ms=2_000,
            max_poll_interval_ms=NEVER_MS,
            parser=tolerant,
            decoder=undecoded,
        )
        subscriber(self._handle)
        return broker

    async def _handle(self, message: KafkaAckableMessage) -> None:
        self.consumer.last_record = time.monotonic()
        for record in cast(Records, message.raw_message):
            try:
                lane = self._lanes[record.partition]
                lane.arrived = record.offset + 1
                meta = read_headers(record.headers, record.partition)
                if self.consumer.wants(meta.type):
                    self.consumer.last_wanted = time.monotonic()
                lane.waiting.append(Recorded(meta, (record.value or b"").decode()))
                lane.fresh.set()
            except (Unreadable, UnicodeDecodeError, KeyError) as error:
                # If it was an event of ours, its number is missing now and the owner's feed gives it.
                GARBAGE.labels(self.consumer.work.name, self.topic).inc()
                self._log.error("a Kafka record is no event", offset=record.offset, why=str(error))
        if time.monotonic() - self.consumer.last_wanted > SELDOM:
            consumer = cast(AIOKafkaConsumer, message.consumer)
            consumer.pause(*consumer.assignment())
            asyncio.get_running_loop().call_later(REST, resume, consumer)
        while sum(len(lane.waiting) for lane in self._lanes.values()) > FULL:
            self._room.clear()
            await self._room.wait()

    async def _work(self, partition: int, lane: Lane) -> None:
        """One lane, for ever: as much at once as has come meanwhile."""
        while True:
            if not await rung(lane.fresh, SOON if self.consumer.holds(partition) else None):
                await self.consumer.settle(partition)
                continue
            lane.fresh.clear()
            while lane.waiting:
                batch = [lane.waiting.popleft() for _ in range(min(MOST, len(lane.waiting)))]
                arrived = lane.arrived if not lane.waiting else 0
                await self.consumer.take(partition, batch)
                lane.handled = arrived or lane.handled
                self._room.set()

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


def resume(consumer: AIOKafkaConsumer) -> None:
    consumer.resume(*consumer.paused())


async def undecoded(message: KafkaAckableMessage) -> KafkaAckableMessage:
    """The records themselves are wanted, not a guess at their content."""
    return message
