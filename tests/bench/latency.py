"""How long it takes until the customer sees what was ordered, and until the ERP's answer is seen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from embedded.process import until
from embedded.stack import Stack

from bench.firm import TENANT, Firm, running
from bench.rounds import Figure, percentile

SECONDS = 8.0
SUSTAINED = 1_500


async def figures(stack: Stack) -> list[Figure]:
    async with running(stack) as firm:
        found = []
        for a_second in (20, 200):
            bare = await bare_kafka(stack, a_second)
            mine = await seen(firm, a_second, "placed")
            found.append(visible(f"order accepted → visible, {a_second}/s, p99", mine, bare, 3))
        await until(lambda: all_handed(firm), 300, "the end of the queue to the ERP")
        firm.plans = True
        bare = await bare_kafka(stack, 20)
        mine = await seen(firm, 20, "dispatched")
        found.append(visible("order placed → ERP → dispatched → visible, 20/s, p99", mine, bare, 5))
        firm.plans = False
        found.append(Figure("whole chain sustained, nothing behind", await sustained(firm), None, "orders/s"))
        return found


async def all_handed(firm: Firm) -> bool:
    async with await firm.gateway() as conn:
        rows = await conn.execute("SELECT count(*) FROM view_orders")
        return len(firm.handed) >= (await rows.fetchone() or (0,))[0]


def visible(name: str, mine: list[float], bare: list[float], most: float) -> Figure:
    return Figure(name, percentile(mine, 0.99) * 1000, percentile(bare, 0.99) * 1000, "ms", at_most=most)


async def at_rate(a_second: int, seconds: float, work: Callable[[int], Awaitable[None]]) -> None:
    """Begins each in its time, however long those before it take."""
    began = time.perf_counter()
    tasks = []
    for place in range(int(a_second * seconds)):
        await asyncio.sleep(max(0.0, began + place / a_second - time.perf_counter()))
        tasks.append(asyncio.create_task(work(place)))
    await asyncio.gather(*tasks)


async def bare_kafka(stack: Stack, a_second: int) -> list[float]:
    """Seconds from produce to consume, the same rate, acknowledged likewise."""
    topic = f"bench-{uuid4().hex[:8]}"
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.settings.kafka)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 1, 1)])
    await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=stack.settings.kafka, acks="all", enable_idempotence=True)
    reader = AIOKafkaConsumer(
        bootstrap_servers=stack.settings.kafka, auto_offset_reset="earliest", fetch_max_wait_ms=250
    )
    await producer.start()
    await reader.start()
    reader.assign([TopicPartition(topic, 0)])
    await reader.seek_to_beginning()
    sent: dict[bytes, float] = {}
    found: list[float] = []

    async def consume() -> None:
        async for record in reader:
            found.append(time.perf_counter() - sent[record.value])

    async def produce(place: int) -> None:
        body = str(place).encode().rjust(600)
        sent[body] = time.perf_counter()
        await producer.send_and_wait(topic, body, partition=0)

    reading = asyncio.create_task(consume())
    await at_rate(a_second, SECONDS, produce)

    async def all_came() -> bool:
        return len(found) == len(sent)

    await until(all_came, 60, "what was sent")
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    await producer.stop()
    await reader.stop()
    return found[a_second // 2 :]


async def seen(firm: Firm, a_second: int, status: str) -> list[float]:
    """Seconds from the answer to the customer (`placed`) or from the order (`dispatched`) until the portal shows it."""
    since: dict[str, float] = {}
    found: list[float] = []
    done = asyncio.Event()

    async def watch() -> None:
        async with await firm.gateway() as conn:
            while since or not done.is_set():
                rows = await conn.execute(
                    "SELECT key FROM view_orders WHERE tenant = %s AND key = ANY(%s) AND doc->>'status' = %s",
                    [TENANT, list(since), status],
                    prepare=True,
                )
                now = time.perf_counter()
                for (key,) in await rows.fetchall():
                    found.append(now - since.pop(key))
                await asyncio.sleep(0.002)

    async def order(_: int) -> None:
        command = firm.order("1")
        began = time.perf_counter()
        if status == "dispatched":
            since[str(command.order)] = began
        await firm.ask("orders", command, firm.user("1"))
        if status == "placed":
            since[str(command.order)] = time.perf_counter()

    watching = asyncio.create_task(watch())
    await at_rate(a_second, SECONDS, order)
    done.set()
    await asyncio.wait_for(watching, 120)
    return found[a_second // 2 :]


async def sustained(firm: Firm) -> float:
    """Orders a second, from the first command until the ERP has the last and the portal shows it."""
    wanted = [firm.order("1") for _ in range(SUSTAINED)]
    waiting = iter(wanted)
    began = time.perf_counter()

    async def go_on() -> None:
        for command in waiting:
            await firm.ask("orders", command, firm.user("1"))

    await asyncio.gather(*(go_on() for _ in range(16)))
    keys = [str(command.order) for command in wanted]
    async with await firm.gateway() as conn:
        while True:
            rows = await conn.execute(
                "SELECT count(*) FROM view_orders WHERE tenant = %s AND key = ANY(%s)", [TENANT, keys]
            )
            shown = (await rows.fetchone() or (0,))[0]
            if shown == SUSTAINED and all(key in firm.handed for key in keys):
                return SUSTAINED / (time.perf_counter() - began)
            await asyncio.sleep(0.05)
