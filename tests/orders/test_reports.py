"""What the ERP reports, in every state of an order: taken as said, never refused, never twice."""

from datetime import date

import pytest
from chassis.decider import Asker, NotAllowed
from contracts.base import Command
from contracts.orders import (
    OrderAccepted,
    OrderCancelled,
    OrderCompleted,
    OrderDispatched,
    OrderRefused,
    OrderRescheduled,
)
from contracts.values import ContainerStatus, OrderKind, Window
from given_orders import (
    BOSS,
    CONTAINER,
    CUSTOMER,
    DAY,
    NEXT,
    ORDER,
    OTHER,
    SITE,
    accept,
    after,
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
from orders.life import Container

LATER = date(2026, 3, 9)
PLACED = (order_container(),)
ACCEPTED = (*PLACED, accept())
DISPATCHED = (*ACCEPTED, dispatch())
COMPLETED = (*DISPATCHED, complete(container_number="M-17"))
REFUSED = (*PLACED, refuse())
CANCELLED = (*PLACED, cancel())
WITHDRAWN = (*ACCEPTED, withdraw())


# C34, C35, C37, C38
@pytest.mark.parametrize(
    ("history", "report", "said"),
    [
        (PLACED, accept(), [OrderAccepted]),
        (PLACED, dispatch(), [OrderDispatched]),
        (PLACED, complete(), [OrderCompleted]),
        (PLACED, refuse(), [OrderRefused]),
        (PLACED, withdraw(), [OrderCancelled]),
        (ACCEPTED, accept(), []),
        (ACCEPTED, accept(number="F-2"), [OrderAccepted]),
        (ACCEPTED, dispatch(), [OrderDispatched]),
        (ACCEPTED, complete(), [OrderCompleted]),
        (ACCEPTED, refuse(), [OrderRefused]),
        (ACCEPTED, withdraw(), [OrderCancelled]),
        (DISPATCHED, accept(), []),
        (DISPATCHED, dispatch(), []),
        (DISPATCHED, dispatch(day=LATER), [OrderRescheduled]),
        (DISPATCHED, complete(), [OrderCompleted]),
        (DISPATCHED, refuse(), [OrderRefused]),
        (DISPATCHED, withdraw(), [OrderCancelled]),
        (COMPLETED, accept(), []),
        (COMPLETED, dispatch(), []),
        (COMPLETED, dispatch(day=LATER), []),
        (COMPLETED, complete(), []),
        (COMPLETED, complete(weight=4200), [OrderCompleted]),
        (COMPLETED, refuse(), []),
        (COMPLETED, withdraw(), []),
        (REFUSED, accept(), []),
        (REFUSED, dispatch(), [OrderDispatched]),
        (REFUSED, complete(), [OrderCompleted]),
        (REFUSED, refuse(), []),
        (REFUSED, withdraw(), []),
        (CANCELLED, accept(), []),
        (CANCELLED, dispatch(), [OrderDispatched]),
        (CANCELLED, complete(), [OrderCompleted]),
        (CANCELLED, refuse(), []),
        (CANCELLED, withdraw(), []),
        (WITHDRAWN, accept(), []),
        (WITHDRAWN, dispatch(), [OrderDispatched]),
        (WITHDRAWN, complete(), [OrderCompleted]),
        (WITHDRAWN, withdraw(), []),
    ],
)
def test_the_way_of_an_order(history: tuple[Command, ...], report: Command, said: list[type]) -> None:
    assert [type(event) for event in decide(report, after(*history))] == said


@pytest.mark.parametrize("report", [accept(), dispatch(), complete(), refuse(), withdraw()])
def test_a_report_about_an_unknown_or_foreign_order_says_nothing(report: Command) -> None:
    assert decide(report, Container()) == []
    assert decide(report, after(order_container(order=NEXT))) == []
    assert decide(report.model_copy(update={"customer": OTHER}), after(*PLACED)) == []


@pytest.mark.parametrize(
    "report", [accept(), dispatch(), complete(), refuse(), withdraw(), record_container(), record_order()]
)
@pytest.mark.parametrize("who", [BOSS, Asker(BOSS.tenant, "guest")])
def test_customers_cannot_report(report: Command, who: Asker) -> None:
    with pytest.raises(NotAllowed):
        decide(report, after(*PLACED), who)


# C35, C37
def test_a_plan_says_when_the_driver_comes() -> None:
    [event] = decide(dispatch(), after(*ACCEPTED))
    assert event == OrderDispatched(
        order=ORDER,
        customer=CUSTOMER,
        site=SITE,
        container=CONTAINER,
        kind=OrderKind.placement,
        planned=Window(day=DAY),
        vehicle="K-HT 12",
    )


# C36, C37
def test_a_new_plan_names_the_one_before() -> None:
    [event] = decide(dispatch(day=LATER), after(*DISPATCHED))
    assert isinstance(event, OrderRescheduled)
    assert (event.before, event.planned) == (Window(day=DAY), Window(day=LATER))
    assert decide(dispatch(day=LATER), folded([event], after(*DISPATCHED))) == []


# C32, C38
def test_a_completed_placement_stands_with_its_number() -> None:
    state = after(*COMPLETED)
    assert (state.status, state.number, state.since) == (ContainerStatus.standing, "M-17", DAY)
    assert state.open is None


@pytest.mark.parametrize(
    ("kind", "status", "number"),
    [
        (OrderKind.exchange, ContainerStatus.standing, "M-18"),
        (OrderKind.emptying, ContainerStatus.standing, "M-17"),
        (OrderKind.removal, ContainerStatus.gone, "M-17"),
    ],
)
def test_what_a_completed_order_leaves_behind(kind: OrderKind, status: ContainerStatus, number: str) -> None:
    standing = after(record_container())
    # The type of the model container allows no emptying; the ERP may report one all the same.
    open_order = record_order(haul=haul(kind=kind))
    state = folded(decide(open_order, standing), standing)
    [event] = decide(complete(container_number="M-18"), state)
    assert isinstance(event, OrderCompleted)
    assert event.kind is kind
    done = folded([event], state)
    assert (done.status, done.number) == (status, number)
    assert done.open is None


def test_a_weight_that_comes_later_changes_the_order_and_not_the_container() -> None:
    history = (
        record_container(),
        order_service(order=ORDER),
        complete(container_number="M-18"),
        order_service(order=NEXT),
        complete(NEXT, container_number="M-19"),
    )
    state = after(*history, complete(weight=4200))
    assert state.number == "M-19"
    assert state.orders[ORDER].weight == 4200
    assert decide(complete(), state) == []  # repeated without the weight: it stays known


def test_a_plan_that_crossed_the_cancellation_opens_the_order_again() -> None:
    state = after(*CANCELLED, dispatch())
    assert state.status is ContainerStatus.ordered
    assert state.open is not None
    assert state.open.order == ORDER
    assert after(*CANCELLED, dispatch(), withdraw()).status is ContainerStatus.gone
    assert after(*CANCELLED, dispatch(), complete()).status is ContainerStatus.standing


def test_a_plan_that_crossed_says_nothing_when_the_customer_has_ordered_anew() -> None:
    anew = (record_container(), order_service(order=ORDER), cancel(), order_service(order=NEXT))
    assert decide(dispatch(), after(*anew)) == []
    assert len(decide(complete(), after(*anew))) == 1
