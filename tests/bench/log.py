"""Appending to the log, and deciding on what it holds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID, uuid4

from chassis import store
from chassis.commands import Decisions
from chassis.decider import Asker
from chassis.pool import pool
from chassis.store import Cause, append
from contracts.catalog import WasteTypeRecorded
from embedded.stack import Stack
from psycopg import AsyncConnection
from trying import record, waste_type

from bench.rounds import Figure, in_turn, rate

SECONDS = 1.2
TENANT = UUID(int=1)
WHO = Asker(TENANT, "operator", "bench")
SAID = WasteTypeRecorded(
    waste_type=UUID(int=2), number="1", name="Bauschutt", code="170107", hazardous=False, description="", orderable=True
)
BODY = SAID.model_dump_json()
_BARE = "INSERT INTO bare (tenant, stream, version, id, type, body, at) VALUES (%s, %s, %s, %s, %s, %s, %s)"
_READ = "SELECT version, type, body FROM bare WHERE tenant = %s AND stream = %s AND version > 0 ORDER BY version"


@asynccontextmanager
async def connections(url: str, count: int) -> AsyncIterator[list[store.Connection]]:
    opened = [await AsyncConnection.connect(url, autocommit=True) for _ in range(count)]
    try:
        yield opened
    finally:
        for one in opened:
            await one.close()


async def prepared(stack: Stack) -> str:
    url = await stack.database(f"bench_{uuid4().hex[:8]}")
    async with await AsyncConnection.connect(url, autocommit=True) as conn:
        for table in store.TABLES:
            await conn.execute(table.encode())
        await conn.execute(
            "CREATE TABLE bare (tenant uuid, stream text, version int, id uuid, type text, body text, at timestamptz,"
            " PRIMARY KEY (tenant, stream, version))"
        )
    return url


async def figures(stack: Stack) -> list[Figure]:
    url = await prepared(stack)
    found = []
    rates = {}
    for writers in (1, 8, 32):
        async with connections(url, writers) as conns:

            async def ours(conns: list[store.Connection] = conns, writers: int = writers) -> float:
                streams = [f"s:{uuid4()}" for _ in conns]
                versions = [0] * len(conns)

                async def one(worker: int) -> int:
                    versions[worker] = await append(
                        conns[worker], TENANT, streams[worker], [SAID], WHO, expected=versions[worker]
                    )
                    return 1

                return await rate(one, writers, SECONDS)

            async def bare(conns: list[store.Connection] = conns, writers: int = writers) -> float:
                streams = [f"s:{uuid4()}" for _ in conns]
                versions = [0] * len(conns)

                async def one(worker: int) -> int:
                    versions[worker] += 1
                    await conns[worker].execute(
                        _BARE,
                        [TENANT, streams[worker], versions[worker], uuid4(), "X", BODY, datetime.now(UTC)],
                        prepare=True,
                    )
                    return 1

                return await rate(one, writers, SECONDS)

            mine, theirs = await in_turn(ours, bare)
            rates[writers] = mine
            name = f"append one event, {writers} writer{'s' if writers > 1 else ''}"
            found.append(Figure(name, mine, theirs, "/s", at_least=0.7))
    found.append(Figure("append: 8 writers against 1", rates[8], rates[1], "/s", at_least=2.2))
    found.append(await deciding(url))
    return found


async def deciding(url: str) -> Figure:
    """Streams of ten events, each decided on once: what is remembered of a stream does not help."""
    writers = 8
    many = 6000
    fresh = iter(range(10**9))
    async with await AsyncConnection.connect(url, autocommit=True) as conn:
        ids = [uuid4() for _ in range(many)]
        rows = []
        for thing in ids:
            said = [SAID.model_copy(update={"waste_type": thing, "name": f"n{place}"}) for place in range(10)]
            rows += store.rows(TENANT, f"waste-type:{thing}", 0, said, WHO, Cause(), datetime.now(UTC))
        for place in range(0, len(rows), 5000):
            await store.insert(conn, rows[place : place + 5000])
        await conn.execute("INSERT INTO bare SELECT tenant, stream, version, id, type, body, at FROM log")
        await conn.execute("ANALYZE")
    decisions = Decisions("catalog", [waste_type], {})
    connections_ = pool(url, writers, autocommit=True)
    async with connections_, connections(url, writers) as conns:

        async def ours() -> float:
            async def one(worker: int) -> int:
                thing = ids[next(fresh) % many]
                await decisions.execute(connections_, record(thing, f"x{next(fresh)}"), WHO, Cause(), None)
                return 1

            return await rate(one, writers, SECONDS)

        async def bare() -> float:
            async def one(worker: int) -> int:
                stream = f"waste-type:{ids[next(fresh) % many]}"
                found = await conns[worker].execute(_READ, [TENANT, stream], prepare=True)
                known = await found.fetchall()
                await conns[worker].execute(
                    _BARE, [TENANT, stream, len(known) + 1, uuid4(), "X", BODY, datetime.now(UTC)], prepare=True
                )
                return 1

            return await rate(one, writers, SECONDS)

        mine, theirs = await in_turn(ours, bare)
    return Figure("load 10 events, decide, append, 8 writers", mine, theirs, "/s", at_least=0.7)
