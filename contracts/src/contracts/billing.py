"""Invoices as the ERP wrote them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from contracts.base import Command, Event
from contracts.values import Cents, File, InvoiceLine, Number


class InvoiceStatus(StrEnum):
    open = "open"
    paid = "paid"
    cancelled = "cancelled"


class RecordInvoice(Command):
    """Takes over an invoice from the ERP, with its PDF."""

    invoice: UUID
    customer: UUID
    site: UUID | None = None
    site_name: str = ""
    number: Number
    issued_on: date
    due_on: date
    net: Cents
    tax: Cents
    gross: Cents
    status: InvoiceStatus
    lines: tuple[InvoiceLine, ...] = ()
    document: File | None = None


class InvoiceRecorded(Event):
    """An invoice came from the ERP, new or with another state."""

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


class NoteInvoicesLoaded(Command):
    """All invoices of the first load have been taken over."""

    customer: UUID


class InvoicesLoaded(Event):
    """All invoices of a customer's first load have arrived."""

    customer: UUID
