"""Containers and orders that began in the ERP: recorded once, with every difference."""

from datetime import date
from typing import Any

import pytest
from chassis.decider import NotAllowed
from contracts.base import Command
from contracts.orders import (
    ContainerRecorded,
    NoteOrdersLoaded,
    OrderAccepted,
    OrderCancelled,
    OrderCompleted,
    OrderDispatched,
    OrderRecorded,
    OrderRescheduled,
    OrdersLoaded,
)
from contracts.values import ContainerStatus, OrderKind, OrderStatus, Window
from given_orders import (
    BOSS,
    CONTAINER,
    CUSTOMER,
    DAY,
    ERP,
    ORDER,
    OTHER,
    SECOND,
    SITE,
    accept,
    after,
    asked,
    cancel,
    complete,
    decide,
    dispatch,
    folded,
    haul,
    order_container,
    order_service,
    record_container,
    record_order,
    refuse,
    withdraw,
)
from orders.container import container
from orders.first_load import FirstLoad, first_load
from orders.life import Container

LATER = date(2026, 3, 9)
PLACED = (order_container(),)
ACCEPTED = (*PLACED, accept())
DISPATCHED = (*ACCEPTED, dispatch())
COMPLETED = (*DISPATCHED, complete(container_number="M-17"))
REFUSED = (*PLACED, refuse())
CANCELLED = (*PLACED, cancel())
WITHDRAWN = (*ACCEPTED, withdraw())


# C7
def test_a_container_is_recorded_once_and_with_every_difference() -> None:
    [event] = decide(record_container(), Container())
    assert isinstance(event, ContainerRecorded)
    assert (event.container, event.customer, event.site, event.number) == (CONTAINER, CUSTOMER, SITE, "M-17")
    assert (event.status, event.since) == (ContainerStatus.standing, date(2025, 9, 1))
    standing = after(record_container())
    assert decide(record_container(), standing) == []
    differences: list[dict[str, Any]] = [
        {"number": "M-18"},
        {"status": ContainerStatus.gone},
        {"since": None},
        {"haul": haul(kind=OrderKind.placement, site=SECOND)},
        {"customer": OTHER},
    ]
    for difference in differences:
        [event] = decide(record_container(**difference), standing)
        assert isinstance(event, ContainerRecorded)
        assert decide(record_container(**difference), folded([event], standing)) == []


def test_a_container_that_a_report_calls_standing_again_is_recorded_again() -> None:
    fetched = after(record_container(), order_service(order=ORDER, kind=OrderKind.removal), complete())
    assert fetched.status is ContainerStatus.gone
    assert [type(event) for event in decide(record_container(), fetched)] == [ContainerRecorded]


# C8
@pytest.mark.parametrize("status", list(OrderStatus))
def test_an_order_of_the_erp_is_recorded_once_in_its_present_state(status: OrderStatus) -> None:
    command = record_order(status=status)
    [event] = decide(command, Container())
    assert isinstance(event, OrderRecorded)
    assert (event.order, event.container, event.site, event.status) == (ORDER, CONTAINER, SITE, status)
    assert decide(command, after(command)) == []
    assert decide(command, after(record_container(), command)) == []


def test_every_new_state_of_an_order_of_the_erp_is_recorded() -> None:
    state = after(record_container())
    for status in (OrderStatus.placed, OrderStatus.accepted, OrderStatus.dispatched, OrderStatus.completed):
        [event] = decide(record_order(status=status), state)
        state = folded([event], state)
    assert state.open is None
    assert len(state.orders) == 1


def test_what_the_erp_recorded_before_it_planned_counts_again_when_it_says_it_again() -> None:
    planned = after(record_container(), record_order(), dispatch())
    [event] = decide(record_order(), planned)
    assert isinstance(event, OrderRecorded)
    assert folded([event], planned).orders[ORDER].status is OrderStatus.accepted


# C8
def test_an_order_without_a_container_stands_for_itself() -> None:
    alone = record_order(haul=haul(container=None, container_number=None))
    assert container.stream(alone) == f"erp-order:{ORDER}"
    assert container.stream(record_order()) == container.stream(accept()) == f"container:{CONTAINER}"
    [event] = decide(alone, Container())
    assert isinstance(event, OrderRecorded)
    assert event.container is None
    assert decide(alone, after(alone)) == []


@pytest.mark.parametrize(
    ("history", "changes", "said"),
    [
        (PLACED, {"status": OrderStatus.placed}, []),
        (PLACED, {"status": OrderStatus.accepted}, [OrderAccepted]),
        (ACCEPTED, {"status": OrderStatus.accepted, "number": "F-1"}, []),
        (ACCEPTED, {"status": OrderStatus.dispatched}, []),
        (ACCEPTED, {"status": OrderStatus.dispatched, "planned": Window(day=DAY)}, [OrderDispatched]),
        (DISPATCHED, {"status": OrderStatus.dispatched, "planned": Window(day=LATER)}, [OrderRescheduled]),
        (DISPATCHED, {"status": OrderStatus.completed, "completed_on": DAY}, [OrderCompleted]),
        (COMPLETED, {"status": OrderStatus.completed, "completed_on": DAY}, []),
        (DISPATCHED, {"status": OrderStatus.cancelled}, [OrderCancelled]),
        (DISPATCHED, {"status": OrderStatus.refused}, [OrderCancelled]),
        (PLACED, {"haul": haul(container=None)}, []),
    ],
)
def test_an_order_of_the_portal_among_those_of_the_erp_is_followed_not_recorded(
    history: tuple[Command, ...], changes: dict[str, Any], said: list[type]
) -> None:
    assert [type(event) for event in decide(record_order(**changes), after(*history))] == said


# C7, C8, C10
def test_the_end_of_the_first_load_is_noted_once() -> None:
    command = NoteOrdersLoaded(customer=CUSTOMER)
    said = first_load.decide(command, FirstLoad(), asked(ERP))
    assert said == [OrdersLoaded(customer=CUSTOMER)]
    assert first_load.decide(command, first_load.evolve(FirstLoad(), said[0]), asked(ERP)) == []
    with pytest.raises(NotAllowed):
        first_load.decide(command, FirstLoad(), asked(BOSS))
    assert first_load.stream(command) == f"customer:{CUSTOMER}"
