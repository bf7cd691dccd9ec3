"""A container is ordered, placed, exchanged, emptied and fetched, with one open order at a time."""

from __future__ import annotations

from typing import assert_never

from chassis.decider import Asked, Decider
from contracts.base import Event
from contracts.orders import (
    CancelOrder,
    NoteAcceptance,
    NoteCancellation,
    NoteCompletion,
    NoteDispatch,
    NoteRefusal,
    OrderContainer,
    OrderService,
    RecordContainer,
    RecordOrder,
)

from orders.life import Container, evolve
from orders.ordering import cancel, needs, order_container, order_service
from orders.reports import Note, note, record_container, record_order, refuse_customers

Commands = OrderContainer | OrderService | CancelOrder | RecordContainer | RecordOrder | Note


def decide(command: Commands, state: Container, asked: Asked) -> list[Event]:
    match command:
        case OrderContainer():
            return order_container(command, state, asked)
        case OrderService():
            return order_service(command, state, asked)
        case CancelOrder():
            return cancel(command, state, asked)
        case RecordContainer():
            refuse_customers(asked)
            return record_container(command, state)
        case RecordOrder():
            refuse_customers(asked)
            return record_order(command, state)
        case NoteAcceptance() | NoteDispatch() | NoteCompletion() | NoteRefusal() | NoteCancellation():
            refuse_customers(asked)
            return note(command, state)
        case _:
            assert_never(command)


def stream(command: Commands) -> str:
    if not isinstance(command, RecordOrder):
        return f"container:{command.container}"
    # What the firm drove without a container that the portal knows stands for itself.
    return f"container:{command.haul.container}" if command.haul.container else f"erp-order:{command.order}"


container = Decider(
    name="container",
    commands=(
        OrderContainer,
        OrderService,
        CancelOrder,
        RecordContainer,
        RecordOrder,
        NoteAcceptance,
        NoteDispatch,
        NoteCompletion,
        NoteRefusal,
        NoteCancellation,
    ),
    initial=Container(),
    decide=decide,
    evolve=evolve,
    stream=stream,
    needs=needs,
)
