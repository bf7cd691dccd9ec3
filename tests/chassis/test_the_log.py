"""No event is lost, doubled or out of order, whatever writers and relays do to each other."""

import asyncio
import random
from collections import defaultdict
from uuid import UUID, uuid4

import pytest
from chassis.decider import Asker
from chassis.relay import Relay
from chassis.room import opened
from chassis.settings import PARTITIONS, Settings
from chassis.store import Conflict, append
from contracts.base import Event
from contracts.catalog import WasteTypeRecorded
from psycopg import AsyncConnection
from trying import SAYING, record

pytestmark = pytest.mark.xdist_group("chassis")


def said(name: str) -> list[Event]:
    return [
        WasteTypeRecorded(
            waste_type=uuid4(), number="1", name=name, code="170904", hazardous=False, description="", orderable=True
        )
    ]


async def published(settings: Settings) -> dict[int, list[tuple[str, int, int]]]:
    """By partition: (stream, version, number) in the order of their numbers."""
    found: dict[int, list[tuple[str, int, int]]] = defaultdict(list)
    async with await AsyncConnection.connect(settings.database_url) as conn:
        rows = await conn.execute("SELECT partition, stream, version, number FROM log ORDER BY partition, number")
        for partition, stream, version, number in await rows.fetchall():
            found[partition].append((stream, version, number))
    return found


async def test_concurrent_writers_slow_commits_and_rollbacks_lose_and_reorder_nothing(
    settings: Settings, operator: Asker, tenant: UUID
) -> None:
    streams = [f"waste-type:{uuid4()}" for _ in range(6)]
    chance = random.Random(7)
    written = defaultdict(int)
    relays = [Relay(settings, "catalog"), Relay(settings, "catalog")]
    numbering = True

    async def write(_: int) -> None:
        async with await AsyncConnection.connect(settings.database_url) as conn:
            for _ in range(40):
                stream = chance.choice(streams)
                try:
                    async with conn.transaction(force_rollback=chance.random() < 0.2) as transaction:
                        await append(conn, tenant, stream, said("x"), operator)
                        await asyncio.sleep(chance.choice([0, 0, 0.01, 0.05]))
                        if not transaction.force_rollback:
                            written[stream] += 1
                except Conflict:
                    written[stream] -= 0

    async def number(relay: Relay) -> None:
        async with await relay.connect() as conn:
            while numbering:
                await relay.number(conn)
                await asyncio.sleep(0.003)

    keeping = [asyncio.create_task(number(relay)) for relay in relays]
    await asyncio.gather(*(write(place) for place in range(8)))
    numbering = False
    await asyncio.gather(*keeping)
    async with await relays[0].connect() as conn:
        await relays[0].number(conn)
    found = await published(settings)
    in_order: dict[str, list[int]] = defaultdict(list)
    for partition, events in found.items():
        assert [number for _, _, number in events] == list(range(1, len(events) + 1)), partition
        for stream, version, _ in events:
            in_order[stream].append(version)
    assert sum(map(len, found.values())) == sum(written.values()) > 100
    for stream, versions in in_order.items():
        assert versions == sorted(versions), f"{stream} was numbered out of order"


async def test_two_writers_at_the_same_version_cannot_both_win(
    settings: Settings, operator: Asker, tenant: UUID
) -> None:
    async with await AsyncConnection.connect(settings.database_url, autocommit=True) as conn:
        assert await append(conn, tenant, "s", said("one"), operator, expected=0) == 1
        with pytest.raises(Conflict):
            await append(conn, tenant, "s", said("two"), operator, expected=0)


async def test_a_relay_that_dies_between_its_two_commits_publishes_the_same_numbers_later(
    settings: Settings, operator: Asker, tenant: UUID
) -> None:
    dying, next_one = Relay(settings, "catalog"), Relay(settings, "catalog")
    async with await AsyncConnection.connect(settings.database_url, autocommit=True) as conn:
        for place in range(20):
            await append(conn, tenant, f"s{place % 3}", said(str(place)), operator)
    async with await dying.connect() as conn:
        assert await dying.number(conn) == 20
    before = await published(settings)
    async with await next_one.connect() as conn:
        await next_one.number(conn)
        assert await next_one.publish(conn) == 20
        assert await next_one.publish(conn) == 0
    await next_one.close()
    assert await published(settings) == before


async def test_only_one_relay_works_at_a_time(settings: Settings, operator: Asker, tenant: UUID, until) -> None:
    one, other = Relay(settings, "catalog"), Relay(settings, "catalog")
    async with await AsyncConnection.connect(settings.database_url, autocommit=True) as conn:
        await append(conn, tenant, "s", said("x"), operator)
    async with await other.connect() as second:
        async with await one.connect() as first:
            assert await one.number(first) == 1
            async with await AsyncConnection.connect(settings.database_url, autocommit=True) as conn:
                await append(conn, tenant, "s", said("y"), operator)
            assert await other.number(second) == 0, "a second relay numbers beside the first"
            assert await other.publish(second) == 0

        async def takes_over() -> bool:
            return await other.number(second) == 1

        await until(takes_over)  # with the first one's connection its lock goes
        assert await other.publish(second) == 2
    await other.close()


async def test_one_stream_stays_whole_when_many_ask_at_once(surroundings, operator: Asker, tenant: UUID) -> None:
    thing = uuid4()
    async with opened(SAYING, await surroundings.settings("catalog")) as ctx:
        answers = await asyncio.gather(*(ctx.execute(record(thing, f"n{place}"), operator) for place in range(25)))
        assert sorted(answer.version for answer in answers) == list(range(1, 26))
        again = await ctx.execute(record(thing, "n3"), operator)
        assert again.version == 25
        assert again.number is not None
        assert again.partition in range(PARTITIONS)
