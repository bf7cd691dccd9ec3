"""What the portal has taken over of the ERP's reports, as the rooms say it that keep these things."""

from __future__ import annotations

from chassis.events import Meta
from chassis.views import View
from contracts.billing import InvoiceRecorded
from contracts.catalog import ContainerTypeRecorded, WasteTypeRecorded
from contracts.identity.customer import CustomerRecorded
from contracts.identity.site import SiteRecorded
from contracts.orders import ContainerRecorded, OrderRecorded
from pydantic import BaseModel


class TakenOver(BaseModel):
    """A thing that the portal knows, and the field that changes most, where there is one."""

    status: str | None = None
    version: int = 0


taken_over = View("taken-over", TakenOver)


@taken_over.on(CustomerRecorded, key=lambda event, meta: event.customer)
def customer(doc: TakenOver | None, event: CustomerRecorded, meta: Meta) -> TakenOver:
    return TakenOver()


@taken_over.on(SiteRecorded, key=lambda event, meta: event.site)
def site(doc: TakenOver | None, event: SiteRecorded, meta: Meta) -> TakenOver:
    return TakenOver()


@taken_over.on(WasteTypeRecorded, key=lambda event, meta: event.waste_type)
def waste_type(doc: TakenOver | None, event: WasteTypeRecorded, meta: Meta) -> TakenOver:
    return TakenOver()


@taken_over.on(ContainerTypeRecorded, key=lambda event, meta: event.container_type)
def container_type(doc: TakenOver | None, event: ContainerTypeRecorded, meta: Meta) -> TakenOver:
    return TakenOver()


@taken_over.on(ContainerRecorded, key=lambda event, meta: event.container)
def container(doc: TakenOver | None, event: ContainerRecorded, meta: Meta) -> TakenOver:
    # It may have gone to another customer since, and customers are heard of in any order.
    return doc if doc and meta.version < doc.version else TakenOver(status=event.status, version=meta.version)


@taken_over.on(OrderRecorded, key=lambda event, meta: event.order)
def order(doc: TakenOver | None, event: OrderRecorded, meta: Meta) -> TakenOver:
    return TakenOver(status=event.status)


@taken_over.on(InvoiceRecorded, key=lambda event, meta: event.invoice)
def invoice(doc: TakenOver | None, event: InvoiceRecorded, meta: Meta) -> TakenOver:
    return doc if doc and meta.version < doc.version else TakenOver(status=event.status, version=meta.version)


def is_taken_over(doc: TakenOver | None, reported_status: str | None) -> bool:
    return doc is not None and doc.status in (None, reported_status)
