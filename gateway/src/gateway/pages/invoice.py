"""One invoice: what was charged, until when it is to be paid, and the PDF."""

from __future__ import annotations

from uuid import UUID

from chassis.decider import NotFound
from pydantic import BaseModel

from gateway.page import Ask, page
from gateway.pages.invoice_view import InvoiceRow, State, invoices


class InvoicePage(BaseModel):
    invoice: InvoiceRow
    state: State
    days_overdue: int
    href: str
    """Of the PDF; empty if the firm has not sent it."""


async def my_invoice(ask: Ask, invoice: UUID) -> InvoiceRow:
    """NotFound also for an invoice of somebody else."""
    doc = await ask.rows.get(invoices, ask.tenant_id, invoice)
    if doc is None or not ask.me.asker.may_see(doc.customer, doc.site):
        raise NotFound()
    return doc


@page("/invoices/{invoice:uuid}", template="pages/invoice.html")
async def one_invoice(ask: Ask, invoice: UUID) -> InvoicePage:
    """An invoice with its lines. Amounts in cents."""
    doc = await my_invoice(ask, invoice)
    state = doc.state(ask.today)
    return InvoicePage(
        invoice=doc,
        state=state,
        days_overdue=(ask.today - doc.due_on).days if state == "overdue" else 0,
        href=f"/files/invoices/{invoice}" if doc.document else "",
    )
