"""An external order counts as handed over once the ERP has acknowledged it, by whichever way it came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.decider import NotFound, Refused
from chassis.room import Context
from contracts.erp import OrderHandedOver
from psycopg.rows import class_row

from erp_bridge.connections import Firm
from erp_bridge.saying import Saying, saying


@dataclass
class External:
    """An external order and one action on it, as the bridge keeps it."""

    reference: UUID
    action: str
    cursor: int
    customer: UUID
    container: UUID
    body: dict[str, Any]
    acknowledged: bool
    erp_number: str | None
    status: dict[str, Any] | None
    said: dict[str, Any]
    traceparent: str | None
    """Of the click that ordered it."""


COLUMNS = (
    "reference, action, cursor, customer, container, body, acknowledged IS NOT NULL AS acknowledged, erp_number,"
    " status, said, traceparent"
)


async def external(conn: Any, tenant: UUID, reference: UUID, action: str = "place") -> External | None:
    async with conn.cursor(row_factory=class_row(External)) as cursor:
        await cursor.execute(
            f"SELECT {COLUMNS} FROM external_orders WHERE tenant = %s AND reference = %s AND action = %s",
            [tenant, reference, action],
        )
        found: External | None = await cursor.fetchone()
        return found


async def known_external(conn: Any, tenant: UUID, reference: UUID, action: str = "place") -> External:
    found = await external(conn, tenant, reference, action)
    if found is None:
        raise NotFound("There is no such external order.")
    return found


async def acknowledge(ctx: Context, firm: Firm, reference: UUID, action: str, erp_number: str) -> bool:
    """Whether this was news. 409 if the ERP acknowledged it under another number before: then it has it twice."""
    async with saying(ctx, firm) as room:
        order = await known_external(room.conn, firm.tenant, reference, action)
        if order.acknowledged and order.erp_number in (erp_number, None):
            if order.erp_number is None:
                await number_it(room, reference, action, erp_number)
            return False
        if order.acknowledged:
            raise Refused(
                "This order was acknowledged as %(known)s before, and not as %(number)s.",
                known=order.erp_number,
                number=erp_number,
                field="erp_number",
            )
        await hand_over(room, order, erp_number)
    return True


async def hand_over(room: Saying, order: External, erp_number: str | None) -> None:
    await room.conn.execute(
        "UPDATE external_orders SET acknowledged = now(), erp_number = %s, trouble = ''"
        " WHERE tenant = %s AND reference = %s AND action = %s",
        [erp_number, room.tenant, order.reference, order.action],
    )
    if order.action == "place":
        said = OrderHandedOver(order=order.reference, customer=order.customer, container=order.container)
        await room.say_of(order.customer, said)


async def number_it(room: Saying, reference: UUID, action: str, erp_number: str) -> None:
    await room.conn.execute(
        "UPDATE external_orders SET erp_number = %s WHERE tenant = %s AND reference = %s AND action = %s",
        [erp_number, room.tenant, reference, action],
    )
