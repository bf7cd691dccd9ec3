"""A customer's first load is over when all containers and orders have arrived."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.decider import Asked, Decider
from contracts.base import Event
from contracts.orders import NoteOrdersLoaded, OrdersLoaded

from orders.reports import refuse_customers


@dataclass(frozen=True)
class FirstLoad:
    done: bool = False


def decide(command: NoteOrdersLoaded, state: FirstLoad, asked: Asked) -> list[Event]:
    refuse_customers(asked)
    return [] if state.done else [OrdersLoaded(customer=command.customer)]


first_load = Decider(
    name="first-load",
    commands=(NoteOrdersLoaded,),
    initial=FirstLoad(),
    decide=decide,
    evolve=lambda state, event: FirstLoad(done=True),
    stream=lambda command: f"customer:{command.customer}",
)
