"""An external order counts as handed over once the ERP has acknowledged it, by whichever way it came."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from chassis import telemetry
from chassis.decider import NotFound, Refused
from chassis.room import Context
from chassis.store import Connection
from chassis.together import Together
from contracts.erp import OrderHandedOver
from psycopg.rows import class_row

from erp_bridge.connections import Firm
from erp_bridge.known import name_container
from erp_bridge.saying import Saying, saying


@dataclass
class External:
    """What became of an external order, or of one action on it."""

    reference: UUID
    action: str
    customer: UUID
    container: UUID
    acknowledged: bool
    erp_number: str | None
    status: dict[str, Any] | None
    said: dict[str, Any]
    """The last report of each status."""
    transport_number: str | None
    traceparent: str | None
    """Of the click that ordered it."""


Name = tuple[UUID, str]
"""Reference and action."""


async def externals(conn: Connection, tenant: UUID, references: Iterable[UUID]) -> dict[Name, External]:
    async with conn.cursor(row_factory=class_row(External)) as cursor:
        await cursor.execute(
            "SELECT reference, action, customer, container, acknowledged IS NOT NULL AS acknowledged, erp_number,"
            " status, said, transport_number, traceparent FROM external_orders"
            " WHERE tenant = %s AND reference = ANY(%s)",
            [tenant, list(set(references))],
            prepare=True,
        )
        return {(one.reference, one.action): one for one in await cursor.fetchall()}


async def write(conn: Connection, tenant: UUID, changed: Sequence[External]) -> None:
    columns: list[list[Any]] = [
        [one.reference for one in changed],
        [one.action for one in changed],
        [one.erp_number for one in changed],
        [msgspec.json.encode(one.status).decode() if one.status else None for one in changed],
        [msgspec.json.encode(one.said).decode() for one in changed],
        [one.transport_number for one in changed],
    ]
    await conn.execute(
        "UPDATE external_orders e SET acknowledged = coalesce(e.acknowledged, now()), trouble = '',"
        " erp_number = n.erp_number, status = n.status, said = n.said, transport_number = n.transport_number"
        " FROM unnest(%b::uuid[], %b::text[], %b::text[], %b::jsonb[], %b::jsonb[], %b::text[])"
        " AS n (reference, action, erp_number, status, said, transport_number)"
        " WHERE e.tenant = %s AND e.reference = n.reference AND e.action = n.action",
        [*columns, tenant],
        prepare=True,
    )


PATIENCE = 0.01
"""Seconds. Nobody waits for the news that an order was taken; the next answers, or its plan, can go with it."""


class Externals:
    """The external orders of which the ERP says something: read together, and what changes is written together."""

    def __init__(self, room: Saying, known: dict[Name, External]) -> None:
        self.room = room
        self._known = known
        self._changed: dict[Name, External] = {}
        self._numbers: list[tuple[str, UUID]] = []

    def find(self, reference: UUID, action: str = "place") -> External | None:
        return self._known.get((reference, action))

    def get(self, reference: UUID, action: str = "place") -> External:
        found = self.find(reference, action)
        if found is None:
            raise NotFound("There is no such external order.")
        return found

    def hand_over(self, order: External, erp_number: str | None, trace: str | None = None) -> None:
        """Who tells a number or reports what became of an order has it."""
        if not order.acknowledged and order.action == "place":
            said = OrderHandedOver(order=order.reference, customer=order.customer, container=order.container)
            self.room.say_of(order.customer, said, trace=trace)
        order.acknowledged = True
        # A status may have been faster, which tells no number of the external order.
        order.erp_number = order.erp_number or erp_number
        self._changed[order.reference, order.action] = order

    def name_container(self, number: str, container: UUID) -> None:
        self._numbers.append((number, container))

    async def write(self) -> None:
        if self._changed:
            await write(self.room.conn, self.room.tenant, list(self._changed.values()))
        for number, container in self._numbers:
            await name_container(self.room.conn, self.room.tenant, number, container)


@dataclass(frozen=True)
class Heard:
    """What the ERP says of one external order. `note` takes it over and says on what is news: whether it was any.

    It may refuse as long as it has changed nothing.
    """

    reference: UUID
    note: Callable[[Externals], bool]


async def hear_all(of: tuple[Context, Firm], heard: Sequence[Heard]) -> list[bool | Exception]:
    ctx, firm = of
    answers: list[bool | Exception] = []
    async with saying(ctx, firm) as room:
        orders = Externals(room, await externals(room.conn, firm.tenant, (one.reference for one in heard)))
        for one in heard:
            try:
                answers.append(one.note(orders))
            except Refused as error:
                answers.append(error)
        await orders.write()
    return answers


_together = Together(hear_all)


async def hear(
    ctx: Context, firm: Firm, reference: UUID, note: Callable[[Externals], bool], patience: float = 0.0
) -> bool:
    """Whether it was news. What a firm's ERP says at the same time of many orders is one transaction."""
    return await _together.ask((ctx, firm), Heard(reference, note), patience)


async def taken(ctx: Context, firm: Firm, reference: UUID, action: str, erp_number: str | None) -> bool:
    """The ERP answered that it has the order."""
    trace = telemetry.traceparent()

    def note(orders: Externals) -> bool:
        order = orders.get(reference, action)
        if order.acknowledged and (order.erp_number or not erp_number):
            return False
        orders.hand_over(order, erp_number, trace)
        return True

    return await hear(ctx, firm, reference, note, PATIENCE)


async def acknowledge(ctx: Context, firm: Firm, reference: UUID, action: str, erp_number: str) -> bool:
    """409 if the ERP acknowledged it under another number before: then it has it twice."""
    trace = telemetry.traceparent()

    def note(orders: Externals) -> bool:
        order = orders.get(reference, action)
        if order.erp_number not in (erp_number, None):
            raise Refused(
                "This order was acknowledged as %(known)s before, and not as %(number)s.",
                known=order.erp_number,
                number=erp_number,
                field="erp_number",
            )
        news = not order.acknowledged
        orders.hand_over(order, erp_number, trace)
        return news

    return await hear(ctx, firm, reference, note)
