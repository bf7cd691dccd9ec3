"""What stands at the customer's sites: every container with its waste, its place and what is ordered for it."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

from chassis.events import Meta
from chassis.views import View
from contracts.orders import (
    ContainerRecorded,
    OrderAccepted,
    OrderCancelled,
    OrderCompleted,
    OrderDispatched,
    OrderPlaced,
    OrderRecorded,
    OrderRefused,
    OrderRescheduled,
)
from contracts.values import ContainerStatus, Haul, OrderKind, OrderStatus, Window
from pydantic import BaseModel

from gateway.pages.order_view import OPEN


class OpenOrder(BaseModel):
    """What is ordered for a container and not done yet."""

    order: UUID
    kind: OrderKind
    status: OrderStatus
    desired: date | None = None
    planned: Window | None = None


class ContainerRow(BaseModel):
    container: UUID
    customer: UUID
    site: UUID
    site_name: str
    number: str = ""
    container_type: UUID
    container_type_name: str
    waste_type: UUID
    waste_type_name: str
    status: ContainerStatus
    since: date | None = None
    open: OpenOrder | None = None
    ended: OrderStatus | None = None
    """Why a container is gone that never came: its placement was refused or cancelled."""
    done: tuple[UUID, ...] = ()
    """Orders carried out: what is said again about them is a corrected weight, and the container has moved on."""
    version: int = 0
    """Of the container's stream, when it was last reported. Customers are heard of in any order: what comes late of an
    earlier one does not count."""

    @property
    def state(self) -> Literal["ordered", "standing", "busy", "gone"]:
        """One word for the filter: `busy` stands and has an order."""
        return "busy" if self.open and self.status is ContainerStatus.standing else self.status.value


containers = View(
    "containers",
    ContainerRow,
    customer=lambda doc: doc.customer,
    site=lambda doc: doc.site,
    columns={
        "state": ("text", lambda doc: doc.state),
        "site": ("text", lambda doc: str(doc.site)),
        "waste_type": ("text", lambda doc: str(doc.waste_type)),
        "number": ("text", lambda doc: doc.number),
        "site_name": ("text", lambda doc: doc.site_name.lower()),
        "waste_type_name": ("text", lambda doc: doc.waste_type_name.lower()),
        "container_type_name": ("text", lambda doc: doc.container_type_name.lower()),
        "since": ("date", lambda doc: doc.since),
    },
    search=lambda doc: f"{doc.number} {doc.container_type_name} {doc.waste_type_name} {doc.site_name}",
)


PRESENT = ["ordered", "standing", "busy"]


def _container(event: Any, meta: Meta) -> list[UUID]:
    return [event.container] if event.container else []


def _named(container: UUID, customer: UUID, haul: Haul, status: ContainerStatus) -> ContainerRow:
    return ContainerRow(
        container=container,
        customer=customer,
        site=haul.site,
        site_name=haul.site_name,
        number=haul.container_number or "",
        container_type=haul.container_type,
        container_type_name=haul.container_type_name,
        waste_type=haul.waste_type,
        waste_type_name=haul.waste_type_name,
        status=status,
    )


@containers.on(ContainerRecorded, key=_container)
def container_recorded(doc: ContainerRow | None, event: ContainerRecorded, meta: Meta) -> ContainerRow:
    if doc and meta.version < doc.version:
        return doc
    made = _named(event.container, event.customer, event.haul, event.status)
    made = made.model_copy(update={"site": event.site, "number": event.number, "since": event.since})
    # What an earlier customer has ordered is nobody else's business.
    kept = {"open": doc.open, "done": doc.done} if doc and doc.customer == event.customer else {}
    return made.model_copy(update={**kept, "version": meta.version})


def _of_another(doc: ContainerRow, event: Any) -> bool:
    """What is said is about an earlier customer of the container."""
    return bool(doc.customer != event.customer)


@containers.on(OrderPlaced, key=_container)
def order_placed(doc: ContainerRow | None, event: OrderPlaced, meta: Meta) -> ContainerRow:
    if doc and _of_another(doc, event):
        return doc
    comes = event.haul.kind is OrderKind.placement
    status = ContainerStatus.ordered if comes else ContainerStatus.standing
    asked = OpenOrder(order=event.order, kind=event.haul.kind, status=OrderStatus.placed, desired=event.desired)
    if doc is None:
        doc = _named(event.container, event.customer, event.haul, status).model_copy(update={"version": meta.version})
    return doc.model_copy(update={"open": asked})


@containers.on(OrderRecorded, key=_container)
def order_recorded(doc: ContainerRow | None, event: OrderRecorded, meta: Meta) -> ContainerRow | None:
    """An order by telephone is seen at its container as well; history leaves no mark on it."""
    if doc is None or _of_another(doc, event):
        return doc
    if event.status not in OPEN:
        return _without(doc, event.order)
    asked = OpenOrder(
        order=event.order, kind=event.haul.kind, status=event.status, desired=event.desired, planned=event.planned
    )
    return doc.model_copy(update={"open": asked})


@containers.on(OrderAccepted, key=_container)
def order_accepted(doc: ContainerRow | None, event: OrderAccepted, meta: Meta) -> ContainerRow | None:
    if doc is None or doc.open is None or doc.open.order != event.order or _of_another(doc, event):
        return doc
    return doc.model_copy(update={"open": doc.open.model_copy(update={"status": OrderStatus.accepted})})


@containers.on(OrderDispatched, key=_container)
def order_dispatched(doc: ContainerRow | None, event: OrderDispatched, meta: Meta) -> ContainerRow | None:
    return doc and _planned(doc, event)


@containers.on(OrderRescheduled, key=_container)
def order_rescheduled(doc: ContainerRow | None, event: OrderRescheduled, meta: Meta) -> ContainerRow | None:
    return doc and _planned(doc, event)


def _planned(doc: ContainerRow, event: OrderDispatched | OrderRescheduled) -> ContainerRow:
    """A plan may cross a cancellation on its way: then the order is open again, and the container comes after all."""
    if (doc.open and doc.open.order != event.order) or _of_another(doc, event):
        return doc
    asked = OpenOrder(
        order=event.order,
        kind=event.kind,
        status=OrderStatus.dispatched,
        desired=doc.open.desired if doc.open else None,
        planned=event.planned,
    )
    comes = {"status": ContainerStatus.ordered, "ended": None}
    revived = event.kind is OrderKind.placement and doc.status is ContainerStatus.gone
    return doc.model_copy(update={"open": asked, **(comes if revived else {})})


@containers.on(OrderCompleted, key=_container)
def order_completed(doc: ContainerRow | None, event: OrderCompleted, meta: Meta) -> ContainerRow | None:
    if doc is None or event.order in doc.done or _of_another(doc, event):
        return doc
    after = _without(doc, event.order).model_copy(update={"done": (*doc.done, event.order)})
    number = event.container_number or doc.number
    match event.kind:
        case OrderKind.placement:
            stands = {"status": ContainerStatus.standing, "since": event.completed_on, "ended": None}
            return after.model_copy(update={**stands, "number": number})
        case OrderKind.exchange:
            return after.model_copy(update={"number": number})
        case OrderKind.emptying:
            return after
        case OrderKind.removal:
            return after.model_copy(update={"status": ContainerStatus.gone, "since": event.completed_on})


@containers.on(OrderRefused, key=_container)
def order_refused(doc: ContainerRow | None, event: OrderRefused, meta: Meta) -> ContainerRow | None:
    return doc and _ended(doc, event, OrderStatus.refused)


@containers.on(OrderCancelled, key=_container)
def order_cancelled(doc: ContainerRow | None, event: OrderCancelled, meta: Meta) -> ContainerRow | None:
    return doc and _ended(doc, event, OrderStatus.cancelled)


def _ended(doc: ContainerRow, event: OrderRefused | OrderCancelled, why: OrderStatus) -> ContainerRow:
    if _of_another(doc, event):
        return doc
    never_came = event.kind is OrderKind.placement and doc.status is ContainerStatus.ordered
    return _without(doc, event.order).model_copy(
        update={"status": ContainerStatus.gone, "ended": why} if never_came else {}
    )


def _without(doc: ContainerRow, order: UUID) -> ContainerRow:
    return doc.model_copy(update={"open": None}) if doc.open and doc.open.order == order else doc
