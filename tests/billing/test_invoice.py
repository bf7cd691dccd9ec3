"""Invoices are recorded as the ERP reports them, each change once."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from billing.invoice import FirstLoad, Invoice, decide, decide_load, evolve, first_load, invoice
from chassis.decider import Asked, Asker, NotAllowed
from contracts.billing import InvoiceRecorded, InvoicesLoaded, InvoiceStatus, NoteInvoicesLoaded, RecordInvoice
from contracts.values import File, InvoiceLine, Role

TENANT, CUSTOMER, INVOICE = uuid4(), uuid4(), uuid4()
ERP = Asked(Asker(TENANT, "erp"), datetime(2026, 3, 2, tzinfo=UTC))
USER = Asked(
    Asker(TENANT, "user", user=uuid4(), customer=CUSTOMER, role=Role.administrator), datetime(2026, 3, 2, tzinfo=UTC)
)
PDF = File(sha256="ab" * 32, name="RE-2026-0815.pdf", media_type="application/pdf", size=48_211)
LINE = InvoiceLine(text="Bauschutt, 7 m³", quantity=Decimal("2.5"), unit="t", unit_price=9000, amount=22500)


def record(**changes: Any) -> RecordInvoice:
    known: dict[str, Any] = {
        "invoice": INVOICE,
        "customer": CUSTOMER,
        "site": None,
        "site_name": "Baustelle Hafenstraße",
        "number": "RE-2026-0815",
        "issued_on": date(2026, 3, 1),
        "due_on": date(2026, 3, 15),
        "net": 22500,
        "tax": 4275,
        "gross": 26775,
        "status": InvoiceStatus.open,
        "lines": (LINE,),
        "document": PDF,
    }
    return RecordInvoice(**known | changes)


def known(*commands: RecordInvoice) -> Invoice:
    state = invoice.initial
    for command in commands:
        for event in decide(command, state, ERP):
            state = evolve(state, event)
    return state


# C9
def test_an_invoice_is_recorded_whole_with_its_lines_and_its_document() -> None:
    [event] = decide(record(), Invoice(), ERP)
    assert isinstance(event, InvoiceRecorded)
    assert (event.number, event.gross, event.lines, event.document) == ("RE-2026-0815", 26775, (LINE,), PDF)
    assert dict(event) == dict(record())


def test_the_same_report_again_changes_nothing() -> None:
    assert decide(record(), known(record()), ERP) == []


@pytest.mark.parametrize(
    "change",
    [
        {"status": InvoiceStatus.paid},
        {"status": InvoiceStatus.cancelled},
        {"due_on": date(2026, 4, 1)},
        {"document": None},
        {"lines": ()},
        {"gross": 26776},
    ],
)
def test_every_difference_is_recorded(change: dict[str, Any]) -> None:
    [event] = decide(record(**change), known(record()), ERP)
    assert dict(event) == dict(record(**change))


def test_an_invoice_may_go_back_to_what_it_was() -> None:
    before = known(record(), record(status=InvoiceStatus.paid))
    assert [event.status for event in decide(record(), before, ERP) if isinstance(event, InvoiceRecorded)] == ["open"]


# C9, C10
def test_the_end_of_the_first_load_is_noted_once() -> None:
    command = NoteInvoicesLoaded(customer=CUSTOMER)
    said = decide_load(command, FirstLoad(), ERP)
    assert said == [InvoicesLoaded(customer=CUSTOMER)]
    assert decide_load(command, first_load.evolve(FirstLoad(), said[0]), ERP) == []


def test_customers_cannot_write_invoices() -> None:
    with pytest.raises(NotAllowed):
        decide(record(), Invoice(), USER)
    with pytest.raises(NotAllowed):
        decide_load(NoteInvoicesLoaded(customer=CUSTOMER), FirstLoad(), USER)


def test_each_invoice_and_each_customer_has_a_stream_of_its_own() -> None:
    streams = {invoice.stream(record(invoice=UUID(int=number))) for number in range(3)}
    streams.add(first_load.stream(NoteInvoicesLoaded(customer=UUID(int=1))))
    assert len(streams) == 4
