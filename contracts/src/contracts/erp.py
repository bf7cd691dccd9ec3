"""What the ERP reports through the bridge, and what the bridge hands over to it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.base import Event
from contracts.billing import InvoiceStatus
from contracts.catalog import WasteCode
from contracts.values import (
    Address,
    Cents,
    ContainerStatus,
    Coordinates,
    Email,
    File,
    Haul,
    InvoiceLine,
    Kilograms,
    Number,
    OrderKind,
    OrderStatus,
    Text,
    Window,
)


class CustomerReported(Event):
    """The ERP reported a customer's base data."""

    customer: UUID
    number: Number
    name: Text
    address: Address
    phone: str
    email: str


class SiteReported(Event):
    """The ERP reported a site (Lieferort)."""

    customer: UUID
    site: UUID
    number: Number
    name: Text
    address: Address
    coordinates: Coordinates | None
    active: bool


class WasteTypeReported(Event):
    """The ERP reported a waste type."""

    waste_type: UUID
    number: Number
    name: Text
    code: WasteCode
    hazardous: bool
    description: str
    orderable: bool


class ContainerTypeReported(Event):
    """The ERP reported a container type."""

    container_type: UUID
    number: Number
    name: Text
    family: Text
    volume: Decimal
    variant: str
    waste_types: tuple[UUID, ...]
    kinds: tuple[OrderKind, ...]
    orderable: bool


class ContainerReported(Event):
    """The ERP reported a container at a site."""

    container: UUID
    customer: UUID
    site: UUID
    number: Number
    haul: Haul
    status: ContainerStatus
    since: date | None


class OrderReported(Event):
    """The ERP reported an order of its own: history, or taken by telephone."""

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


class InvoiceReported(Event):
    """The ERP reported an invoice."""

    invoice: UUID
    customer: UUID
    site: UUID | None
    site_name: str
    number: Number
    issued_on: date
    due_on: date
    net: Cents
    tax: Cents
    gross: Cents
    status: InvoiceStatus
    lines: tuple[InvoiceLine, ...]
    document: File | None


class PortalSwitchedOn(Event):
    """The ERP ticked „Online-Portal“ for a customer and named the first user's address."""

    customer: UUID
    email: Email


class PortalSwitchedOff(Event):
    """The ERP took the tick „Online-Portal“ away."""

    customer: UUID


class TransferCompleted(Event):
    """The ERP has sent everything of a customer's first load."""

    customer: UUID


class InvitationResent(Event):
    """The ERP asked to send the first user's invitation again."""

    customer: UUID


class InvitationRevoked(Event):
    """The ERP took the first user's invitation back."""

    customer: UUID


class OrderConverted(Event):
    """The dispatchers turned a portal order into a transport order."""

    order: UUID
    customer: UUID
    container: UUID
    number: Number


class OrderPlanned(Event):
    """The dispatchers planned a portal order, or planned it anew."""

    order: UUID
    customer: UUID
    container: UUID
    planned: Window
    vehicle: str


class OrderClosed(Event):
    """The dispatchers closed a portal order after the driver was there."""

    order: UUID
    customer: UUID
    container: UUID
    completed_on: date
    weight: Kilograms | None
    container_number: str | None


class OrderDeclined(Event):
    """The dispatchers refused a portal order and gave the reason."""

    order: UUID
    customer: UUID
    container: UUID
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class OrderWithdrawn(Event):
    """The dispatchers cancelled a portal order after they had taken it."""

    order: UUID
    customer: UUID
    container: UUID
    reason: str


class OrderHandedOver(Event):
    """A portal order has reached the ERP as an external order."""

    order: UUID
    customer: UUID
    container: UUID
