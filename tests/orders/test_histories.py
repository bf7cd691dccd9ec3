"""Random histories of a container, walked by users and the ERP at once, never break its promises."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from chassis.decider import Refused
from contracts.base import Command, Event
from contracts.orders import CancelOrder, OrderContainer, OrderPlaced, OrderService
from contracts.values import ContainerStatus, OrderKind, OrderStatus, Window
from given_orders import (
    BIN,
    CONTAINER,
    CUSTOMER,
    MARIA,
    OTHER,
    PAPER,
    READER,
    SECOND,
    SITE,
    STRANGER,
    accept,
    asked,
    cancel,
    complete,
    dispatch,
    haul,
    order_container,
    order_service,
    record_container,
    record_order,
    refuse,
    who_asks,
    withdraw,
)
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from orders.container import container
from orders.life import OPEN, Container, Order

ORDERS = st.sampled_from([UUID(int=number) for number in range(50, 55)])
DAYS = st.integers(-3, 20).map(lambda days: date(2026, 3, 2) + timedelta(days))
KINDS = st.sampled_from(OrderKind)
PLANS = st.builds(Window, day=DAYS)
HAULS = st.builds(
    haul,
    kind=KINDS,
    site=st.sampled_from([SITE, SECOND]),
    waste_type=st.just(PAPER),
    container_type=st.just(BIN),
    container_number=st.sampled_from([None, "M-17"]),
)
ASKERS = st.sampled_from([MARIA, MARIA, MARIA, READER, STRANGER])


class Life(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.state: Container = container.initial
        self.said: list[Event] = []

    def ask(self, command: Command, who: Any = None) -> None:
        before, length = self.state, len(self.said)
        asker = who or who_asks(command)
        try:
            events = container.decide(command, before, asked(asker))
        except Refused:
            assert not asker.trusted, f"a report was refused: {command!r}"
            assert (self.state, len(self.said)) == (before, length)
            return
        for event in events:
            if isinstance(event, OrderPlaced):
                self.check_placed(event, before)
            self.state = container.evolve(self.state, event)
            self.said.append(event)
            assert type(event).read(event.model_dump_json()) == event
        assert list(container.decide(command, self.state, asked(asker))) == [], "said again, it changed something"

    def check_placed(self, event: OrderPlaced, before: Container) -> None:
        open_orders = [order for order in before.orders.values() if is_open(order, event.customer)]
        assert open_orders == [], "two open orders on a container"
        assert event.order not in before.orders
        if event.haul.kind is OrderKind.placement:
            assert before == container.initial
        else:
            assert before.status is ContainerStatus.standing, "a follow-up before the placement was completed"
            placements = [order for order in before.orders.values() if order.haul.kind is OrderKind.placement]
            assert not any(is_open(order, event.customer) for order in placements)

    @rule(order=ORDERS, day=DAYS, who=ASKERS)
    def a_container_is_ordered(self, order: UUID, day: date, who: Any) -> None:
        self.ask(order_container(order=order, desired=day, waste_type=PAPER, container_type=BIN), who)

    @rule(order=ORDERS, kind=KINDS, day=st.none() | DAYS, who=ASKERS)
    def a_service_is_ordered(self, order: UUID, kind: OrderKind, day: date | None, who: Any) -> None:
        self.ask(order_service(order=order, kind=kind, desired=day), who)

    @rule(order=ORDERS, who=ASKERS)
    def an_order_is_called_off(self, order: UUID, who: Any) -> None:
        self.ask(cancel(order), who)

    @rule(haul=HAULS, status=st.sampled_from(ContainerStatus), customer=st.sampled_from([CUSTOMER, CUSTOMER, OTHER]))
    def the_erp_reports_the_container(self, haul: Any, status: ContainerStatus, customer: UUID) -> None:
        self.ask(record_container(haul=haul, status=status, customer=customer))

    @rule(order=ORDERS, haul=HAULS, status=st.sampled_from(OrderStatus), planned=st.none() | PLANS)
    def the_erp_reports_an_order(self, order: UUID, haul: Any, status: OrderStatus, planned: Window | None) -> None:
        self.ask(record_order(order=order, haul=haul, status=status, planned=planned))

    @rule(order=ORDERS, number=st.sampled_from(["F-1", "F-2"]))
    def the_erp_accepts(self, order: UUID, number: str) -> None:
        self.ask(accept(order, number))

    @rule(order=ORDERS, day=DAYS)
    def the_erp_plans(self, order: UUID, day: date) -> None:
        self.ask(dispatch(order, day))

    @rule(order=ORDERS, day=DAYS, weight=st.none() | st.integers(0, 9000), number=st.sampled_from([None, "M-18"]))
    def the_erp_closes(self, order: UUID, day: date, weight: int | None, number: str | None) -> None:
        self.ask(complete(order, completed_on=day, weight=weight, container_number=number))

    @rule(order=ORDERS)
    def the_erp_refuses(self, order: UUID) -> None:
        self.ask(refuse(order))

    @rule(order=ORDERS)
    def the_erp_cancels(self, order: UUID) -> None:
        self.ask(withdraw(order))

    @invariant()
    def at_most_one_order_of_the_portal_is_open(self) -> None:
        ours = [order for order in self.state.orders.values() if order.placed and is_open(order, self.state.customer)]
        assert len(ours) <= 1

    @invariant()
    def what_is_known_is_what_was_said(self) -> None:
        state = container.initial
        for event in self.said:
            state = container.evolve(state, event)
        assert state == self.state

    @invariant()
    def an_ordered_container_has_somebody_who_waits_for_it(self) -> None:
        assert self.state.status is None or self.state.customer is not None


def is_open(order: Order, customer: UUID | None) -> bool:
    return order.status in OPEN and order.customer == customer


# C31, C38, C43
TestLife = Life.TestCase
TestLife.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)


def test_evolve_takes_any_event_in_any_order() -> None:
    """Rules may get stricter; what was said stays loadable."""
    life = Life()
    life.ask(order_container())
    life.ask(dispatch())
    life.ask(complete(container_number="M-17"))
    life.ask(order_service())
    for event in reversed(life.said):
        assert isinstance(container.evolve(container.initial, event), Container)
    state = container.initial
    for event in [*reversed(life.said), *life.said]:
        state = container.evolve(state, event)
    assert state.status is ContainerStatus.standing


def test_commands_name_their_container() -> None:
    asked_for: list[OrderContainer | OrderService | CancelOrder] = [order_container(), order_service(), cancel()]
    assert {container.stream(command) for command in asked_for} == {f"container:{CONTAINER}"}
