"""Waste types and container types are recorded as the ERP reports them, each change once."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from catalog.container_type import container_type
from catalog.reactions import container_type_reported, waste_type_reported
from catalog.waste_type import waste_type
from chassis.decider import Asked, Asker, Decider, NotAllowed
from contracts.base import Command
from contracts.catalog import ContainerTypeRecorded, RecordContainerType, RecordWasteType, WasteTypeRecorded
from contracts.erp import ContainerTypeReported, WasteTypeReported
from contracts.values import OrderKind, Role
from folded_by_hand import meta

TENANT, RUBBLE, PAPER, SKIP = UUID(int=1), UUID(int=20), UUID(int=21), UUID(int=30)
NOW = datetime(2026, 3, 2, tzinfo=UTC)
ERP = Asked(Asker(TENANT, "room"), NOW)
USER = Asked(Asker(TENANT, "user", user=UUID(int=2), customer=UUID(int=3), role=Role.administrator), NOW)

WASTE: dict[str, Any] = {
    "waste_type": RUBBLE,
    "number": "BS",
    "name": "Bauschutt",
    "code": "170107",
    "hazardous": False,
    "description": "Steine, Ziegel, Fliesen",
    "orderable": True,
}
TYPE: dict[str, Any] = {
    "container_type": SKIP,
    "number": "AM7",
    "name": "Absetzmulde 7 m³",
    "family": "Absetzbehälter",
    "volume": Decimal("7.0"),
    "variant": "mit Deckel",
    "waste_types": (RUBBLE, PAPER),
    "kinds": (OrderKind.exchange, OrderKind.removal),
    "orderable": True,
}


def known(decider: Decider[Any], *commands: Command) -> Any:
    state = decider.initial
    for command in commands:
        for event in decider.decide(command, state, ERP):
            state = decider.evolve(state, event)
    return state


# C26
def test_a_waste_type_is_recorded_with_its_code() -> None:
    [event] = waste_type.decide(RecordWasteType(**WASTE), waste_type.initial, ERP)
    assert event == WasteTypeRecorded(**WASTE)


# C27, C40
def test_a_container_type_says_which_waste_fits_and_what_can_be_ordered_once_it_stands() -> None:
    [event] = container_type.decide(RecordContainerType(**TYPE), container_type.initial, ERP)
    assert isinstance(event, ContainerTypeRecorded)
    assert set(event.waste_types) == {RUBBLE, PAPER}
    assert event.kinds == (OrderKind.exchange, OrderKind.removal)
    assert (event.volume, event.variant) == (Decimal(7), "mit Deckel")


@pytest.mark.parametrize(
    "listed",
    [
        {},
        {"waste_types": (PAPER, RUBBLE)},
        {"waste_types": (PAPER, RUBBLE, PAPER)},
        {"kinds": (OrderKind.removal, OrderKind.exchange)},
        {"volume": Decimal(7)},
    ],
)
def test_the_same_report_in_another_order_changes_nothing(listed: dict[str, Any]) -> None:
    before = known(container_type, RecordContainerType(**TYPE))
    assert container_type.decide(RecordContainerType(**{**TYPE, **listed}), before, ERP) == []


# C27, C40
@pytest.mark.parametrize(
    "change",
    [
        {"waste_types": (RUBBLE,)},
        {"kinds": (OrderKind.exchange, OrderKind.emptying, OrderKind.removal)},
        {"orderable": False},
        {"volume": Decimal("7.5")},
        {"name": "Mulde"},
    ],
)
def test_every_difference_of_a_container_type_is_recorded(change: dict[str, Any]) -> None:
    before = known(container_type, RecordContainerType(**TYPE))
    [event] = container_type.decide(RecordContainerType(**{**TYPE, **change}), before, ERP)
    assert [getattr(event, name) for name in change] == list(change.values())


# C26
@pytest.mark.parametrize("change", [{"name": "Mischschutt"}, {"orderable": False}, {"hazardous": True}])
def test_every_difference_of_a_waste_type_is_recorded(change: dict[str, Any]) -> None:
    before = known(waste_type, RecordWasteType(**WASTE))
    assert waste_type.decide(RecordWasteType(**WASTE), before, ERP) == []
    [event] = waste_type.decide(RecordWasteType(**{**WASTE, **change}), before, ERP)
    assert event == WasteTypeRecorded(**{**WASTE, **change})


# C40
def test_a_placement_is_no_order_of_a_standing_container() -> None:
    command = RecordContainerType(**{**TYPE, "kinds": tuple(OrderKind)})
    [event] = container_type.decide(command, container_type.initial, ERP)
    assert isinstance(event, ContainerTypeRecorded)
    assert event.kinds == (OrderKind.exchange, OrderKind.emptying, OrderKind.removal)


def test_customers_cannot_change_what_can_be_ordered() -> None:
    with pytest.raises(NotAllowed):
        waste_type.decide(RecordWasteType(**WASTE), waste_type.initial, USER)
    with pytest.raises(NotAllowed):
        container_type.decide(RecordContainerType(**TYPE), container_type.initial, USER)


# C26, C27
def test_reports_are_recorded_as_they_stand() -> None:
    waste = WasteTypeReported(**{**WASTE, "description": "x" * 1200})
    assert waste_type_reported(waste, meta(waste)) == [RecordWasteType(**{**WASTE, "description": "x" * 1000})]
    type_ = ContainerTypeReported(**TYPE)
    assert container_type_reported(type_, meta(type_)) == [RecordContainerType(**TYPE)]


def test_each_type_has_a_stream_of_its_own() -> None:
    assert waste_type.stream(RecordWasteType(**WASTE)) == f"waste-type:{RUBBLE}"
    assert container_type.stream(RecordContainerType(**TYPE)) == f"container-type:{SKIP}"
