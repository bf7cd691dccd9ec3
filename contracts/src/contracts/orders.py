"""Containers at the customer's sites and the orders for them."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.base import Command, Event
from contracts.values import ContainerStatus, Haul, Kilograms, Note, Number, OrderKind, OrderStatus, Window

# -- asked by users of the portal --------------------------------------------------------------------------------


class OrderContainer(Command):
    """Orders a new container at a site, binding (Gestellung)."""

    container: UUID
    order: UUID
    customer: UUID
    site: UUID
    waste_type: UUID
    container_type: UUID
    desired: date
    note: Note = ""


class OrderService(Command):
    """Orders an exchange, emptying or removal of a standing container, binding."""

    container: UUID
    order: UUID
    customer: UUID
    kind: OrderKind
    desired: date | None = None
    note: Note = ""


class CancelOrder(Command):
    """Cancels an order that is not yet dispatched."""

    container: UUID
    order: UUID
    customer: UUID


# -- asked by the ERP through the bridge ---------------------------------------------------------------------------


class RecordContainer(Command):
    """Takes over a container that stands at the customer (Bestandscontainer)."""

    container: UUID
    customer: UUID
    number: Number
    haul: Haul
    status: ContainerStatus
    since: date | None = None


class RecordOrder(Command):
    """Takes over an order of the ERP: history, or one taken by telephone. `haul.container`: if one is known."""

    order: UUID
    customer: UUID
    number: Number
    haul: Haul
    status: OrderStatus
    placed_on: date
    desired: date | None = None
    planned: Window | None = None
    completed_on: date | None = None
    weight: Kilograms | None = None
    note: Note = ""


class NoteAcceptance(Command):
    """The ERP turned the external order into a transport order."""

    container: UUID
    order: UUID
    customer: UUID
    number: Number


class NoteDispatch(Command):
    """The ERP planned the order, or planned it anew."""

    container: UUID
    order: UUID
    customer: UUID
    planned: Window
    vehicle: str = ""


class NoteCompletion(Command):
    """The ERP closed the order."""

    container: UUID
    order: UUID
    customer: UUID
    completed_on: date
    weight: Kilograms | None = None
    container_number: str | None = None


class NoteRefusal(Command):
    """The ERP refused the order, with the reason that the customer reads."""

    container: UUID
    order: UUID
    customer: UUID
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class NoteCancellation(Command):
    """The ERP cancelled the order."""

    container: UUID
    order: UUID
    customer: UUID
    reason: Annotated[str, Field(max_length=500)] = ""


# -- what happened ---------------------------------------------------------------------------------------------


class OrderPlaced(Event):
    """A customer ordered, binding: a new container, an exchange, an emptying or a removal."""

    order: UUID
    customer: UUID
    site: UUID
    container: UUID
    haul: Haul
    desired: date | None
    note: str
    placed_by: str = Field(description="name of the user who ordered")


class OrderAccepted(Event):
    """The dispatchers checked the order and turned it into a transport order."""

    order: UUID
    customer: UUID
    site: UUID
    container: UUID
    kind: OrderKind
    number: Number = Field(description="number of the transport order in the ERP")


class OrderDispatched(Event):
    """The order was planned: the customer is told when the driver comes."""

    order: UUID
    customer: UUID
    site: UUID
    container: UUID
    kind: OrderKind
    planned: Window
    vehicle: str


class OrderRescheduled(Event):
    """The plan of an order changed: the customer is told again."""

    order: UUID
    customer: UUID
    site: UUID
    container: UUID
    kind: OrderKind
    planned: Window
    before: Window
    vehicle: str


class OrderCompleted(Event):
    """The driver did the work; the weight is known if it was weighed. Said again when the firm corrects it."""

    order: UUID
    customer: UUID
    site: UUID
    container: UUID
    kind: OrderKind
    completed_on: date
    weight: Kilograms | None
    container_number: str | None


class OrderRefused(Event):
    """The firm could not take the order; the customer reads why."""

    order: UUID
    customer: UUID
    site: UUID
    container: UUID
    kind: OrderKind
    reason: str


class OrderCancelled(Event):
    """An order was cancelled, by the customer or by the firm."""

    order: UUID
    customer: UUID
    site: UUID
    container: UUID
    kind: OrderKind
    reason: str
    by_customer: bool


class ContainerRecorded(Event):
    """A container stands at a customer's site as the ERP reports it, new or changed."""

    container: UUID
    customer: UUID
    site: UUID
    number: Number
    haul: Haul
    status: ContainerStatus
    since: date | None


class OrderRecorded(Event):
    """An order of the ERP, from history or taken by telephone, in its present state."""

    order: UUID
    customer: UUID
    site: UUID
    container: UUID | None
    number: Number
    haul: Haul
    status: OrderStatus
    placed_on: date
    desired: date | None
    planned: Window | None
    completed_on: date | None
    weight: Kilograms | None
    note: str


class NoteOrdersLoaded(Command):
    """All containers and orders of the first load have been taken over."""

    customer: UUID


class OrdersLoaded(Event):
    """All containers and orders of a customer's first load have arrived."""

    customer: UUID
