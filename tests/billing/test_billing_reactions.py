"""The bridge's reports become billing's own commands, field by field."""

from datetime import UTC, date, datetime
from uuid import uuid4

from billing.reactions import invoice_reported, transfer_completed
from chassis.events import Meta
from contracts.billing import InvoiceStatus, NoteInvoicesLoaded, RecordInvoice
from contracts.erp import InvoiceReported, TransferCompleted

CUSTOMER = uuid4()
META = Meta(
    id=uuid4(),
    tenant=uuid4(),
    stream="customer",
    version=1,
    type="InvoiceReported",
    room="erp-bridge",
    partition=0,
    number=1,
    time=datetime(2026, 3, 2, tzinfo=UTC),
    user=None,
    user_name="",
    customer=CUSTOMER,
    causation=None,
    request=None,
    traceparent=None,
)


# C9
def test_a_reported_invoice_is_recorded_with_everything_that_was_reported() -> None:
    report = InvoiceReported(
        invoice=uuid4(),
        customer=CUSTOMER,
        site=uuid4(),
        site_name="Werk Süd",
        number="RE-1",
        issued_on=date(2026, 1, 5),
        due_on=date(2026, 1, 19),
        net=10000,
        tax=1900,
        gross=11900,
        status=InvoiceStatus.paid,
        lines=(),
        document=None,
    )
    [command] = invoice_reported(report, META)
    assert isinstance(command, RecordInvoice)
    assert dict(command) == dict(report)


# C10
def test_the_end_of_the_transfer_is_the_end_of_the_invoices_too() -> None:
    assert transfer_completed(TransferCompleted(customer=CUSTOMER), META) == [NoteInvoicesLoaded(customer=CUSTOMER)]
