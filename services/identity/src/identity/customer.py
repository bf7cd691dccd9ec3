"""The firm switches the portal on for a customer; once all data has arrived, the first user is invited."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chassis.decider import Asked, Decider, Invalid, NotAllowed
from contracts.base import Command, Event
from contracts.identity.customer import (
    ActivateCustomer,
    CustomerActivated,
    CustomerDeactivated,
    CustomerRecorded,
    DeactivateCustomer,
    FirstInvitationRenewed,
    FirstInvitationRevoked,
    NoteTransfer,
    RecordCustomer,
    RenewFirstInvitation,
    RevokeFirstInvitation,
    TransferFinished,
)

from identity.address import checked

PARTS = frozenset({"base", "orders", "invoices"})


class PartArrived(Event):
    """One part of a customer's first load has been taken over: base data, orders or invoices."""

    part: str


@dataclass(frozen=True)
class Customer:
    """Base data, whether the portal is on and for whom first, and how far the first load has come."""

    latest: CustomerRecorded | None = None
    active: bool = False
    email: str = ""
    parts: frozenset[str] = frozenset()
    finished_for: str = ""


def decide(command: Command, state: Customer, asked: Asked) -> list[Event]:
    if not asked.who.trusted:
        raise NotAllowed("Only the firm opens and closes the portal of a customer.")
    match command:
        case RecordCustomer():
            recorded = CustomerRecorded(**dict(command))
            return [] if recorded == state.latest else [recorded]
        case ActivateCustomer():
            if asked.who.kind != "room" and checked(command.email) is None:
                # Through the bridge it has happened already; then the invitation fails, and says so.
                raise Invalid("%(email)s is not a valid e-mail address.", field="email", email=command.email)
            return activate(command, state)
        case DeactivateCustomer():
            return [CustomerDeactivated(customer=command.customer)] if state.active else []
        case NoteTransfer():
            if command.part in state.parts:
                return []
            return with_the_end(command, state, [PartArrived(part=command.part)])
        case RenewFirstInvitation() if state.active and state.email == state.finished_for:
            return [FirstInvitationRenewed(customer=command.customer, email=state.email)]
        case RevokeFirstInvitation() if state.email and state.email == state.finished_for:
            return [FirstInvitationRevoked(customer=command.customer, email=state.email)]
        case _:
            # Before the first invitation there is nothing to renew and nothing to take back.
            return []


def activate(command: ActivateCustomer, state: Customer) -> list[Event]:
    email = command.email.lower()
    if state.active and state.email == email:
        return []
    events: list[Event] = []
    if state.email not in ("", email) and state.email == state.finished_for:
        # The ERP corrected the address: who got the first mail by mistake must not be able to register.
        events.append(FirstInvitationRevoked(customer=command.customer, email=state.email))
    events.append(CustomerActivated(customer=command.customer, email=email))
    return with_the_end(command, state, events)


def with_the_end(command: ActivateCustomer | NoteTransfer, state: Customer, events: list[Event]) -> list[Event]:
    """Adds `TransferFinished`, once for an address, when the portal is on and everything is here."""
    for event in events:
        state = evolve(state, event)
    if state.active and state.parts == PARTS and state.email != state.finished_for:
        return [*events, TransferFinished(customer=command.customer, email=state.email)]
    return events


def evolve(state: Customer, event: Event) -> Customer:
    match event:
        case CustomerRecorded():
            return replace(state, latest=event)
        case CustomerActivated():
            return replace(state, active=True, email=event.email)
        case CustomerDeactivated():
            return replace(state, active=False)
        case PartArrived():
            return replace(state, parts=state.parts | {event.part})
        case TransferFinished():
            return replace(state, finished_for=event.email)
        case _:
            return state


customer = Decider(
    name="customer",
    commands=(
        RecordCustomer,
        ActivateCustomer,
        DeactivateCustomer,
        NoteTransfer,
        RenewFirstInvitation,
        RevokeFirstInvitation,
    ),
    initial=Customer(),
    decide=decide,
    evolve=evolve,
    stream=lambda command: f"customer:{command.customer}",
)
