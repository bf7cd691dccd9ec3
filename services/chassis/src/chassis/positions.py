"""How far a consumer has come in each partition of a topic; it moves in the transaction that holds its work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import AsyncCursor

from chassis import schema
from chassis.events import Recorded
from chassis.store import Connection

TABLES = schema.made(schema.positions)


class Gap(Exception):
    """Events before this one have not been seen."""


@dataclass(frozen=True)
class Positions:
    consumer: str
    topic: str

    async def read(self, conn: Connection, partition: int) -> int:
        found = await conn.execute(
            "SELECT number FROM positions WHERE consumer = %s AND topic = %s AND partition = %s",
            [self.consumer, self.topic, partition],
            prepare=True,
        )
        return int((await found.fetchone() or (0,))[0])

    async def of_all(self, conn: Connection) -> dict[int, int]:
        found = await conn.execute(
            "SELECT partition, number FROM positions WHERE consumer = %s AND topic = %s",
            [self.consumer, self.topic],
            prepare=True,
        )
        return dict(await found.fetchall())

    async def hold(self, conn: Connection, partition: int) -> AsyncCursor[Any]:
        """Nobody else moves it until the transaction ends."""
        return await conn.execute(
            "SELECT number FROM positions WHERE consumer = %s AND topic = %s AND partition = %s FOR UPDATE",
            [self.consumer, self.topic, partition],
            prepare=True,
        )

    async def todo(
        self, conn: Connection, held: AsyncCursor[Any], partition: int, events: Sequence[Recorded]
    ) -> list[Recorded]:
        """What of it comes next, by the position that is held; Gap if something is missing before."""
        row = await held.fetchone()
        if row is None:
            await conn.execute(
                "INSERT INTO positions (consumer, topic, partition) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                [self.consumer, self.topic, partition],
            )
            row = await (await self.hold(conn, partition)).fetchone()
        known = row[0] if row else 0
        todo = [one for one in events if (one.meta.number or 0) > known]
        if todo and todo[0].meta.number != known + 1:
            raise Gap
        return todo

    async def advance(self, conn: Connection, partition: int, last: Recorded) -> None:
        await conn.execute(
            "UPDATE positions SET number = %s WHERE consumer = %s AND topic = %s AND partition = %s",
            [last.meta.number, self.consumer, self.topic, partition],
            prepare=True,
        )
