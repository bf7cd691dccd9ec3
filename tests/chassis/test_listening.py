"""What Kafka brings reaches whom it concerns by Kafka's way, and costs those little whom it does not concern."""

import asyncio
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from chassis import relay, subscribing
from chassis.decider import Asker
from chassis.events import Meta, partition_of, read_headers
from chassis.relay import Relay
from chassis.room import Context, Room, opened
from chassis.settings import PARTITIONS, Settings
from chassis.store import append
from chassis.views import View
from contracts.catalog import ContainerTypeRecorded, WasteTypeRecorded
from prometheus_client import REGISTRY
from psycopg import AsyncConnection
from pydantic import BaseModel
from trying import SAYING, looking, record

pytestmark = pytest.mark.xdist_group("chassis")


class Nothing(BaseModel):
    pass


def elsewhere() -> Room:
    """Listens to catalog, but not for waste types."""
    view = View("elsewhere", Nothing)

    @view.on(ContainerTypeRecorded, key=lambda event, meta: event.container_type)
    def recorded(doc: Nothing | None, event: ContainerTypeRecorded, meta: Meta) -> Nothing:
        return Nothing()

    return Room("billing", views=[view])


def fetched(name: str = "views") -> float:
    """From the feed, because Kafka had not brought it."""
    return REGISTRY.get_sample_value("hoftor_fetched_total", {"consumer": name, "topic": "catalog"}) or 0.0


async def passed(ctx: Context, wanted: int) -> bool:
    return sum((await ctx.consumers[0].positions()).values()) == wanted


async def test_a_position_soon_passes_over_what_nobody_wants(surroundings, operator: Asker, until) -> None:
    async with (
        opened(SAYING, await surroundings.settings("catalog")) as saying,
        opened(elsewhere(), await surroundings.settings("billing")) as looker,
    ):
        await saying.execute(record(uuid4(), "first"), operator)
        await until(lambda: passed(looker, 1))
        before = fetched()
        for place in range(20):
            answer = await saying.execute(record(uuid4(), str(place)), operator)
        assert answer.partition is not None
        assert answer.number is not None
        assert await looker.reached("catalog", answer.partition, answer.number, within=30)
        await until(lambda: passed(looker, 21))
        assert fetched() == before


async def test_who_rests_hears_of_everything_afterwards(
    surroundings, operator: Asker, tenant: UUID, until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribing, "SELDOM", -1.0)
    things = [uuid4() for _ in range(8)]

    async def all_seen(ctx: Context, wanted: int) -> bool:
        found = await ctx.rows.many(ctx.views[0], tenant, things)
        return len(found) == 8 and all(len(doc.names) == wanted for doc in found.values())

    async with (
        opened(SAYING, await surroundings.settings("catalog")) as saying,
        opened(looking(), await surroundings.settings("billing")) as looker,
    ):
        await asyncio.gather(*(saying.execute(record(thing, "0"), operator) for thing in things))
        await until(lambda: all_seen(looker, 1))
        before = fetched()
        for turn in range(1, 4):
            await asyncio.gather(*(saying.execute(record(thing, str(turn)), operator) for thing in things))
            await until(lambda turn=turn: all_seen(looker, turn + 1))
        assert fetched() == before


async def test_who_is_full_takes_in_the_rest_later(
    surroundings, operator: Asker, tenant: UUID, until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribing, "FULL", 2)
    # However slow the machine: nobody shall ask the owner for what Kafka is about to bring.
    monkeypatch.setattr(subscribing, "QUIET", 3600.0)
    monkeypatch.setattr(subscribing, "RARELY", 3600.0)
    thing = uuid4()

    async def all_seen(ctx: Context, wanted: int) -> bool:
        found = await ctx.rows.get(ctx.views[0], tenant, thing)
        return found is not None and len(found.names) == wanted  # type: ignore[attr-defined]

    async with (
        opened(SAYING, await surroundings.settings("catalog")) as saying,
        opened(looking(), await surroundings.settings("billing")) as looker,
    ):
        await saying.execute(record(thing, "first"), operator)
        await until(lambda: all_seen(looker, 1))
        before = fetched()
        async with looker.pool.connection() as conn:
            # While the position is held nothing is handled, and what comes waits.
            await conn.execute("SELECT FROM positions FOR UPDATE")
            for place in range(30):
                await saying.execute(record(thing, str(place)), operator)
        await until(lambda: all_seen(looker, 31))
        assert fetched() == before


async def said(settings: Settings, operator: Asker, tenant: UUID, *names: str) -> None:
    async with await AsyncConnection.connect(settings.database_url, autocommit=True) as conn:
        for name in names:
            event = WasteTypeRecorded(
                waste_type=uuid4(),
                number="1",
                name=name,
                code="170904",
                hazardous=False,
                description="",
                orderable=True,
            )
            await append(conn, tenant, f"s{name}", [event], operator)


async def on_kafka(settings: Settings) -> dict[int, list[int]]:
    """By partition: the numbers of the events, as they lie there."""
    reader = AIOKafkaConsumer(bootstrap_servers=settings.bootstrap, auto_offset_reset="earliest")
    await reader.start()
    places = [TopicPartition(settings.topic_of("catalog"), partition) for partition in range(PARTITIONS)]
    reader.assign(places)
    await reader.seek_to_beginning()
    ends = await reader.end_offsets(places)
    found: dict[int, list[int]] = {place.partition: [] for place in places}
    while sum(map(len, found.values())) < sum(ends.values()):
        for place, records in (await reader.getmany(timeout_ms=500)).items():
            found[place.partition] += [read_headers(one.headers, place.partition).number or 0 for one in records]
    await reader.stop()
    return found


@pytest.mark.parametrize("lost", [0, 1, 2], ids=["nothing", "the first", "the second"])
async def test_what_is_not_at_hand_to_be_published_is_read(
    settings: Settings, operator: Asker, tenant: UUID, lost: int
) -> None:
    """Numbered in two turns; of one of them the rows are lost, as with a publishing that failed."""
    one = Relay(settings, "catalog")
    async with await one.connect() as conn:
        for turn in (1, 2):
            await said(settings, operator, tenant, *(f"{turn}.{place}" for place in range(20)))
            kept = {partition: list(rows) for partition, rows in one._at_hand.items()}
            assert await one.number(conn) == 20
            if lost == turn:
                one._at_hand.clear()
                one._at_hand.update(kept)
        await one.publish(conn)
        assert await one.publish(conn) == 0
    await one.close()
    found = await on_kafka(settings)
    assert sum(map(len, found.values())) == 40
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in found.values())


async def test_what_found_no_place_at_hand_is_published_beside_what_has_come_since(
    settings: Settings, operator: Asker, tenant: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Relay(settings, "catalog")
    async with await one.connect() as conn:
        names = {partition: [str(n) for n in range(99) if partition_of(f"s{n}") == partition] for partition in (0, 1)}
        await said(settings, operator, tenant, *names[0][:5], *names[1][:5])
        await one.number(conn)
        await one.publish(conn)
        monkeypatch.setattr(relay, "AT_HAND", 0)
        await said(settings, operator, tenant, *names[0][5:10])
        await one.number(conn)
        monkeypatch.setattr(relay, "AT_HAND", 100)
        await said(settings, operator, tenant, names[1][5])
        await one.number(conn)
        await one.publish(conn)
    await one.close()
    found = await on_kafka(settings)
    assert sum(map(len, found.values())) == 16
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in found.values())
