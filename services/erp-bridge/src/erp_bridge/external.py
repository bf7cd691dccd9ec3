"""What a customer ordered in the portal becomes an external order for the ERP, with everything filled in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from chassis import telemetry
from chassis.events import Meta
from chassis.room import Context, Effects
from chassis.store import Connection
from contracts.orders import OrderCancelled, OrderPlaced

from erp_bridge.news import news
from erp_bridge.reports import Known

effects = Effects("external-orders")

Body = dict[str, Any]


@effects.on(OrderPlaced)
async def order_placed(event: OrderPlaced, meta: Meta, ctx: Context) -> None:
    async with ctx.single.connection() as conn:
        names = await reported_by_id(
            conn,
            meta.tenant,
            [event.customer, event.site, event.haul.waste_type, event.haul.container_type],
        )
    await keep(ctx, meta, "place", event.order, event.customer, event.container, placed(event, meta.time, names))


@effects.on(OrderCancelled)
async def order_cancelled(event: OrderCancelled, meta: Meta, ctx: Context) -> None:
    if not event.by_customer:
        return
    async with ctx.single.connection() as conn:
        found = await conn.execute(
            "SELECT body FROM external_orders WHERE tenant = %s AND reference = %s AND action = 'place'",
            [meta.tenant, event.order],
        )
        row = await found.fetchone()
    if row is None:
        raise LookupError(f"order {event.order} was cancelled, but it never came to the bridge")
    body = cancelled(row[0], event)
    await keep(ctx, meta, "cancel", event.order, event.customer, event.container, body)


def placed(event: OrderPlaced, at: datetime, names: Mapping[UUID, tuple[str, Known]]) -> Body:
    """As the ERP reads it; what it never reported itself has no number."""
    haul = event.haul
    return {
        "reference": str(event.order),
        "action": "place",
        "kind": str(haul.kind),
        "customer": named(names.get(event.customer), ("name", "address", "phone", "email"), ""),
        "site": named(names.get(event.site), ("name", "address", "coordinates"), haul.site_name),
        "waste_type": named(names.get(haul.waste_type), ("name", "code"), haul.waste_type_name),
        "container_type": named(names.get(haul.container_type), ("name",), haul.container_type_name),
        "container": {"number": haul.container_number} if haul.container_number else None,
        "desired": event.desired.isoformat() if event.desired else None,
        "note": event.note,
        "placed_by": event.placed_by,
        "placed_at": at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "reason": "",
    }


def named(known: tuple[str, Known] | None, fields: tuple[str, ...], otherwise: str) -> Body:
    if known is None:
        return {"number": None, **dict.fromkeys(fields), "name": otherwise}
    number, thing = known
    return {"number": number, **{field: thing.report[field] for field in fields}}


def cancelled(body: Body, event: OrderCancelled) -> Body:
    return {**body, "action": "cancel", "reason": event.reason}


async def reported_by_id(conn: Connection, tenant: UUID, ids: list[UUID]) -> dict[UUID, tuple[str, Known]]:
    found = await conn.execute(
        "SELECT id, number, customer, report FROM reported WHERE tenant = %s AND id = ANY(%s)",
        [tenant, ids],
        prepare=True,
    )
    return {id: (number, Known(id, customer, report)) for id, number, customer, report in await found.fetchall()}


async def keep(
    ctx: Context, meta: Meta, action: str, reference: UUID, customer: UUID, container: UUID, body: Body
) -> None:
    """Once for each order and action. Cursors become visible in their order: the lock is held until the commit."""
    async with ctx.pool.connection() as conn:
        await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 34))", [str(meta.tenant)], prepare=True)
        await conn.execute(
            "INSERT INTO external_orders (tenant, reference, action, cursor, customer, container, body, traceparent)"
            " SELECT %(tenant)s, %(reference)s, %(action)s, coalesce(max(cursor), 0) + 1, %(customer)s, %(container)s,"
            " %(body)s, %(trace)s FROM external_orders WHERE tenant = %(tenant)s ON CONFLICT DO NOTHING",
            {
                "tenant": meta.tenant,
                "reference": reference,
                "action": action,
                "customer": customer,
                "container": container,
                "body": json.dumps(body, ensure_ascii=False),
                "trace": telemetry.traceparent(),
            },
            prepare=True,
        )
    news.ring()
