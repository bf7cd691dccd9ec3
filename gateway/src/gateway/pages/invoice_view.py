"""Every invoice of a customer as the firm's ERP wrote it, with its present state."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from chassis.events import Meta
from chassis.views import View
from contracts.billing import InvoiceRecorded, InvoiceStatus
from contracts.values import File, InvoiceLine
from pydantic import BaseModel

State = Literal["open", "overdue", "paid", "cancelled"]


class InvoiceRow(BaseModel):
    """Amounts in cents."""

    invoice: UUID
    customer: UUID
    site: UUID | None
    site_name: str
    number: str
    issued_on: date
    due_on: date
    net: int
    tax: int
    gross: int
    status: InvoiceStatus
    lines: tuple[InvoiceLine, ...]
    document: File | None
    version: int = 0
    """Of the invoice's stream: it may have been put right for another customer, and these are heard of in any order."""

    def state(self, today: date) -> State:
        """An open invoice is overdue from the day after it was due."""
        if self.status is InvoiceStatus.paid:
            return "paid"
        if self.status is InvoiceStatus.cancelled:
            return "cancelled"
        return "overdue" if self.due_on < today else "open"


invoices = View(
    "invoices",
    InvoiceRow,
    customer=lambda doc: doc.customer,
    site=lambda doc: doc.site,
    columns={
        "status": ("text", lambda doc: doc.status),
        "site": ("text", lambda doc: str(doc.site) if doc.site else None),
        "number": ("text", lambda doc: doc.number),
        "site_name": ("text", lambda doc: doc.site_name.lower()),
        "issued_on": ("date", lambda doc: doc.issued_on),
        "due_on": ("date", lambda doc: doc.due_on),
        "year": ("int", lambda doc: doc.issued_on.year),
        "gross": ("int", lambda doc: doc.gross),
    },
    search=lambda doc: " ".join([doc.number, doc.site_name, *(line.text for line in doc.lines)]),
)


@invoices.on(InvoiceRecorded, key=lambda event, meta: event.invoice)
def invoice_recorded(doc: InvoiceRow | None, event: InvoiceRecorded, meta: Meta) -> InvoiceRow:
    if doc and meta.version < doc.version:
        return doc
    return InvoiceRow(**event.model_dump(), version=meta.version)
