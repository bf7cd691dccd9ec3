"""What the ERP reports about invoices is taken over as it stands."""

from __future__ import annotations

from chassis.events import Meta
from chassis.room import Reactions
from contracts.base import Command
from contracts.billing import NoteInvoicesLoaded, RecordInvoice
from contracts.erp import InvoiceReported, TransferCompleted

reactions = Reactions()


@reactions.on(InvoiceReported)
def invoice_reported(event: InvoiceReported, meta: Meta) -> list[Command]:
    return [RecordInvoice(**dict(event))]


@reactions.on(TransferCompleted)
def transfer_completed(event: TransferCompleted, meta: Meta) -> list[Command]:
    # All that the ERP reports of one customer comes in order: the invoices of the first load are recorded by now.
    return [NoteInvoicesLoaded(customer=event.customer)]
