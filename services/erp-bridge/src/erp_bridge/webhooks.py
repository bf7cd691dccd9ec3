"""Brings each external order to the ERP's webhook exactly once, however often something fails on the way."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from chassis import telemetry
from chassis.backoff import TRANSIENT
from chassis.room import Context
from pydantic_settings import BaseSettings, SettingsConfigDict

from erp_bridge.calling import Endpoint, NoAnswer, Taken, Unclear, ask, send
from erp_bridge.connections import Firm
from erp_bridge.handover import hand_over, known_external, number_it
from erp_bridge.news import news, rung
from erp_bridge.saying import saying

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


async def deliver(ctx: Context) -> None:
    """Until cancelled. Each firm has a task of its own, so that an ERP that is away holds up nobody else."""
    patience = Patience()
    running: dict[UUID, asyncio.Task[None]] = {}
    resting: dict[UUID, tuple[int, float]] = {}
    try:
        while True:
            coming = news.next
            for receiver in await receivers_with_work(ctx, patience):
                tenant = receiver.firm.tenant
                if tenant not in running and resting.get(tenant, (0, 0.0))[1] <= time.monotonic():
                    running[tenant] = asyncio.create_task(deliver_to(ctx, receiver, patience))
            done = [tenant for tenant, task in running.items() if task.done()]
            for tenant in done:
                rest(resting, tenant, running.pop(tenant), patience)
            if not done:
                await rung(coming, 0.1 if running else 0.5)
    finally:
        for task in running.values():
            task.cancel()
        await asyncio.gather(*running.values(), return_exceptions=True)


def rest(resting: dict[UUID, tuple[int, float]], tenant: UUID, task: asyncio.Task[None], patience: Patience) -> None:
    error = task.exception()
    if error is None:
        resting.pop(tenant, None)
        return
    failures = resting.get(tenant, (0, 0.0))[0]
    resting[tenant] = (failures + 1, time.monotonic() + patience.pause(failures).total_seconds())
    log = structlog.get_logger()
    if isinstance(error, TRANSIENT):
        log.warning("an ERP does not answer", tenant=str(tenant), why=str(error))
    else:
        log.error("orders do not reach an ERP", tenant=str(tenant), why=repr(error), exc_info=error)


_DUE = (
    "acknowledged IS NULL AND next_try <= now() AND (action = 'place' OR EXISTS (SELECT 1 FROM external_orders p"
    " WHERE p.tenant = o.tenant AND p.reference = o.reference AND p.action = 'place' AND p.acknowledged IS NOT NULL))"
)


async def receivers_with_work(ctx: Context, patience: Patience) -> list[Receiver]:
    async with ctx.single.connection() as conn:
        found = await conn.execute(
            "SELECT tenant, name, webhook_url, webhook_secret FROM connections c WHERE webhook_url <> ''"
            f" AND EXISTS (SELECT 1 FROM external_orders o WHERE o.tenant = c.tenant AND {_DUE})",
            prepare=True,
        )
        return [
            Receiver(Firm(tenant, name), Endpoint(url, secret, patience.call_seconds))
            for tenant, name, url, secret in await found.fetchall()
        ]


async def deliver_to(ctx: Context, receiver: Receiver, patience: Patience) -> None:
    """All that is due for one firm. NoAnswer as soon as its ERP turns out to be away."""
    while batch := await claimed(ctx, receiver.firm.tenant, patience):
        outcomes = await asyncio.gather(*(bring(ctx, receiver, due, patience) for due in batch), return_exceptions=True)
        if failed := [error for error in outcomes if isinstance(error, BaseException)]:
            raise failed[0]


async def claimed(ctx: Context, tenant: UUID, patience: Patience) -> list[Due]:
    """That these are being sent is committed before anything is sent: whoever comes later asks the ERP first."""
    async with ctx.pool.connection() as conn:
        found = await conn.execute(
            "UPDATE external_orders e SET attempts = attempts + 1, next_try = now() + %s FROM ("
            f" SELECT reference, action FROM external_orders o WHERE tenant = %s AND {_DUE}"
            " ORDER BY cursor LIMIT %s FOR UPDATE SKIP LOCKED) AS due"
            " WHERE e.tenant = %s AND e.reference = due.reference AND e.action = due.action"
            " RETURNING e.reference, e.action, e.body, e.attempts, e.traceparent",
            [patience.claim, tenant, AT_ONCE, tenant],
        )
        return [Due(*row) for row in await found.fetchall()]


async def bring(ctx: Context, receiver: Receiver, due: Due, patience: Patience) -> None:
    with telemetry.span(f"erp-bridge hands over {due.action}", due.traceparent):
        try:
            judgement = await brought(ctx, receiver, due)
        except NoAnswer as error:
            await try_again(ctx, receiver.firm, due, str(error), patience)
            raise
        if isinstance(judgement, Taken):
            await taken(ctx, receiver.firm, due, judgement)
        else:
            await try_again(ctx, receiver.firm, due, judgement.why, patience)


async def brought(ctx: Context, receiver: Receiver, due: Due) -> Taken | Unclear:
    if due.attempts > 1:
        # It may have arrived the last time: the answer was lost, or this bridge was.
        known = await ask(ctx.session, receiver.endpoint, str(due.reference), due.action)
        if isinstance(known, Taken | Unclear):
            return known
    return await send(ctx.session, receiver.endpoint, due.message, due.body, telemetry.traceparent())


async def taken(ctx: Context, firm: Firm, due: Due, judgement: Taken) -> None:
    async with saying(ctx, firm) as room:
        order = await known_external(room.conn, firm.tenant, due.reference, due.action)
        if not order.acknowledged:
            await hand_over(room, order, judgement.erp_number)
        elif order.erp_number is None and judgement.erp_number:
            # The ERP was faster with a status, which tells no number of the external order.
            await number_it(room, due.reference, due.action, judgement.erp_number)
    news.ring()  # a cancellation may have waited for its order


async def try_again(ctx: Context, firm: Firm, due: Due, why: str, patience: Patience) -> None:
    async with ctx.pool.connection() as conn:
        await conn.execute(
            "UPDATE external_orders SET next_try = now() + %s, trouble = %s"
            " WHERE tenant = %s AND reference = %s AND action = %s",
            [patience.pause(due.attempts - 1), why[:500], firm.tenant, due.reference, due.action],
        )
