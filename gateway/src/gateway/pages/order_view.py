"""Every order of a customer in one list: what was asked, where it stands, when the driver comes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from chassis.events import Meta
from chassis.views import View
from contracts.orders import (
    OrderAccepted,
    OrderCancelled,
    OrderCompleted,
    OrderDispatched,
    OrderPlaced,
    OrderRecorded,
    OrderRefused,
    OrderRescheduled,
)
from contracts.values import OrderKind, OrderStatus, Window
from pydantic import BaseModel

from gateway.look.formats import local

What = Literal["placed", "accepted", "dispatched", "rescheduled", "completed", "corrected", "refused", "cancelled"]


class Entry(BaseModel):
    """One line of an order's history. `who` is empty when the firm did it; history of the ERP knows days, not hours."""

    what: What
    at: datetime | None = None
    day: date | None = None
    who: str = ""
    planned: Window | None = None
    before: Window | None = None
    weight: int | None = None
    reason: str = ""


class OrderRow(BaseModel):
    order: UUID
    customer: UUID
    site: UUID
    site_name: str
    container: UUID | None
    container_number: str | None
    container_type_name: str
    waste_type_name: str
    kind: OrderKind
    status: OrderStatus
    number: str = ""
    placed_on: date
    placed_by: str = ""
    user: UUID | None = None
    """Who ordered in the portal, and is told by mail what becomes of it."""
    from_portal: bool
    desired: date | None = None
    planned: Window | None = None
    completed_on: date | None = None
    weight: int | None = None
    note: str = ""
    reason: str = ""
    history: tuple[Entry, ...] = ()

    @property
    def day(self) -> date:
        """The day that matters now: done, planned, wished, or at least asked."""
        return self.completed_on or (self.planned and self.planned.day) or self.desired or self.placed_on

    def then(self, entry: Entry, **changes: Any) -> OrderRow:
        return self.model_copy(update={**changes, "history": (*self.history, entry)})


orders = View(
    "orders",
    OrderRow,
    customer=lambda doc: doc.customer,
    site=lambda doc: doc.site,
    columns={
        "status": ("text", lambda doc: doc.status),
        "kind": ("text", lambda doc: doc.kind),
        "site": ("text", lambda doc: str(doc.site)),
        "container": ("text", lambda doc: str(doc.container) if doc.container else None),
        "number": ("text", lambda doc: doc.number),
        "site_name": ("text", lambda doc: doc.site_name.lower()),
        "waste_type_name": ("text", lambda doc: doc.waste_type_name.lower()),
        "placed_on": ("date", lambda doc: doc.placed_on),
        "day": ("date", lambda doc: doc.day),
    },
    search=lambda doc: " ".join(
        filter(
            None,
            (
                doc.number,
                doc.site_name,
                doc.waste_type_name,
                doc.container_type_name,
                doc.container_number,
                doc.placed_by,
                doc.note,
            ),
        )
    ),
)

OPEN = (OrderStatus.placed, OrderStatus.accepted, OrderStatus.dispatched)


def _order(event: Any, meta: Meta) -> UUID:
    return UUID(str(event.order))


@orders.on(OrderPlaced, key=_order)
def order_placed(doc: OrderRow | None, event: OrderPlaced, meta: Meta) -> OrderRow:
    haul = event.haul
    return OrderRow(
        order=event.order,
        customer=event.customer,
        site=event.site,
        site_name=haul.site_name,
        container=event.container,
        container_number=haul.container_number,
        container_type_name=haul.container_type_name,
        waste_type_name=haul.waste_type_name,
        kind=haul.kind,
        status=OrderStatus.placed,
        placed_on=local(meta.time).date(),
        placed_by=event.placed_by,
        user=meta.user,
        from_portal=True,
        desired=event.desired,
        note=event.note,
        history=(Entry(what="placed", at=meta.time, who=event.placed_by),),
    )


@orders.on(OrderAccepted, key=_order)
def order_accepted(doc: OrderRow | None, event: OrderAccepted, meta: Meta) -> OrderRow | None:
    return doc and doc.then(Entry(what="accepted", at=meta.time), status=OrderStatus.accepted, number=event.number)


@orders.on(OrderDispatched, key=_order)
def order_dispatched(doc: OrderRow | None, event: OrderDispatched, meta: Meta) -> OrderRow | None:
    entry = Entry(what="dispatched", at=meta.time, planned=event.planned)
    return doc and doc.then(entry, status=OrderStatus.dispatched, planned=event.planned, reason="")


@orders.on(OrderRescheduled, key=_order)
def order_rescheduled(doc: OrderRow | None, event: OrderRescheduled, meta: Meta) -> OrderRow | None:
    entry = Entry(what="rescheduled", at=meta.time, planned=event.planned, before=event.before)
    return doc and doc.then(entry, status=OrderStatus.dispatched, planned=event.planned, reason="")


@orders.on(OrderCompleted, key=_order)
def order_completed(doc: OrderRow | None, event: OrderCompleted, meta: Meta) -> OrderRow | None:
    again = doc is not None and doc.status is OrderStatus.completed
    return doc and doc.then(
        Entry(what="corrected" if again else "completed", at=meta.time, weight=event.weight),
        status=OrderStatus.completed,
        completed_on=event.completed_on,
        weight=event.weight,
        container_number=event.container_number or doc.container_number,
    )


@orders.on(OrderRefused, key=_order)
def order_refused(doc: OrderRow | None, event: OrderRefused, meta: Meta) -> OrderRow | None:
    entry = Entry(what="refused", at=meta.time, reason=event.reason)
    return doc and doc.then(entry, status=OrderStatus.refused, reason=event.reason)


@orders.on(OrderCancelled, key=_order)
def order_cancelled(doc: OrderRow | None, event: OrderCancelled, meta: Meta) -> OrderRow | None:
    who = meta.user_name if event.by_customer else ""
    entry = Entry(what="cancelled", at=meta.time, who=who, reason=event.reason)
    return doc and doc.then(entry, status=OrderStatus.cancelled, reason=event.reason)


@orders.on(OrderRecorded, key=_order)
def order_recorded(doc: OrderRow | None, event: OrderRecorded, meta: Meta) -> OrderRow:
    """The ERP tells the present state: of what was before the first report, only the days are known."""
    haul = event.haul
    if doc is None:
        history = [Entry(what="placed", day=event.placed_on)]
        if event.status is not OrderStatus.placed:
            history.append(_reported(event, day=event.completed_on))
    else:
        history = [*doc.history, *([] if _same(doc, event) else [_reported(event, at=meta.time)])]
    return OrderRow(
        order=event.order,
        customer=event.customer,
        site=event.site,
        site_name=haul.site_name,
        container=event.container,
        container_number=haul.container_number,
        container_type_name=haul.container_type_name,
        waste_type_name=haul.waste_type_name,
        kind=haul.kind,
        status=event.status,
        number=event.number,
        placed_on=event.placed_on,
        placed_by=doc.placed_by if doc else "",
        user=doc.user if doc else None,
        from_portal=bool(doc and doc.from_portal),
        desired=event.desired,
        planned=event.planned,
        completed_on=event.completed_on,
        weight=event.weight,
        note=event.note,
        history=tuple(history),
    )


def _same(doc: OrderRow, event: OrderRecorded) -> bool:
    return doc.status is event.status and doc.planned == event.planned


def _reported(event: OrderRecorded, **when: Any) -> Entry:
    planned = event.planned if event.status is OrderStatus.dispatched else None
    return Entry(what=event.status.value, planned=planned, weight=event.weight, **when)
