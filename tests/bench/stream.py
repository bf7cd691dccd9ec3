"""Publishing, consuming, folding and rebuilding."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from chassis import consumer, store
from chassis.consumer import Consumer
from chassis.events import Meta, Recorded, headers, read_headers
from chassis.pool import pool
from chassis.rebuild import prepare_views, rebuild
from chassis.relay import Relay
from chassis.settings import Settings
from chassis.store import Cause
from chassis.views import View
from chassis.works import Folding
from contracts.catalog import WasteTypeRecorded
from embedded.ports import any_free
from embedded.process import Process, until
from embedded.rooms import healthy
from embedded.stack import Stack
from psycopg import AsyncConnection
from pydantic import BaseModel
from trying import seen

from bench.log import SAID, TENANT, WHO
from bench.rounds import Figure, in_turn

MANY = 20_000
BATCH = 2_000


async def settings_of(stack: Stack, mark: str, port: int) -> Settings:
    return Settings(
        secret="only for measuring",
        port=any_free(),
        database_url=await stack.database(f"bench_{mark}"),
        kafka_url=stack.settings.kafka,
        topic_prefix=f"bench-{mark}.",
        catalog_url=f"http://127.0.0.1:{port}",
    )


async def figures(stack: Stack) -> list[Figure]:
    port = any_free()
    settings = await settings_of(stack, uuid4().hex[:8], port)
    await fill(settings, MANY)
    return [
        await publishing(settings),
        await consuming(stack, settings),
        await rebuilding(stack, settings.model_copy(update={"port": port})),
    ]


async def fill(settings: Settings, many: int) -> None:
    """Events of a thousand streams, without numbers yet."""
    async with await AsyncConnection.connect(settings.database_url, autocommit=True) as conn:
        for table in (*store.TABLES, *consumer.TABLES):
            await conn.execute(table.encode())
        things = [uuid4() for _ in range(many // 20)]
        versions = dict.fromkeys(things, 0)
        rows = []
        for place in range(many):
            thing = things[place % len(things)]
            said = SAID.model_copy(update={"waste_type": thing, "name": f"n{place}"})
            rows += store.rows(TENANT, f"waste-type:{thing}", versions[thing], [said], WHO, Cause(), datetime.now(UTC))
            versions[thing] += 1
        for place in range(0, many, 5000):
            await store.insert(conn, rows[place : place + 5000])
        await conn.execute("ANALYZE log")


async def publishing(settings: Settings) -> Figure:
    relay = Relay(settings, "catalog")
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.bootstrap, acks="all", enable_idempotence=True, max_batch_size=1_000_000
    )
    await producer.start()
    async with await relay.connect() as conn:

        async def ours() -> float:
            await conn.execute("UPDATE log SET number = NULL")
            await conn.execute("UPDATE relay SET numbered = 0, published = 0")
            await conn.execute("VACUUM ANALYZE log")
            began = time.perf_counter()
            working = asyncio.create_task(relay.run())
            relay.wake()

            async def all_published() -> bool:
                found = await conn.execute("SELECT sum(published) FROM relay", prepare=True)
                return (await found.fetchone() or (0,))[0] == MANY

            await until(all_published, 120, "the last event")
            seconds = time.perf_counter() - began
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
            return MANY / seconds

        async def bare() -> float:
            began = time.perf_counter()
            sent = 0
            for partition in range(4):
                after = 0
                while True:
                    rows = await store.numbered(conn, partition, after, BATCH, MANY)
                    if not rows:
                        break
                    await produce(producer, settings.topic_of("catalog"), partition, rows)
                    sent += len(rows)
                    after = rows[-1][store.NUMBER]
            return sent / (time.perf_counter() - began)

        mine, theirs = await in_turn(ours, bare, rounds=3)
    await producer.stop()
    await relay.close()
    return Figure("relay: number and publish, one process", mine, theirs, "/s", at_least=0.5)


async def produce(producer: AIOKafkaProducer, topic: str, partition: int, rows: Sequence[store.Row]) -> None:
    builder = producer.create_batch()
    for one in rows:
        if builder.append(key=None, value=one[store.BODY].encode(), timestamp=None, headers=[]) is None:
            await (await producer.send_batch(builder, topic, partition=partition))
            builder = producer.create_batch()
            builder.append(key=None, value=one[store.BODY].encode(), timestamp=None, headers=[])
    await (await producer.send_batch(builder, topic, partition=partition))


async def consuming(stack: Stack, said: Settings) -> Figure:
    """From Kafka into a view, with dedupe and position; bare: the same records, one upsert a batch."""
    topic = f"bench-{uuid4().hex[:8]}"
    admin = AIOKafkaAdminClient(bootstrap_servers=said.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 1, 1)])
    await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=said.bootstrap, acks="all")
    await producer.start()
    async with await AsyncConnection.connect(said.database_url) as conn:
        all_of_it = [one for partition in range(4) for one in await store.numbered(conn, partition, 0, MANY, MANY)]
    for number, one in enumerate(all_of_it, 1):
        renumbered = (*one[: store.NUMBER], number, *one[store.NUMBER + 1 :])
        await producer.send(topic, one[store.BODY].encode(), partition=0, headers=headers(renumbered, "catalog"))
    await producer.flush()
    await producer.stop()
    settings = await settings_of(stack, uuid4().hex[:8], 1)
    view = seen()
    connections = pool(settings.database_url, 4, autocommit=False)
    async with connections:
        async with connections.connection() as conn:
            for table in consumer.TABLES:
                await conn.execute(table.encode())
            await prepare_views(conn, [view])
            await conn.execute("CREATE TABLE bare (tenant uuid, key text, doc jsonb, PRIMARY KEY (tenant, key))")
        taking = Consumer(Folding([view]), "catalog", connections, None)  # type: ignore[arg-type]

        async def ours() -> float:
            async with connections.connection() as conn:
                await conn.execute("TRUNCATE view_seen, positions")
            return await read(topic, said, lambda records: take(records))

        async def take(records: list[object]) -> None:
            await taking.take(
                0,
                [Recorded(read_headers(one.headers, 0), one.value.decode()) for one in records],  # type: ignore[attr-defined]
            )

        async def bare() -> float:
            async with connections.connection() as conn:
                await conn.execute("TRUNCATE bare")

            async def upsert(records: list[object]) -> None:
                docs = {one.offset % 1000: one.value.decode() for one in records}  # type: ignore[attr-defined]
                async with connections.connection() as conn:
                    await conn.execute(
                        "INSERT INTO bare SELECT * FROM unnest(%s::uuid[], %s::text[], %s::jsonb[])"
                        " ON CONFLICT (tenant, key) DO UPDATE SET doc = excluded.doc",
                        [[TENANT] * len(docs), [str(key) for key in docs], list(docs.values())],
                        prepare=True,
                    )

            return await read(topic, said, upsert)

        mine, theirs = await in_turn(ours, bare, rounds=3)
    return Figure("consume and fold into a view", mine, theirs, "/s", at_least=0.4)


async def read(topic: str, settings: Settings, work: object) -> float:
    reader = AIOKafkaConsumer(bootstrap_servers=settings.bootstrap, auto_offset_reset="earliest", fetch_max_wait_ms=50)
    await reader.start()
    reader.assign([TopicPartition(topic, 0)])
    await reader.seek_to_beginning()
    began = time.perf_counter()
    done = 0
    while done < MANY:
        for records in (await reader.getmany(timeout_ms=200, max_records=BATCH)).values():
            await work(records)  # type: ignore[operator]
            done += len(records)
    seconds = time.perf_counter() - began
    await reader.stop()
    return done / seconds


class One(BaseModel):
    name: str
    code: str
    at: datetime


def one_a_name() -> View[One]:
    """As many documents as events."""
    view = View("ones", One, columns={"at": ("timestamptz", lambda doc: doc.at)}, search=lambda doc: doc.name)

    @view.on(WasteTypeRecorded, key=lambda event, meta: event.name)
    def recorded(doc: One | None, event: WasteTypeRecorded, meta: Meta) -> One:
        return One(name=event.name, code=event.code, at=meta.time)

    return view


def saying(stack: Stack, settings: Settings) -> Process:
    """The owner of the events, in a process of its own as in the portal."""
    told = {f"HOFTOR_{name.upper()}": str(value) for name, value in settings}
    return Process(
        name="saying",
        command=[sys.executable, "-m", "trying", "saying"],
        log=stack.settings.data / "logs" / "saying.log",
        leash=stack.leash,
        ready=lambda: healthy(settings.port),
        environment={**os.environ, **told, "PYTHONPATH": str(Path(__file__).parents[1])},
    )


async def rebuilding(stack: Stack, said: Settings) -> Figure:
    """From the feed over HTTP into the tables; bare: COPY of the finished rows into the same tables."""
    view = one_a_name()
    gateway = await settings_of(stack, uuid4().hex[:8], said.port)
    async with await AsyncConnection.connect(gateway.database_url, autocommit=True) as conn:
        for table in consumer.TABLES:
            await conn.execute(table.encode())
        await prepare_views(conn, [view])
        owner = saying(stack, said)
        await owner.start()
        async with AsyncExitStack() as ending:
            ending.push_async_callback(owner.stop)

            async def ours() -> float:
                began = time.perf_counter()
                await rebuild(gateway, "gateway", [view])
                return MANY / (time.perf_counter() - began)

            await ours()
            found = await conn.execute(f"SELECT {', '.join(view.fields)} FROM {view.table}")
            rows = [(*row[:5], json.dumps(row[5]), *row[6:]) for row in await found.fetchall()]
            assert len(rows) == MANY

            async def bare() -> float:
                began = time.perf_counter()
                async with conn.transaction():
                    await conn.execute(f"DELETE FROM {view.table}")
                    async with conn.cursor().copy(f"COPY {view.table} ({', '.join(view.fields)}) FROM STDIN") as copy:
                        for row in rows:
                            await copy.write_row(row)
                return MANY / (time.perf_counter() - began)

            mine, theirs = await in_turn(ours, bare, rounds=3)
    return Figure("rebuild a view from the feed, events", mine, theirs, "/s", at_least=0.4)
