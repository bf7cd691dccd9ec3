"""Every event takes effect once: after duplicates, gaps, kills, and while Kafka or PostgreSQL is away."""

import asyncio
from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from chassis import commands
from chassis.decider import Asker
from chassis.relay import send
from chassis.room import Context, Room, opened
from chassis.store import Row, append, insert, numbered
from contracts.billing import InvoicesLoaded
from psycopg import AsyncConnection
from structlog.testing import capture_logs
from trying import SAYING, looking, record, seen

pytestmark = pytest.mark.xdist_group("chassis")


async def say(ctx: Context, operator: Asker, thing: UUID, *names: str) -> None:
    for name in names:
        await ctx.execute(record(thing, name), operator)


async def names(ctx: Context, tenant: UUID, thing: UUID) -> list[str]:
    doc = await ctx.rows.get(ctx.views[0], tenant, thing)
    return doc.names if doc else []


async def test_what_kafka_brings_twice_takes_effect_once(surroundings, operator, tenant, until) -> None:
    thing = uuid4()
    async with (
        opened(SAYING, await surroundings.settings("catalog")) as saying,
        opened(looking(), await surroundings.settings("billing")) as looker,
    ):
        await say(saying, operator, thing, "a", "b")
        async with saying.pool.connection() as conn:
            for partition in range(4):
                if again := await numbered(conn, partition, 0, 100, 100):
                    producer = AIOKafkaProducer(bootstrap_servers=saying.settings.bootstrap)
                    await producer.start()
                    await send(producer, saying.settings.topic_of("catalog"), "catalog", again)
                    await producer.stop()
        await say(saying, operator, thing, "c")
        await until(lambda: len_is(looker, tenant, thing, 3))
        assert await names(looker, tenant, thing) == ["a", "b", "c"]
        await until(lambda: reacted(surroundings, 3))
        assert await count(looker, "log") == 3, "the reaction happened once an event"


async def len_is(ctx: Context, tenant: UUID, thing: UUID, wanted: int) -> bool:
    return len(await names(ctx, tenant, thing)) >= wanted


async def count(ctx: Context, table: str) -> int:
    async with ctx.pool.connection() as conn:
        found = await conn.execute(f"SELECT count(*) FROM {table}")
        return int((await found.fetchone() or (0,))[0])


async def test_what_was_lost_with_a_topic_is_fetched_from_the_owner(surroundings, operator, tenant, until) -> None:
    thing = uuid4()
    catalog, billing = await surroundings.settings("catalog"), await surroundings.settings("billing")
    async with opened(SAYING, catalog) as saying:
        async with opened(looking(), billing) as looker:
            await say(saying, operator, thing, "a")
            await until(lambda: len_is(looker, tenant, thing, 1))
        await say(saying, operator, thing, "b", "c", "d")
        await until(lambda: nothing_waits(saying))
        admin = AIOKafkaAdminClient(bootstrap_servers=catalog.bootstrap)
        await admin.start()
        await admin.delete_topics([catalog.topic_of("catalog")])
        await admin.close()
        async with opened(looking(), billing) as looker:
            await say(saying, operator, thing, "e")
            await until(lambda: len_is(looker, tenant, thing, 5))
            assert await names(looker, tenant, thing) == ["a", "b", "c", "d", "e"]
            await until(lambda: reacted(surroundings, 5))
            assert await count(looker, "log") == 5


async def nothing_waits(ctx: Context) -> bool:
    return (await ctx.health()).get("outbox") == 0


async def test_a_record_that_is_no_event_is_passed_over(surroundings, operator, tenant, until) -> None:
    thing = uuid4()
    async with (
        opened(SAYING, await surroundings.settings("catalog")) as saying,
        opened(looking(), await surroundings.settings("billing")) as looker,
    ):
        await say(saying, operator, thing, "a")
        await until(lambda: len_is(looker, tenant, thing, 1))
        producer = AIOKafkaProducer(bootstrap_servers=saying.settings.bootstrap)
        await producer.start()
        for partition in range(4):
            for headers in ([("ce_id", b"\xff\xfe")], [("ce_type", None)], []):
                await producer.send(saying.settings.topic_of("catalog"), b"\xff", partition=partition, headers=headers)
        await producer.stop()
        await say(saying, operator, thing, "b")
        await until(lambda: len_is(looker, tenant, thing, 2))
        assert await names(looker, tenant, thing) == ["a", "b"]


@pytest.mark.parametrize("where", ["fold", "table"])
async def test_a_stream_that_cannot_be_handled_is_parked_alone_and_comes_back_in_order(
    surroundings, operator, tenant, until, where: str
) -> None:
    view = seen(poison="bad", where=where)
    room = Room("billing", views=[view])
    sick, well = uuid4(), uuid4()
    async with (
        opened(SAYING, await surroundings.settings("catalog")) as saying,
        opened(room, await surroundings.settings("billing")) as looker,
    ):
        await say(saying, operator, sick, "a", "bad", "c", "d")
        await say(saying, operator, well, "x", "y", "z")
        await until(lambda: len_is(looker, tenant, well, 3))
        await until(lambda: parked(looker, 3))
        assert await names(looker, tenant, sick) == ["a"]
        view.spoilt.clear()  # type: ignore[attr-defined]
        async with looker.pool.connection() as conn:
            await conn.execute("UPDATE parked SET released = true")
        await until(lambda: len_is(looker, tenant, sick, 4))
        assert await names(looker, tenant, sick) == ["a", "bad", "c", "d"]
        assert await parked(looker, 0)
        await say(saying, operator, sick, "e")
        await until(lambda: len_is(looker, tenant, sick, 5))


async def parked(ctx: Context, wanted: int) -> bool:
    return await count(ctx, "parked") == wanted


async def test_a_consumer_that_is_killed_again_and_again_loses_and_doubles_nothing(
    surroundings, operator, tenant, until
) -> None:
    things = [uuid4() for _ in range(10)]
    killed = await surroundings.process("billing", "looking")
    async with opened(SAYING, await surroundings.settings("catalog")) as saying:
        talking = asyncio.create_task(talk(saying, operator, things, 30))
        for _ in range(3):
            await killed.start()
            before = await seen_by(surroundings)
            await until(lambda before=before: grown(surroundings, before))
            await killed.kill()
        await talking
        await killed.start()
        await until(lambda: seen_all(surroundings, 300))
        await until(lambda: reacted(surroundings, 300))
        async with await AsyncConnection.connect((await surroundings.settings("billing")).database_url) as conn:
            rows = await conn.execute("SELECT doc->'names' FROM view_seen")
            assert [row[0] for row in await rows.fetchall()] == [[str(n) for n in range(30)]] * 10
            said = await conn.execute("SELECT count(*), count(DISTINCT causation) FROM log")
            assert await said.fetchone() == (300, 300)


async def talk(ctx: Context, operator: Asker, things: list[UUID], times: int) -> None:
    for number in range(times):
        for thing in things:
            await ctx.execute(record(thing, str(number)), operator)
        await asyncio.sleep(0.05)


async def seen_by(surroundings) -> int:
    async with await AsyncConnection.connect((await surroundings.settings("billing")).database_url) as conn:
        rows = await conn.execute("SELECT coalesce(sum(c_count), 0)::int FROM view_seen")
        return int((await rows.fetchone() or (0,))[0])


async def grown(surroundings, before: int) -> bool:
    return await seen_by(surroundings) > before or before == 300


async def seen_all(surroundings, wanted: int) -> bool:
    return await seen_by(surroundings) == wanted


async def reacted(surroundings, wanted: int) -> bool:
    async with await AsyncConnection.connect((await surroundings.settings("billing")).database_url) as conn:
        rows = await conn.execute("SELECT count(*) FROM log")
        return int((await rows.fetchone() or (0,))[0]) >= wanted


async def test_a_relay_process_that_is_killed_again_and_again_loses_nothing(
    surroundings, operator, tenant, until
) -> None:
    thing = uuid4()
    killed = await surroundings.process("catalog", "saying")
    async with opened(looking(), await surroundings.settings("billing")) as looker:
        asked: list[str] = []
        for turn in range(4):
            await killed.start()
            for place in range(15):
                name = f"{turn}.{place}"
                await looker.ask(record(thing, name), operator)
                asked.append(name)
            await killed.kill()
        await killed.start()
        await until(lambda: len_is(looker, tenant, thing, len(asked)))
        assert await names(looker, tenant, thing) == asked


async def test_while_kafka_is_away_commands_are_taken_and_all_arrives_later(
    surroundings, operator, tenant, until, stack
) -> None:
    thing = uuid4()
    async with (
        opened(SAYING, await surroundings.settings("catalog")) as saying,
        opened(looking(), await surroundings.settings("billing")) as looker,
    ):
        await say(saying, operator, thing, "a")
        await until(lambda: len_is(looker, tenant, thing, 1))
        await stack.kafka.kill()
        await say(saying, operator, thing, "b", "c")
        assert (await saying.health())["ready"]
        await until(lambda: len_is(looker, tenant, thing, 3))  # by way of the feed
        await stack.kafka.start()
        await say(saying, operator, thing, "d")
        await until(lambda: len_is(looker, tenant, thing, 4))
        await until(lambda: nothing_waits(saying))
        assert await names(looker, tenant, thing) == ["a", "b", "c", "d"]
        await until(lambda: reacted(surroundings, 4))
        assert await count(looker, "log") == 4


async def test_while_postgresql_is_away_nothing_is_lost(surroundings, operator, tenant, until, stack) -> None:
    thing = uuid4()
    async with (
        opened(SAYING, await surroundings.settings("catalog")) as saying,
        opened(looking(), await surroundings.settings("billing")) as looker,
    ):
        await say(saying, operator, thing, "a", "b")
        await stack.postgres.kill()
        await stack.postgres.start()
        await say(saying, operator, thing, "c")
        await until(lambda: len_is(looker, tenant, thing, 3))
        assert await names(looker, tenant, thing) == ["a", "b", "c"]
        await until(lambda: reacted(surroundings, 3))
        assert await count(looker, "log") == 3


async def test_a_reaction_whose_stream_has_grown_meanwhile_is_decided_again(
    surroundings, operator, tenant, until, monkeypatch: pytest.MonkeyPatch
) -> None:
    thing, others = uuid4(), []

    async def beaten(conn: AsyncConnection, new: Sequence[Row]) -> None:
        _, stream, *_ = new[0]
        if not others and stream == f"echo:{thing}":
            async with await AsyncConnection.connect(looker.settings.database_url) as other:
                others.append(await append(other, tenant, stream, [InvoicesLoaded(customer=thing)], operator))
        await insert(conn, new)

    monkeypatch.setattr(commands, "insert", beaten)
    async with (
        opened(SAYING, await surroundings.settings("catalog")) as saying,
        opened(looking(), await surroundings.settings("billing")) as looker,
    ):
        with capture_logs() as logs:
            await say(saying, operator, thing, "a")
            await until(lambda: reacted(surroundings, 2))
        assert await count(looker, "log") == 2, "what the other said, and the reaction once"
        said = {one["event"] for one in logs if one.get("consumer") == "reactions"}
        assert said == {"waits and tries again"}, "nobody took it for a fault of the event"


async def test_a_consumer_that_fails_in_an_unforeseen_way_comes_back(surroundings, operator, tenant, until) -> None:
    thing = uuid4()
    async with (
        opened(SAYING, await surroundings.settings("catalog")) as saying,
        opened(looking(), await surroundings.settings("billing")) as looker,
    ):
        await say(saying, operator, thing, "a")
        await until(lambda: len_is(looker, tenant, thing, 1))
        faults = []
        for consumer in looker.consumers:
            good = consumer.retry_parked

            async def fails_once(good=good) -> None:
                if len(faults) < len(looker.consumers):
                    faults.append(good)
                    raise ValueError("nobody thought of this")
                await good()

            consumer.retry_parked = fails_once  # type: ignore[method-assign]

        async def all_failed() -> bool:
            return len(faults) == len(looker.consumers)

        await until(all_failed)
        await say(saying, operator, thing, "b")
        await until(lambda: len_is(looker, tenant, thing, 2))
        await until(lambda: reacted(surroundings, 2))
