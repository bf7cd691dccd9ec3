"""A report of the ERP becomes what the rooms hear: its numbers become the ids that the portal knows things by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from contracts.base import Event
from contracts.erp import (
    ContainerReported,
    ContainerTypeReported,
    CustomerReported,
    InvoiceReported,
    OrderReported,
    SiteReported,
    WasteTypeReported,
)
from contracts.values import File, Haul, InvoiceLine, OrderKind, derived_id

from erp_bridge.records import (
    ContainerRecord,
    ContainerTypeRecord,
    CustomerRecord,
    InvoiceRecord,
    OrderRecord,
    Record,
    SiteRecord,
    WasteTypeRecord,
)

SINGULAR = {
    "waste-types": "waste-type",
    "container-types": "container-type",
    "customers": "customer",
    "sites": "site",
    "containers": "container",
    "orders": "order",
    "invoices": "invoice",
}


@dataclass(frozen=True)
class Known:
    """A thing that was reported before: its id, its customer if it has one, and what was said of it."""

    id: UUID
    customer: UUID | None = None
    report: Mapping[str, Any] = field(default_factory=dict)


Things = Mapping[tuple[str, str], Known]
"""By collection and number; documents by their digest."""


@dataclass(frozen=True)
class Report:
    """What is published, into which stream, and whose thing it is."""

    id: UUID
    customer: UUID | None
    stream: str
    event: Event


def thing_id(tenant: UUID, collection: str, number: str) -> UUID:
    return derived_id(tenant, SINGULAR[collection], number)


def report(tenant: UUID, record: Record, things: Things, container: UUID | None = None) -> Report:
    """All references are known. `container`: the id of a container that goes by the record's number."""
    own = thing_id(tenant, record.collection, record.number)
    match record:
        case WasteTypeRecord():
            said: Event = WasteTypeReported(waste_type=own, **dict(record))
            return Report(own, None, f"waste-type:{own}", said)
        case ContainerTypeRecord():
            return Report(own, None, f"container-type:{own}", container_type_reported(own, record, things))
        case CustomerRecord():
            return of_customer(own, own, CustomerReported(customer=own, **dict(record)))
        case SiteRecord():
            customer = things["customers", record.customer].id
            return of_customer(own, customer, SiteReported(**{**dict(record), "site": own, "customer": customer}))
        case ContainerRecord():
            return container_reported(container or own, record, things)
        case OrderRecord():
            return order_reported(own, record, things)
        case InvoiceRecord():
            return invoice_reported(own, record, things)
        case _:
            raise TypeError(f"{type(record).__name__} is reported to nobody")


def of_customer(own: UUID, customer: UUID, event: Event) -> Report:
    return Report(own, customer, f"customer:{customer}", event)


def container_type_reported(own: UUID, record: ContainerTypeRecord, things: Things) -> ContainerTypeReported:
    fitting = tuple(things["waste-types", number].id for number in record.waste_types)
    return ContainerTypeReported(container_type=own, **{**dict(record), "waste_types": fitting})


def haul(kind: OrderKind, record: ContainerRecord | OrderRecord, things: Things, container: UUID | None) -> Haul:
    site = things["sites", record.site]
    type_ = things["container-types", record.container_type]
    waste = things["waste-types", record.waste_type]
    return Haul(
        kind=kind,
        site=site.id,
        site_name=site.report["name"],
        waste_type=waste.id,
        waste_type_name=waste.report["name"],
        container_type=type_.id,
        container_type_name=type_.report["name"],
        container=container,
        container_number=record.number if isinstance(record, ContainerRecord) else record.container,
    )


def customer_of_site(number: str, things: Things) -> UUID:
    customer = things["sites", number].customer
    assert customer is not None, "every site has a customer"
    return customer


def container_reported(own: UUID, record: ContainerRecord, things: Things) -> Report:
    customer = customer_of_site(record.site, things)
    event = ContainerReported(
        container=own,
        customer=customer,
        site=things["sites", record.site].id,
        number=record.number,
        haul=haul(OrderKind.placement, record, things, own),
        status=record.status,
        since=record.since,
    )
    return of_customer(own, customer, event)


def order_reported(own: UUID, record: OrderRecord, things: Things) -> Report:
    customer = customer_of_site(record.site, things)
    container = things["containers", record.container].id if record.container else None
    event = OrderReported(
        order=own,
        customer=customer,
        site=things["sites", record.site].id,
        container=container,
        number=record.number,
        haul=haul(record.kind, record, things, container),
        status=record.status,
        placed_on=record.placed_on,
        desired=record.desired,
        planned=record.planned,
        completed_on=record.completed_on,
        weight=record.weight_kg,
        note=record.note,
    )
    return of_customer(own, customer, event)


def invoice_reported(own: UUID, record: InvoiceRecord, things: Things) -> Report:
    customer = things["customers", record.customer].id
    site = things["sites", record.site] if record.site else None
    event = InvoiceReported(
        invoice=own,
        customer=customer,
        site=site.id if site else None,
        site_name=site.report["name"] if site else "",
        number=record.number,
        issued_on=record.issued_on,
        due_on=record.due_on,
        net=cents(record.net),
        tax=cents(record.tax),
        gross=cents(record.gross),
        status=record.status,
        lines=tuple(
            InvoiceLine(
                text=line.text,
                quantity=line.quantity,
                unit=line.unit,
                unit_price=cents(line.unit_price),
                amount=cents(line.amount),
            )
            for line in record.lines
        ),
        document=document(record, things),
    )
    return of_customer(own, customer, event)


def document(record: InvoiceRecord, things: Things) -> File | None:
    if record.document is None:
        return None
    stored = things["documents", record.document.sha256].report
    return File(
        sha256=record.document.sha256,
        name=record.document.name,
        media_type=stored["media_type"],
        size=stored["size"],
    )


def cents(euros: Decimal) -> int:
    return int(euros * 100)
