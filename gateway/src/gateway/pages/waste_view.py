"""What each order contributes to the reports: which waste left which site in which month, and how much it weighed."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from chassis.events import Meta
from chassis.views import View
from contracts.orders import OrderCancelled, OrderCompleted, OrderPlaced, OrderRecorded, OrderRefused
from contracts.values import Haul, OrderKind, OrderStatus
from pydantic import BaseModel


class Contribution(BaseModel):
    """One order counts once, however often it is reported; `done_on` is empty as long as it does not count."""

    order: UUID
    customer: UUID
    site: UUID
    site_name: str
    waste_type: UUID
    waste_type_name: str
    container_type_name: str
    kind: OrderKind
    number: str = ""
    done_on: date | None = None
    weight: int | None = None
    """Kilograms; none if it was not weighed."""


contributions = View(
    "contributions",
    Contribution,
    customer=lambda doc: doc.customer,
    site=lambda doc: doc.site,
    columns={
        "done_on": ("date", lambda doc: doc.done_on),
        "site": ("text", lambda doc: str(doc.site)),
        "waste_type": ("text", lambda doc: str(doc.waste_type)),
    },
)


def _order(event: Any, meta: Meta) -> UUID:
    return UUID(str(event.order))


def _of(haul: Haul, order: UUID, customer: UUID, site: UUID, **more: Any) -> Contribution:
    return Contribution(
        order=order,
        customer=customer,
        site=site,
        site_name=haul.site_name,
        waste_type=haul.waste_type,
        waste_type_name=haul.waste_type_name,
        container_type_name=haul.container_type_name,
        kind=haul.kind,
        **more,
    )


@contributions.on(OrderPlaced, key=_order)
def order_placed(doc: Contribution | None, event: OrderPlaced, meta: Meta) -> Contribution:
    return _of(event.haul, event.order, event.customer, event.site)


@contributions.on(OrderCompleted, key=_order)
def order_completed(doc: Contribution | None, event: OrderCompleted, meta: Meta) -> Contribution | None:
    return doc and doc.model_copy(update={"done_on": event.completed_on, "weight": event.weight})


@contributions.on(OrderRecorded, key=_order)
def order_recorded(doc: Contribution | None, event: OrderRecorded, meta: Meta) -> Contribution:
    done = event.status is OrderStatus.completed
    return _of(
        event.haul,
        event.order,
        event.customer,
        event.site,
        number=event.number,
        done_on=(event.completed_on or event.placed_on) if done else None,
        weight=event.weight if done else None,
    )


@contributions.on(OrderRefused, key=_order)
def order_refused(doc: Contribution | None, event: OrderRefused, meta: Meta) -> Contribution | None:
    return doc and doc.model_copy(update={"done_on": None, "weight": None})


@contributions.on(OrderCancelled, key=_order)
def order_cancelled(doc: Contribution | None, event: OrderCancelled, meta: Meta) -> Contribution | None:
    return doc and doc.model_copy(update={"done_on": None, "weight": None})
