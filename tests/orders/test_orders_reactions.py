"""The bridge's reports become orders' own commands."""

from datetime import date

from contracts.erp import (
    ContainerReported,
    OrderClosed,
    OrderConverted,
    OrderDeclined,
    OrderPlanned,
    OrderReported,
    OrderWithdrawn,
    TransferCompleted,
)
from contracts.orders import NoteOrdersLoaded, RecordContainer, RecordOrder
from contracts.values import ContainerStatus, OrderKind, OrderStatus, Window
from given_orders import (
    CONTAINER,
    CUSTOMER,
    DAY,
    META,
    ORDER,
    SECOND,
    SITE,
    accept,
    complete,
    dispatch,
    haul,
    refuse,
    withdraw,
)
from orders import reactions


# C7
def test_a_reported_container_is_recorded() -> None:
    report = ContainerReported(
        container=CONTAINER,
        customer=CUSTOMER,
        site=SECOND,
        number="M-99",
        haul=haul(kind=OrderKind.placement, container=None),
        status=ContainerStatus.standing,
        since=DAY,
    )
    [command] = reactions.container_reported(report, META)
    assert isinstance(command, RecordContainer)
    assert (command.container, command.customer, command.number) == (CONTAINER, CUSTOMER, "M-99")
    assert (command.haul.site, command.haul.container, command.haul.container_number) == (SECOND, CONTAINER, "M-99")
    assert (command.status, command.since) == (ContainerStatus.standing, DAY)


# C8
def test_a_reported_order_is_recorded_with_everything_that_was_reported() -> None:
    report = OrderReported(
        order=ORDER,
        customer=CUSTOMER,
        site=SITE,
        container=CONTAINER,
        number="A-1001",
        haul=haul(container=None),
        status=OrderStatus.completed,
        placed_on=date(2026, 2, 1),
        desired=DAY,
        planned=Window(day=DAY),
        completed_on=DAY,
        weight=4200,
        note="x" * 3000,
    )
    [command] = reactions.order_reported(report, META)
    assert isinstance(command, RecordOrder)
    assert command.haul == haul()
    assert command.note == "x" * 2000
    same = {"order", "customer", "number", "status", "placed_on", "desired", "planned", "completed_on", "weight"}
    assert {name: value for name, value in command if name in same} == {
        name: value for name, value in report if name in same
    }


# C34, C35, C37
def test_the_way_of_an_order_in_the_erp_is_noted() -> None:
    ids = {"order": ORDER, "customer": CUSTOMER, "container": CONTAINER}
    assert reactions.order_converted(OrderConverted(**ids, number="F-1"), META) == [accept()]
    planned = OrderPlanned(**ids, planned=Window(day=DAY), vehicle="K-HT 12")
    assert reactions.order_planned(planned, META) == [dispatch()]
    closed = OrderClosed(**ids, completed_on=DAY, weight=4200, container_number="M-17")
    assert reactions.order_closed(closed, META) == [complete(weight=4200, container_number="M-17")]
    declined = OrderDeclined(**ids, reason="Die Zufahrt ist zu schmal.")
    assert reactions.order_declined(declined, META) == [refuse()]
    assert reactions.order_withdrawn(OrderWithdrawn(**ids, reason="Fahrzeug ausgefallen"), META) == [withdraw()]


def test_a_long_reason_is_cut_and_not_lost() -> None:
    withdrawn = OrderWithdrawn(order=ORDER, customer=CUSTOMER, container=CONTAINER, reason="x" * 900)
    [command] = reactions.order_withdrawn(withdrawn, META)
    assert command.model_dump()["reason"] == "x" * 500


# C10
def test_the_end_of_the_transfer_is_the_end_of_the_orders_too() -> None:
    done = TransferCompleted(customer=CUSTOMER)
    assert reactions.transfer_completed(done, META) == [NoteOrdersLoaded(customer=CUSTOMER)]
