"""One topic a room, named like it."""

from __future__ import annotations

from collections.abc import Iterable

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from chassis.settings import PARTITIONS, Settings

RETENTION = 3 * 24 * 3600 * 1000
"""Milliseconds. Kafka is the transport; what is older comes from the owner's feed."""


LARGEST = 8 * 1024 * 1024
"""Bytes of one event."""
CONFIGURATION = {"retention.ms": str(RETENTION), "max.message.bytes": str(LARGEST)}


async def ensure_topics(settings: Settings, rooms: Iterable[str]) -> None:
    """Makes those that are missing. KafkaError while Kafka is away."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.bootstrap, request_timeout_ms=10_000)
    try:
        await admin.start()
        there = set(await admin.list_topics())
        missing = [
            NewTopic(
                settings.topic_of(room),
                PARTITIONS,
                settings.replication,
                topic_configs=CONFIGURATION,
            )
            for room in rooms
            if settings.topic_of(room) not in there
        ]
        if not missing:
            return
        answer = await admin.create_topics(missing)
        for _topic, code, *_ in answer.topic_errors:
            if code and for_code(code) is not TopicAlreadyExistsError:
                raise for_code(code)
    finally:
        await admin.close()
