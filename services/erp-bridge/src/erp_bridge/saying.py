"""What the bridge says goes into its log in the same transaction as what it keeps beside it, one firm at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

from chassis import telemetry
from chassis.decider import Asker
from chassis.room import Context
from chassis.store import Cause, Connection, Row, insert, rows
from contracts.base import Event

from erp_bridge.connections import Firm


class Saying:
    """One transaction: the firm's other reports wait for it, so that nothing is said twice or out of order."""

    def __init__(self, conn: Connection, tenant: UUID, who: Asker) -> None:
        self.conn = conn
        self.tenant = tenant
        self._who = who
        self._said: dict[str, list[tuple[Event, Cause]]] = {}

    def say(self, stream: str, events: Sequence[Event], trace: str | None = None) -> None:
        cause = Cause(traceparent=trace or telemetry.traceparent())
        self._said.setdefault(stream, []).extend((event, cause) for event in events)

    def say_of(self, customer: UUID, *events: Event, trace: str | None = None) -> None:
        self.say(f"customer:{customer}", events, trace)

    async def write(self) -> bool:
        """All that was said into the log, at once; whether it was anything."""
        if not self._said:
            return False
        found = await self.conn.execute(
            "SELECT s.stream, (SELECT max(version) FROM log WHERE tenant = %s AND stream = s.stream)"
            " FROM unnest(%s::text[]) AS s (stream)",
            [self.tenant, list(self._said)],
            prepare=True,
        )
        now = datetime.now(UTC)
        new: list[Row] = []
        for stream, version in await found.fetchall():
            for place, (event, cause) in enumerate(self._said[stream], version or 0):
                new += rows(self.tenant, stream, place, [event], self._who, cause, now)
        await insert(self.conn, new)
        return True


@asynccontextmanager
async def saying(ctx: Context, firm: Firm) -> AsyncIterator[Saying]:
    # What needs no answer goes with the next question: the firm's lock is held for few round trips.
    async with ctx.pool.connection() as conn, conn.pipeline():
        await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 33))", [str(firm.tenant)], prepare=True)
        room = Saying(conn, firm.tenant, Asker(firm.tenant, "erp", name=firm.name))
        yield room
        said = await room.write()
        await conn.commit()
    if said:
        ctx.relay.wake()
