"""Customers find every invoice that the firm has written, with its present state."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chassis.decider import Asked, Decider, NotAllowed
from contracts.base import Event
from contracts.billing import InvoiceRecorded, InvoicesLoaded, NoteInvoicesLoaded, RecordInvoice


@dataclass(frozen=True)
class Invoice:
    """The invoice as the ERP last reported it."""

    latest: InvoiceRecorded | None = None


def decide(command: RecordInvoice, state: Invoice, asked: Asked) -> list[Event]:
    refuse_customers(asked)
    recorded = InvoiceRecorded(**dict(command))
    return [] if recorded == state.latest else [recorded]


def evolve(state: Invoice, event: Event) -> Invoice:
    return replace(state, latest=event) if isinstance(event, InvoiceRecorded) else state


invoice = Decider(
    name="invoice",
    commands=(RecordInvoice,),
    initial=Invoice(),
    decide=decide,
    evolve=evolve,
    stream=lambda command: f"invoice:{command.invoice}",
)


@dataclass(frozen=True)
class FirstLoad:
    done: bool = False


def decide_load(command: NoteInvoicesLoaded, state: FirstLoad, asked: Asked) -> list[Event]:
    refuse_customers(asked)
    return [] if state.done else [InvoicesLoaded(customer=command.customer)]


first_load = Decider(
    name="first-load",
    commands=(NoteInvoicesLoaded,),
    initial=FirstLoad(),
    decide=decide_load,
    evolve=lambda state, event: FirstLoad(done=True),
    stream=lambda command: f"customer:{command.customer}",
)


def refuse_customers(asked: Asked) -> None:
    if not asked.who.trusted:
        raise NotAllowed("Invoices are written by the firm only.")
