"""A firm, a customer with two sites, and the people who order: what the tests of this folder begin with."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from chassis.decider import Asked, Asker
from chassis.events import Meta
from contracts.base import Command, Event
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
from contracts.values import ContainerStatus, Haul, OrderKind, OrderStatus, Role, Window
from orders.container import container
from orders.life import Container
from orders.views import Assortment, ContainerTypeFacts, Firm, SiteFacts, WasteTypeFacts

TENANT, CUSTOMER, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)
SITE, CLOSED, FOREIGN_SITE, SECOND = UUID(int=10), UUID(int=11), UUID(int=12), UUID(int=13)
RUBBLE, PAPER, ASBESTOS = UUID(int=20), UUID(int=21), UUID(int=22)
SKIP, BIN, OLD = UUID(int=30), UUID(int=31), UUID(int=32)
CONTAINER, ORDER, NEXT = UUID(int=40), UUID(int=50), UUID(int=51)
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
DAY = date(2026, 3, 5)

MARIA = Asker(TENANT, "user", "Maria Schulz", UUID(int=60), CUSTOMER, Role.orderer, None, "maria@kunde.example")
READER = replace(MARIA, user=UUID(int=61), role=Role.reader)
BOSS = replace(MARIA, user=UUID(int=62), role=Role.administrator)
ELSEWHERE = replace(MARIA, user=UUID(int=63), sites=frozenset({SECOND}))
STRANGER = replace(MARIA, user=UUID(int=64), customer=OTHER)
GUEST = Asker(TENANT, "guest")
ERP = Asker(TENANT, "room", "Disposition")

KINDS = (OrderKind.exchange, OrderKind.emptying, OrderKind.removal)
ASSORTMENT = Assortment(
    waste_types={
        RUBBLE: WasteTypeFacts(name="Bauschutt", orderable=True),
        PAPER: WasteTypeFacts(name="Papier", orderable=True),
        ASBESTOS: WasteTypeFacts(name="Asbest", orderable=False),
    },
    container_types={
        SKIP: ContainerTypeFacts(
            name="Absetzmulde 7 m³",
            orderable=True,
            waste_types=(RUBBLE, ASBESTOS),
            kinds=(OrderKind.exchange, OrderKind.removal),
        ),
        BIN: ContainerTypeFacts(name="Umleerer 1,1 m³", orderable=True, waste_types=(PAPER,), kinds=KINDS),
        OLD: ContainerTypeFacts(name="Mulde alt", orderable=False, waste_types=(RUBBLE,), kinds=KINDS),
    },
)
FACTS: dict[tuple[str, str], Any] = {
    ("sites", str(SITE)): SiteFacts(customer=CUSTOMER, name="Werk Süd", active=True),
    ("sites", str(SECOND)): SiteFacts(customer=CUSTOMER, name="Lager", active=True),
    ("sites", str(CLOSED)): SiteFacts(customer=CUSTOMER, name="Altes Werk", active=False),
    ("sites", str(FOREIGN_SITE)): SiteFacts(customer=OTHER, name="Fremd", active=True),
    ("assortment", "all"): ASSORTMENT,
    ("firm", "own"): Firm(region="NW"),
}
META = Meta(
    id=UUID(int=90),
    tenant=TENANT,
    stream=f"customer:{CUSTOMER}",
    version=1,
    type="",
    room="erp-bridge",
    partition=0,
    number=1,
    time=NOW,
    user=None,
    user_name="Disposition",
    customer=CUSTOMER,
    causation=None,
    request=None,
    traceparent=None,
)


def asked(who: Asker = MARIA, now: datetime = NOW, without: str = "") -> Asked:
    return Asked(who, now, {(view, key): fact for (view, key), fact in FACTS.items() if view != without})


def haul(**changes: Any) -> Haul:
    given = {
        "kind": OrderKind.exchange,
        "site": SITE,
        "site_name": "Werk Süd",
        "waste_type": RUBBLE,
        "waste_type_name": "Bauschutt",
        "container_type": SKIP,
        "container_type_name": "Absetzmulde 7 m³",
        "container": CONTAINER,
        "container_number": "M-17",
    }
    return Haul(**{**given, **changes})


def order_container(**changes: Any) -> OrderContainer:
    given = {"container": CONTAINER, "order": ORDER, "customer": CUSTOMER, "site": SITE, "desired": DAY}
    return OrderContainer(**{**given, "waste_type": RUBBLE, "container_type": SKIP, **changes})


def order_service(**changes: Any) -> OrderService:
    given = {"container": CONTAINER, "order": NEXT, "customer": CUSTOMER, "kind": OrderKind.exchange}
    return OrderService(**{**given, **changes})


def cancel(order: UUID = ORDER, **changes: Any) -> CancelOrder:
    return CancelOrder(**{"container": CONTAINER, "order": order, "customer": CUSTOMER, **changes})


def record_container(**changes: Any) -> RecordContainer:
    known = {"kind": OrderKind.placement}
    given = {"container": CONTAINER, "customer": CUSTOMER, "number": "M-17", "haul": haul(**known)}
    return RecordContainer(**{**given, "status": ContainerStatus.standing, "since": date(2025, 9, 1), **changes})


def record_order(**changes: Any) -> RecordOrder:
    given = {"order": ORDER, "customer": CUSTOMER, "number": "A-1001", "haul": haul(), "status": OrderStatus.accepted}
    return RecordOrder(**{**given, "placed_on": date(2026, 2, 27), **changes})


def about(order: UUID, **changes: Any) -> dict[str, Any]:
    return {"container": CONTAINER, "order": order, "customer": CUSTOMER, **changes}


def accept(order: UUID = ORDER, number: str = "F-1") -> NoteAcceptance:
    return NoteAcceptance(**about(order), number=number)


def dispatch(order: UUID = ORDER, day: date = DAY) -> NoteDispatch:
    return NoteDispatch(**about(order), planned=Window(day=day), vehicle="K-HT 12")


def complete(order: UUID = ORDER, **changes: Any) -> NoteCompletion:
    return NoteCompletion(**{**about(order), "completed_on": DAY, **changes})


def refuse(order: UUID = ORDER) -> NoteRefusal:
    return NoteRefusal(**about(order), reason="Die Zufahrt ist zu schmal.")


def withdraw(order: UUID = ORDER) -> NoteCancellation:
    return NoteCancellation(**about(order), reason="Fahrzeug ausgefallen")


def folded(events: Iterable[Event], state: Container = container.initial) -> Container:
    for event in events:
        state = container.evolve(state, event)
    return state


def who_asks(command: Command) -> Asker:
    return MARIA if isinstance(command, OrderContainer | OrderService | CancelOrder) else ERP


def after(*commands: Command) -> Container:
    """The state after commands of users and of the ERP, all of which must be taken."""
    state = container.initial
    for command in commands:
        state = folded(container.decide(command, state, asked(who_asks(command))), state)
    return state


def decide(command: Command, state: Container, who: Asker | None = None, **more: Any) -> Sequence[Event]:
    return container.decide(command, state, asked(who or who_asks(command), **more))


async def until(condition: Callable[[], Awaitable[object]], within: float = 40.0) -> None:
    """Waits for what must come; `within` only ends a test that has failed."""
    began = time.monotonic()
    while not await condition():
        assert time.monotonic() - began < within, "it did not come"
        await asyncio.sleep(0.03)
