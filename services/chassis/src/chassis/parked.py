"""Events that could not be handled wait, their whole stream behind them: `python -m chassis.parked list | retry`."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection, AsyncCursor

from chassis import schema
from chassis.events import Recorded
from chassis.store import Connection

TABLES = schema.made(schema.parked)


async def streams(conn: Connection, consumer: str, topic: str) -> set[tuple[UUID, str]]:
    return set(await (await ask(conn, consumer, topic)).fetchall())


async def ask(conn: Connection, consumer: str, topic: str) -> AsyncCursor[Any]:
    return await conn.execute(
        "SELECT DISTINCT tenant, stream FROM parked WHERE consumer = %s AND topic = %s", [consumer, topic], prepare=True
    )


async def park(conn: Connection, consumer: str, one: Recorded, error: Exception) -> None:
    await _put(conn, consumer, one, f"{type(error).__name__}: {error}"[:2000].replace("\0", ""))


async def queue(conn: Connection, consumer: str, one: Recorded) -> None:
    """Behind one of its stream that is parked already."""
    await _put(conn, consumer, one, "")


async def _put(conn: Connection, consumer: str, one: Recorded, error: str) -> None:
    meta = one.meta
    await conn.execute(
        "INSERT INTO parked (consumer, topic, tenant, stream, version, event, error)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING",
        [
            consumer,
            meta.room,
            meta.tenant,
            meta.stream,
            meta.version,
            msgspec.json.encode(one).decode(),
            error,
        ],
    )


async def released(conn: Connection, consumer: str, topic: str) -> list[tuple[UUID, str]]:
    found = await conn.execute(
        "SELECT DISTINCT tenant, stream FROM parked WHERE consumer = %s AND topic = %s AND released", [consumer, topic]
    )
    return await found.fetchall()


async def first(conn: Connection, consumer: str, topic: str, tenant: UUID, stream: str) -> Recorded | None:
    found = await conn.execute(
        "SELECT event::text FROM parked WHERE consumer = %s AND topic = %s AND tenant = %s AND stream = %s AND released"
        " ORDER BY version LIMIT 1",
        [consumer, topic, tenant, stream],
    )
    row = await found.fetchone()
    return None if row is None else msgspec.json.decode(row[0], type=Recorded)


async def done(conn: Connection, consumer: str, one: Recorded) -> None:
    meta = one.meta
    await conn.execute(
        "DELETE FROM parked WHERE consumer = %s AND topic = %s AND tenant = %s AND stream = %s AND version = %s",
        [consumer, meta.room, meta.tenant, meta.stream, meta.version],
    )


async def failed_again(conn: Connection, consumer: str, one: Recorded, error: Exception) -> None:
    meta = one.meta
    await conn.execute(
        "UPDATE parked SET released = false WHERE consumer = %s AND topic = %s AND tenant = %s AND stream = %s",
        [consumer, meta.room, meta.tenant, meta.stream],
    )
    await conn.execute(
        "UPDATE parked SET error = %s"
        " WHERE consumer = %s AND topic = %s AND tenant = %s AND stream = %s AND version = %s",
        [f"{type(error).__name__}: {error}"[:2000], consumer, meta.room, meta.tenant, meta.stream, meta.version],
    )


# -- the operator's commands -------------------------------------------------------------------------------------


async def show(conn: Connection) -> int:
    found = await conn.execute(
        "SELECT consumer, stream, count(*), min(since),"
        " string_agg(error, ' ' ORDER BY version) FILTER (WHERE error <> '')"
        " FROM parked GROUP BY consumer, topic, tenant, stream ORDER BY min(since)"
    )
    rows: list[Any] = await found.fetchall()
    for consumer, stream, count, since, error in rows:
        print(f"  {consumer}  {stream}  {count} waiting since {since:%Y-%m-%d %H:%M}  {error or ''}")
    if not rows:
        print("  nothing is parked")
    return len(rows)


async def retry(conn: Connection, seconds: float = 15.0) -> int:
    """Releases everything and waits until the running room has taken it in; what fails again is shown."""
    await conn.execute("UPDATE parked SET released = true")
    for _ in range(int(seconds / 0.25)):
        found = await conn.execute("SELECT count(*) FROM parked WHERE released")
        if not (await found.fetchone() or (0,))[0]:
            break
        await asyncio.sleep(0.25)
    else:
        print("  the room does not take anything in; is it running?")
    return await show(conn)


async def main(what: str) -> int:
    async with await AsyncConnection.connect(os.environ["HOFTOR_DATABASE_URL"], autocommit=True) as conn:
        for table in TABLES:
            await conn.execute(table)
        left = await (retry(conn) if what == "retry" else show(conn))
    return 1 if left and what == "retry" else 0


if __name__ == "__main__":
    if sys.argv[1:] not in (["list"], ["retry"]):
        sys.exit("python -m chassis.parked list | retry")
    sys.exit(asyncio.run(main(sys.argv[1])))
