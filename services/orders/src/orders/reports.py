"""What the firm reports about containers and orders is taken as it is said: the ERP is in charge."""

from __future__ import annotations

from typing import Any, assert_never

from chassis.decider import Asked, NotAllowed
from contracts.base import Event
from contracts.orders import (
    ContainerRecorded,
    NoteAcceptance,
    NoteCancellation,
    NoteCompletion,
    NoteDispatch,
    NoteRefusal,
    OrderAccepted,
    OrderCancelled,
    OrderCompleted,
    OrderDispatched,
    OrderRecorded,
    OrderRefused,
    OrderRescheduled,
    RecordContainer,
    RecordOrder,
)
from contracts.values import OrderStatus

from orders.life import Container, Order

Note = NoteAcceptance | NoteDispatch | NoteCompletion | NoteRefusal | NoteCancellation


def refuse_customers(asked: Asked) -> None:
    if not asked.who.trusted:
        raise NotAllowed("Only the firm can report this.")


# -- containers and orders that began in the ERP -----------------------------------------------------------------------


def record_container(command: RecordContainer, state: Container) -> list[Event]:
    known = (state.customer, state.number, state.haul, state.status, state.since)
    if known == (command.customer, command.number, command.haul, command.status, command.since):
        return []
    return [ContainerRecorded(**dict(command), site=command.haul.site)]


def record_order(command: RecordOrder, state: Container) -> list[Event]:
    known = state.orders.get(command.order)
    if known and known.placed:
        return placed_here(command, known, state)
    event = order_recorded(command)
    return [] if known and known.recorded == event else [event]


def order_recorded(command: RecordOrder) -> OrderRecorded:
    return OrderRecorded(**dict(command), site=command.haul.site, container=command.haul.container)


def placed_here(command: RecordOrder, known: Order, state: Container) -> list[Event]:
    """The ERP reports an order of the portal among its own: what it says of the state counts, no more."""
    if command.haul.container is None:
        return []
    about: dict[str, Any] = {"container": command.haul.container, "order": command.order, "customer": command.customer}
    match command.status:
        case OrderStatus.placed:
            return []
        case OrderStatus.accepted:
            return note(NoteAcceptance(**about, number=command.number), state)
        case OrderStatus.dispatched if command.planned:
            return note(NoteDispatch(**about, planned=command.planned), state)
        case OrderStatus.dispatched:
            return []
        case OrderStatus.completed:
            return note(
                NoteCompletion(
                    **about,
                    completed_on=command.completed_on or known.completed_on or command.placed_on,
                    weight=command.weight,
                    container_number=command.haul.container_number,
                ),
                state,
            )
        case OrderStatus.refused | OrderStatus.cancelled:
            # A refusal among the ERP's own orders comes without a reason that a customer could read.
            return note(NoteCancellation(**about), state)
        case _:
            assert_never(command.status)


# -- the way of an order through the ERP -------------------------------------------------------------------------------


def note(command: Note, state: Container) -> list[Event]:
    """Late, repeated or contradicting reports yield nothing, or what can still be learned from them."""
    order = state.orders.get(command.order)
    if order is None or order.customer != command.customer:
        return []
    match command:
        case NoteAcceptance():
            return accepted(command, order)
        case NoteDispatch():
            return planned(command, order, state)
        case NoteCompletion():
            return completed(command, order)
        case NoteRefusal():
            return refused(command, order)
        case NoteCancellation():
            return cancelled(command, order)
        case _:
            assert_never(command)


def accepted(command: NoteAcceptance, order: Order) -> list[Event]:
    match order.status:
        case OrderStatus.placed:
            return [OrderAccepted(**about(command, order), number=command.number)]
        case OrderStatus.accepted if order.number != command.number:
            return [OrderAccepted(**about(command, order), number=command.number)]
        case OrderStatus.accepted | OrderStatus.dispatched | OrderStatus.completed:
            return []
        case OrderStatus.refused | OrderStatus.cancelled:
            return []
        case _:
            assert_never(order.status)


def planned(command: NoteDispatch, order: Order, state: Container) -> list[Event]:
    first = OrderDispatched(**about(command, order), planned=command.planned, vehicle=command.vehicle)
    match order.status:
        case OrderStatus.placed | OrderStatus.accepted:
            return [first]
        case OrderStatus.dispatched if order.planned is None:
            return [first]
        case OrderStatus.dispatched if order.planned == command.planned:
            return []
        case OrderStatus.dispatched:
            return [
                OrderRescheduled(
                    **about(command, order), planned=command.planned, before=order.planned, vehicle=command.vehicle
                )
            ]
        case OrderStatus.completed:
            return []
        case OrderStatus.refused | OrderStatus.cancelled:
            # Cancelling and planning crossed on their way. The driver will come, so the customer is told; unless the
            # customer has ordered anew meanwhile, for then the firm will sort it out and report again.
            return [] if state.open else [first]
        case _:
            assert_never(order.status)


def completed(command: NoteCompletion, order: Order) -> list[Event]:
    event = OrderCompleted(
        **about(command, order),
        completed_on=command.completed_on,
        weight=order.weight if command.weight is None else command.weight,
        container_number=command.container_number or order.container_number,
    )
    match order.status:
        case OrderStatus.placed | OrderStatus.accepted | OrderStatus.dispatched:
            return [event]
        case OrderStatus.refused | OrderStatus.cancelled:
            return [event]  # the driver was there, whatever was said before
        case OrderStatus.completed:
            known = (order.completed_on, order.weight, order.container_number)
            said = (event.completed_on, event.weight, event.container_number)
            return [] if known == said else [event]
        case _:
            assert_never(order.status)


def refused(command: NoteRefusal, order: Order) -> list[Event]:
    match order.status:
        case OrderStatus.placed | OrderStatus.accepted | OrderStatus.dispatched:
            return [OrderRefused(**about(command, order), reason=command.reason)]
        case OrderStatus.completed | OrderStatus.refused | OrderStatus.cancelled:
            return []
        case _:
            assert_never(order.status)


def cancelled(command: NoteCancellation, order: Order) -> list[Event]:
    match order.status:
        case OrderStatus.placed | OrderStatus.accepted | OrderStatus.dispatched:
            return [OrderCancelled(**about(command, order), reason=command.reason, by_customer=False)]
        case OrderStatus.completed | OrderStatus.refused | OrderStatus.cancelled:
            return []
        case _:
            assert_never(order.status)


def about(command: Note, order: Order) -> dict[str, Any]:
    return {
        "order": order.order,
        "customer": order.customer,
        "site": order.haul.site,
        "container": command.container,
        "kind": order.haul.kind,
    }
