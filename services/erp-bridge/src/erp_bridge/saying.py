"""What the bridge says goes into its log in the same transaction as what it keeps beside it, one firm at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from chassis import telemetry
from chassis.decider import Asker
from chassis.room import Context
from chassis.store import Cause, Connection, append
from contracts.base import Event

from erp_bridge.connections import Firm


class Saying:
    """One transaction: the firm's other reports wait for it, so that nothing is said twice or out of order."""

    def __init__(self, conn: Connection, tenant: UUID, who: Asker) -> None:
        self.conn = conn
        self.tenant = tenant
        self._who = who

    async def say(self, stream: str, events: Sequence[Event]) -> None:
        cause = Cause(traceparent=telemetry.traceparent())
        await append(self.conn, self.tenant, stream, events, self._who, cause=cause)

    async def say_of(self, customer: UUID, *events: Event) -> None:
        await self.say(f"customer:{customer}", events)


@asynccontextmanager
async def saying(ctx: Context, firm: Firm) -> AsyncIterator[Saying]:
    async with ctx.pool.connection() as conn:
        await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 33))", [str(firm.tenant)])
        yield Saying(conn, firm.tenant, Asker(firm.tenant, "erp", name=firm.name))
    ctx.relay.wake()
