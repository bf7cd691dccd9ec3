"""What a customer ordered in the portal becomes an external order for the ERP, with everything filled in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any
from uuid import UUID

import msgspec
from chassis import telemetry
from chassis.events import Meta
from chassis.store import Connection
from chassis.works import Events, Keeping
from contracts.orders import OrderCancelled, OrderPlaced

from erp_bridge.news import news
from erp_bridge.reports import Known

Body = dict[str, Any]


async def keep(conn: Connection, events: Events) -> None:
    """Once for each order and action. Cursors become visible in their order: the lock is held until the commit."""
    names = await reported_by_id(conn, events)
    bodies = await ordered_before(conn, events)
    rows: list[tuple[Any, ...]] = []
    for meta, event in events:
        with telemetry.span(f"erp-bridge external-orders {meta.type}", meta.traceparent):
            match event:
                case OrderPlaced():
                    action, body = "place", placed(event, meta, names)
                    bodies[meta.tenant, event.order] = body
                case OrderCancelled() if event.by_customer:
                    before = bodies.get((meta.tenant, event.order))
                    if before is None:
                        raise LookupError(f"order {event.order} was cancelled, but it never came to the bridge")
                    action, body = "cancel", cancelled(before, event)
                case _:
                    continue
            written = msgspec.json.encode(body).decode()
            about = (event.order, action, event.customer, event.container)
            rows.append((meta.tenant, *about, written, telemetry.traceparent()))
    if not rows:
        return
    await conn.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(tenant, 34)) FROM unnest(%b::text[]) AS t (tenant)",
        [sorted({str(row[0]) for row in rows})],
        prepare=True,
    )
    await conn.execute(
        "INSERT INTO external_orders (cursor, tenant, reference, action, customer, container, body, traceparent)"
        " SELECT coalesce((SELECT max(cursor) FROM external_orders o WHERE o.tenant = n.tenant), 0)"
        " + row_number() OVER (PARTITION BY n.tenant ORDER BY n.place),"
        " n.tenant, n.reference, n.action, n.customer, n.container, n.body, n.traceparent"
        " FROM unnest(%b::uuid[], %b::uuid[], %b::text[], %b::uuid[], %b::uuid[], %b::jsonb[], %b::text[])"
        " WITH ORDINALITY AS n (tenant, reference, action, customer, container, body, traceparent, place)"
        " ON CONFLICT (tenant, reference, action) DO NOTHING",
        [list(column) for column in zip(*rows, strict=True)],
        prepare=True,
    )


external_orders = Keeping("external-orders", [OrderPlaced, OrderCancelled], keep, news.ring)

Names = Mapping[tuple[UUID, UUID], tuple[str, Known]]
"""By firm and id: what it goes by at the ERP, and what was reported last."""


def placed(event: OrderPlaced, meta: Meta, names: Names) -> Body:
    """As the ERP reads it; what it never reported itself has no number."""
    haul = event.haul

    def reported(id: UUID | None) -> tuple[str, Known] | None:
        return names.get((meta.tenant, id)) if id else None

    return {
        "reference": str(event.order),
        "action": "place",
        "kind": str(haul.kind),
        "customer": named(reported(event.customer), ("name", "address", "phone", "email"), ""),
        "site": named(reported(event.site), ("name", "address", "coordinates"), haul.site_name),
        "waste_type": named(reported(haul.waste_type), ("name", "code"), haul.waste_type_name),
        "container_type": named(reported(haul.container_type), ("name",), haul.container_type_name),
        "container": {"number": haul.container_number} if haul.container_number else None,
        "desired": event.desired.isoformat() if event.desired else None,
        "note": event.note,
        "placed_by": event.placed_by,
        "placed_at": meta.time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "reason": "",
    }


def named(known: tuple[str, Known] | None, fields: tuple[str, ...], otherwise: str) -> Body:
    if known is None:
        return {"number": None, **dict.fromkeys(fields), "name": otherwise}
    number, thing = known
    return {"number": number, **{field: thing.report[field] for field in fields}}


def cancelled(body: Body, event: OrderCancelled) -> Body:
    return {**body, "action": "cancel", "reason": event.reason}


async def reported_by_id(conn: Connection, events: Events) -> Names:
    wanted = {
        (meta.tenant, id)
        for meta, event in events
        if isinstance(event, OrderPlaced)
        for id in (event.customer, event.site, event.haul.waste_type, event.haul.container_type)
    }
    found = await conn.execute(
        "SELECT r.tenant, r.id, r.number, r.customer, r.report FROM unnest(%b::uuid[], %b::uuid[]) AS w (tenant, id)"
        " JOIN reported r ON r.tenant = w.tenant AND r.id = w.id",
        [[tenant for tenant, _ in wanted], [id for _, id in wanted]],
        prepare=True,
    )
    return {
        (tenant, id): (number, Known(id, customer, report))
        for tenant, id, number, customer, report in await found.fetchall()
    }


async def ordered_before(conn: Connection, events: Events) -> dict[tuple[UUID, UUID], Body]:
    """The orders that are cancelled now, as the ERP reads them."""
    wanted = [(meta.tenant, event.order) for meta, event in events if isinstance(event, OrderCancelled)]
    if not wanted:
        return {}
    found = await conn.execute(
        "SELECT o.tenant, o.reference, o.body FROM unnest(%b::uuid[], %b::uuid[]) AS w (tenant, reference)"
        " JOIN external_orders o ON o.tenant = w.tenant AND o.reference = w.reference AND o.action = 'place'",
        [list(column) for column in zip(*wanted, strict=True)],
        prepare=True,
    )
    return {(tenant, reference): body for tenant, reference, body in await found.fetchall()}
