"""What the pages know of containers and orders after any history, as tables."""

from datetime import date, time
from typing import Any
from uuid import UUID

import pytest
from contracts.base import Event
from contracts.identity.site import SiteRecorded
from contracts.orders import (
    ContainerRecorded,
    OrderAccepted,
    OrderCancelled,
    OrderCompleted,
    OrderDispatched,
    OrderPlaced,
    OrderRecorded,
    OrderRefused,
    OrderRescheduled,
)
from contracts.values import Address, ContainerStatus, Haul, OrderKind, OrderStatus, Window
from folded_by_hand import NOON, folded
from gateway.pages.container_view import ContainerRow, containers
from gateway.pages.order_view import OrderRow, orders
from gateway.pages.site_view import sites
from gateway.pages.sites import SiteStock, stock_of

CUSTOMER, SITE, CONTAINER, ORDER, TELEPHONE = (UUID(int=n) for n in range(10, 15))
IDS: dict[str, Any] = {"order": ORDER, "customer": CUSTOMER, "site": SITE, "container": CONTAINER}
WISH, DAY, LATER = date(2026, 5, 12), date(2026, 5, 13), date(2026, 5, 15)
MORNING = Window(day=DAY, begins=time(8), ends=time(10))
AFTERNOON = Window(day=LATER, begins=time(13), ends=time(15))


def haul(kind: OrderKind, number: str | None = None) -> Haul:
    return Haul(
        kind=kind,
        site=SITE,
        site_name="Werk Süd",
        waste_type=UUID(int=20),
        waste_type_name="Bauschutt",
        container_type=UUID(int=21),
        container_type_name="Absetzbehälter 7 m³",
        container=CONTAINER,
        container_number=number,
    )


def placed(kind: OrderKind, wish: date | None = WISH) -> OrderPlaced:
    return OrderPlaced(**IDS, haul=haul(kind), desired=wish, note="Tor 3", placed_by="Maria Schulz")


def accepted(kind: OrderKind) -> OrderAccepted:
    return OrderAccepted(**IDS, kind=kind, number="FA-1")


def dispatched(kind: OrderKind) -> OrderDispatched:
    return OrderDispatched(**IDS, kind=kind, planned=MORNING, vehicle="")


def rescheduled(kind: OrderKind) -> OrderRescheduled:
    return OrderRescheduled(**IDS, kind=kind, planned=AFTERNOON, before=MORNING, vehicle="")


def completed(kind: OrderKind, number: str | None = None, weight: int | None = 4200) -> OrderCompleted:
    return OrderCompleted(**IDS, kind=kind, completed_on=DAY, weight=weight, container_number=number)


def refused(kind: OrderKind) -> OrderRefused:
    return OrderRefused(**IDS, kind=kind, reason="Die Straße ist gesperrt.")


def cancelled(kind: OrderKind, by_customer: bool = True) -> OrderCancelled:
    return OrderCancelled(**IDS, kind=kind, reason="", by_customer=by_customer)


def recorded(status: OrderStatus, **changes: Any) -> OrderRecorded:
    given: dict[str, Any] = {
        **IDS,
        "order": TELEPHONE,
        "number": "FA-9",
        "haul": haul(OrderKind.exchange),
        "status": status,
        "placed_on": date(2026, 4, 1),
        "desired": None,
        "planned": MORNING if status is OrderStatus.dispatched else None,
        "completed_on": DAY if status is OrderStatus.completed else None,
        "weight": 1200 if status is OrderStatus.completed else None,
        "note": "",
    }
    return OrderRecorded(**{**given, **changes})


STANDS = ContainerRecorded(
    container=CONTAINER,
    customer=CUSTOMER,
    site=SITE,
    number="4711",
    haul=haul(OrderKind.placement),
    status=ContainerStatus.standing,
    since=date(2026, 1, 7),
)
P, X, E, R = OrderKind.placement, OrderKind.exchange, OrderKind.emptying, OrderKind.removal


def container(*events: Event) -> ContainerRow:
    return folded(containers, events)[str(CONTAINER)]


def order(*events: Event, of: UUID = ORDER) -> OrderRow:
    return folded(orders, events)[str(of)]


# C7, C24, C32, C37, C38, C43
@pytest.mark.parametrize(
    ("given", "state", "number", "open_kind", "open_status"),
    [
        ([STANDS], "standing", "4711", None, None),
        ([placed(P)], "ordered", "", P, "placed"),
        ([placed(P), accepted(P)], "ordered", "", P, "accepted"),
        ([placed(P), accepted(P), dispatched(P)], "ordered", "", P, "dispatched"),
        ([placed(P), accepted(P), dispatched(P), completed(P, "815")], "standing", "815", None, None),
        ([placed(P), refused(P)], "gone", "", None, None),
        ([placed(P), cancelled(P)], "gone", "", None, None),
        ([STANDS, placed(X)], "busy", "4711", X, "placed"),
        ([placed(X)], "busy", "", X, "placed"),
        ([STANDS, placed(E), cancelled(E)], "standing", "4711", None, None),
        ([STANDS, placed(R), refused(R)], "standing", "4711", None, None),
        ([STANDS, placed(X), accepted(X), dispatched(X), completed(X, "4712")], "standing", "4712", None, None),
        ([STANDS, placed(E), completed(E)], "standing", "4711", None, None),
        ([STANDS, placed(R), completed(R)], "gone", "4711", None, None),
        ([STANDS, placed(R), completed(R), STANDS, completed(R, weight=1)], "standing", "4711", None, None),
        ([placed(P), cancelled(P), dispatched(P)], "ordered", "", P, "dispatched"),
        ([placed(P), cancelled(P), completed(P, "815")], "standing", "815", None, None),
        ([STANDS, placed(X), cancelled(X), dispatched(X)], "busy", "4711", X, "dispatched"),
        ([STANDS, placed(X), STANDS], "busy", "4711", X, "placed"),
        ([STANDS, recorded(OrderStatus.dispatched)], "busy", "4711", X, "dispatched"),
        ([STANDS, recorded(OrderStatus.placed), recorded(OrderStatus.completed)], "standing", "4711", None, None),
        ([STANDS, recorded(OrderStatus.completed)], "standing", "4711", None, None),
    ],
)
def test_the_container_list_shows_what_stands_and_what_is_ordered(
    given: list[Event], state: str, number: str, open_kind: OrderKind | None, open_status: str | None
) -> None:
    row = container(*given)
    assert (row.state, row.number) == (state, number)
    assert (row.open and row.open.kind, row.open and row.open.status) == (open_kind, open_status)


# C41, C43
def test_the_wish_and_then_the_plan_stand_at_the_container() -> None:
    wished, planned = container(STANDS, placed(X)).open, container(STANDS, placed(X), rescheduled(X)).open
    assert wished is not None
    assert planned is not None
    assert (wished.desired, wished.planned, planned.planned) == (WISH, None, AFTERNOON)


def test_an_order_of_history_leaves_another_open_order_in_place() -> None:
    row = container(STANDS, placed(X), recorded(OrderStatus.completed))
    assert row.open is not None
    assert row.open.order == ORDER


# C37
@pytest.mark.parametrize(
    ("given", "status", "number", "day"),
    [
        ([placed(P)], "placed", "", WISH),
        ([placed(P, None)], "placed", "", NOON.date()),
        ([placed(P), accepted(P)], "accepted", "FA-1", WISH),
        ([placed(P), accepted(P), dispatched(P)], "dispatched", "FA-1", DAY),
        ([placed(P), accepted(P), dispatched(P), rescheduled(P)], "dispatched", "FA-1", LATER),
        ([placed(P), accepted(P), dispatched(P), completed(P)], "completed", "FA-1", DAY),
        ([placed(P), refused(P)], "refused", "", WISH),
        ([placed(P), cancelled(P)], "cancelled", "", WISH),
    ],
)
def test_an_order_shows_where_it_stands_and_the_day_that_matters(
    given: list[Event], status: str, number: str, day: date
) -> None:
    row = order(*given)
    assert (row.status, row.number, row.day) == (status, number, day)


def test_the_history_of_an_order_says_who_and_when() -> None:
    told = [placed(X), accepted(X), dispatched(X), rescheduled(X), (cancelled(X), {"user_name": "Maria Schulz"})]
    row = folded(orders, told)[str(ORDER)]
    assert [(line.what, line.who) for line in row.history] == [
        ("placed", "Maria Schulz"),
        ("accepted", ""),
        ("dispatched", ""),
        ("rescheduled", ""),
        ("cancelled", "Maria Schulz"),
    ]
    assert all(line.at == NOON for line in row.history)
    assert (row.history[3].before, row.history[3].planned) == (MORNING, AFTERNOON)


def test_who_of_the_firm_cancelled_is_not_named() -> None:
    row = folded(orders, [placed(X), (cancelled(X, by_customer=False), {"user_name": "erp-bridge"})])[str(ORDER)]
    assert row.history[-1].who == ""


def test_a_corrected_weight_is_a_line_of_its_own() -> None:
    row = order(placed(X), completed(X), completed(X, weight=4100))
    assert [(line.what, line.weight) for line in row.history[1:]] == [("completed", 4200), ("corrected", 4100)]
    assert row.weight == 4100


# C8
def test_an_order_of_history_knows_its_days() -> None:
    row = order(recorded(OrderStatus.completed), of=TELEPHONE)
    assert not row.from_portal
    assert [(line.what, line.day) for line in row.history] == [("placed", date(2026, 4, 1)), ("completed", DAY)]


def test_an_order_by_telephone_is_followed_from_report_to_report() -> None:
    reports = [recorded(status) for status in (OrderStatus.placed, OrderStatus.dispatched, OrderStatus.completed)]
    row = order(*reports, reports[-1], of=TELEPHONE)
    assert [(line.what, line.at) for line in row.history] == [
        ("placed", None),
        ("dispatched", NOON),
        ("completed", NOON),
    ]


def site(name: str = "Werk Süd") -> SiteRecorded:
    address = Address(street="Hafenstraße 1", postal_code="44147", city="Dortmund")
    return SiteRecorded(
        customer=CUSTOMER, site=SITE, number="S1", name=name, address=address, coordinates=None, active=True
    )


# C20, C24: rooms are heard in any order
@pytest.mark.parametrize(
    "told", [[site(), STANDS, placed(X)], [STANDS, site(), placed(X)], [STANDS, placed(X), site()]]
)
def test_the_stock_of_a_site_is_the_same_whichever_room_is_heard_first(told: list[Event]) -> None:
    assert folded(sites, told)[str(SITE)].name == "Werk Süd"
    stock = stock_of(folded(containers, told).values())[SITE]
    assert stock == SiteStock.model_validate(
        {"types": [{"container_type_name": "Absetzbehälter 7 m³", "count": 1}], "standing": 1, "open_orders": 1}
    )


# C24
def test_the_stock_counts_by_type_and_leaves_out_what_is_gone() -> None:
    row = container(STANDS)
    other = row.model_copy(update={"container_type_name": "Presscontainer 20 m³"})
    gone = row.model_copy(update={"status": ContainerStatus.gone})
    coming = row.model_copy(update={"status": ContainerStatus.ordered})
    stock = stock_of([row, other, row, gone, coming])[SITE]
    assert [(each.container_type_name, each.count) for each in stock.types] == [
        ("Absetzbehälter 7 m³", 2),
        ("Presscontainer 20 m³", 1),
    ]
    assert (stock.standing, stock.ordered) == (3, 1)
