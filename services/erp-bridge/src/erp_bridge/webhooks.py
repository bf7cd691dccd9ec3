"""Brings each external order to the ERP's webhook exactly once, however often something fails on the way."""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from chassis import telemetry
from chassis.backoff import TRANSIENT, rung
from chassis.room import Context
from pydantic_settings import BaseSettings, SettingsConfigDict

from erp_bridge.calling import Endpoint, NoAnswer, Taken, Unclear, ask, send
from erp_bridge.connections import Firm
from erp_bridge.handover import taken
from erp_bridge.news import news

AT_ONCE = 8
"""Calls to one firm's ERP at the same time."""


class Patience(BaseSettings):
    """`HOFTOR_ERP_BRIDGE_…`, all in seconds."""

    model_config = SettingsConfigDict(env_prefix="HOFTOR_ERP_BRIDGE_", extra="ignore")

    call_seconds: float = 10.0
    first_pause: float = 1.0
    longest_pause: float = 300.0

    @property
    def claim(self) -> timedelta:
        """For so long nobody else touches what is being sent; a call that was begun is surely over by then."""
        return timedelta(seconds=2 * self.call_seconds + 2)

    def pause(self, attempts: int) -> timedelta:
        """Doubled each time, never all at once."""
        whole = min(self.first_pause * 2 ** min(attempts, 20), self.longest_pause)
        return timedelta(seconds=whole * random.uniform(0.5, 1.0))


@dataclass(frozen=True)
class Due:
    """One action on one order; `attempts` counts this one."""

    reference: UUID
    action: str
    body: dict[str, Any]
    attempts: int
    traceparent: str | None

    @property
    def message(self) -> str:
        return str(self.reference) if self.action == "place" else f"{self.reference}-cancel"


@dataclass(frozen=True)
class Receiver:
    firm: Firm
    endpoint: Endpoint


@dataclass
class Way:
    """To one firm's ERP: what is being sent there now, and until when it is left alone."""

    calls: set[asyncio.Task[None]] = field(default_factory=set)
    failures: int = 0
    rests_until: float = 0.0

    @property
    def places(self) -> int:
        """How many calls may be begun now."""
        return AT_ONCE - len(self.calls) if self.rests_until <= time.monotonic() else 0

    def begin(self, firm: Firm, call: Coroutine[Any, Any, None], patience: Patience) -> None:
        task = asyncio.create_task(call)
        self.calls.add(task)
        task.add_done_callback(lambda done: self.ended(firm, done, patience))

    def ended(self, firm: Firm, call: asyncio.Task[None], patience: Patience) -> None:
        if len(self.calls) == AT_ONCE:
            news.ring()  # others may have waited for a place
        self.calls.discard(call)
        if call.cancelled():
            return
        if (error := call.exception()) is None:
            self.failures, self.rests_until = 0, 0.0
        elif self.rests_until <= time.monotonic():
            # What failed at the same time counts once.
            self.rests_until = time.monotonic() + patience.pause(self.failures).total_seconds()
            self.failures += 1
            log = structlog.get_logger()
            if isinstance(error, TRANSIENT):
                log.warning("an ERP does not answer", tenant=str(firm.tenant), why=str(error))
            else:
                log.error("orders do not reach an ERP", tenant=str(firm.tenant), why=repr(error), exc_info=error)


async def deliver(ctx: Context) -> None:
    """Until cancelled. An ERP that is away, or slow, has its own few calls under way and holds up nobody else."""
    patience = Patience()
    ways: defaultdict[UUID, Way] = defaultdict(Way)
    try:
        while True:
            coming = news.next
            for receiver, due in await claimed(ctx, {tenant: way.places for tenant, way in ways.items()}, patience):
                ways[receiver.firm.tenant].begin(receiver.firm, bring(ctx, receiver, due, patience), patience)
            await rung(coming, 0.5)
    finally:
        calls = [call for way in ways.values() for call in way.calls]
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)


async def claimed(ctx: Context, places: Mapping[UUID, int], patience: Patience) -> list[tuple[Receiver, Due]]:
    """That these are being sent is committed before anything is sent: whoever comes later asks the ERP first.

    `places`: how many calls each firm's ERP can have now; AT_ONCE where nothing is under way.
    """
    async with ctx.single.connection() as conn:
        found = await conn.execute(
            "UPDATE external_orders e SET attempts = attempts + 1, next_try = now() + %s FROM ("
            " SELECT o.tenant, o.reference, o.action, c.name, c.webhook_url, c.webhook_secret FROM connections c"
            " LEFT JOIN unnest(%b::uuid[], %b::int[]) AS p (tenant, places) ON p.tenant = c.tenant"
            " CROSS JOIN LATERAL (SELECT o.tenant, o.reference, o.action FROM external_orders o"
            "  WHERE o.tenant = c.tenant AND acknowledged IS NULL AND next_try <= now()"
            # A cancellation waits for its order.
            "  AND (action = 'place' OR EXISTS (SELECT 1 FROM external_orders p WHERE p.tenant = o.tenant"
            "   AND p.reference = o.reference AND p.action = 'place' AND p.acknowledged IS NOT NULL))"
            "  ORDER BY cursor LIMIT coalesce(p.places, %s) FOR UPDATE SKIP LOCKED) AS o"
            " WHERE c.webhook_url <> '') AS due"
            " WHERE e.tenant = due.tenant AND e.reference = due.reference AND e.action = due.action"
            " RETURNING due.tenant, due.name, due.webhook_url, due.webhook_secret,"
            " e.reference, e.action, e.body, e.attempts, e.traceparent",
            [patience.claim, list(places), list(places.values()), AT_ONCE],
            prepare=True,
        )
        return [
            (Receiver(Firm(tenant, name), Endpoint(url, secret, patience.call_seconds)), Due(*due))
            for tenant, name, url, secret, *due in await found.fetchall()
        ]


async def bring(ctx: Context, receiver: Receiver, due: Due, patience: Patience) -> None:
    with telemetry.span(f"erp-bridge hands over {due.action}", due.traceparent):
        try:
            judgement = await brought(ctx, receiver, due)
        except NoAnswer as error:
            await try_again(ctx, receiver.firm, due, str(error), patience)
            raise
        if isinstance(judgement, Taken):
            await taken(ctx, receiver.firm, due.reference, due.action, judgement.erp_number)
        else:
            await try_again(ctx, receiver.firm, due, judgement.why, patience)


async def brought(ctx: Context, receiver: Receiver, due: Due) -> Taken | Unclear:
    if due.attempts > 1:
        # It may have arrived the last time: the answer was lost, or this bridge was.
        known = await ask(ctx.session, receiver.endpoint, str(due.reference), due.action)
        if isinstance(known, Taken | Unclear):
            return known
    return await send(ctx.session, receiver.endpoint, due.message, due.body, telemetry.traceparent())


async def try_again(ctx: Context, firm: Firm, due: Due, why: str, patience: Patience) -> None:
    async with ctx.single.connection() as conn:
        await conn.execute(
            "UPDATE external_orders SET next_try = now() + %s, trouble = %s"
            " WHERE tenant = %s AND reference = %s AND action = %s",
            [patience.pause(due.attempts - 1), why[:500], firm.tenant, due.reference, due.action],
        )
