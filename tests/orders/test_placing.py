"""Who may order a new container, what fits, and what a customer reads when it does not."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from chassis.decider import Asker, Invalid, NotAllowed, NotFound, Refused
from contracts.orders import OrderPlaced
from contracts.values import ContainerStatus, OrderKind, OrderStatus
from given_orders import (
    ASBESTOS,
    BIN,
    BOSS,
    CLOSED,
    CONTAINER,
    CUSTOMER,
    DAY,
    ELSEWHERE,
    ERP,
    FOREIGN_SITE,
    GUEST,
    MARIA,
    NEXT,
    OLD,
    ORDER,
    OTHER,
    PAPER,
    READER,
    SECOND,
    SITE,
    STRANGER,
    after,
    complete,
    decide,
    dispatch,
    order_container,
    record_container,
)
from orders.life import Container

ORDERED = after(order_container())


# C25, C26, C28, C29, C30, C31
def test_a_placement_says_what_was_chosen_with_the_names_of_that_day() -> None:
    [event] = decide(order_container(note="Bitte links neben das Tor."), Container())
    assert isinstance(event, OrderPlaced)
    assert (event.container, event.order, event.customer, event.site) == (CONTAINER, ORDER, CUSTOMER, SITE)
    assert (event.haul.kind, event.haul.site_name) == (OrderKind.placement, "Werk Süd")
    assert (event.haul.waste_type_name, event.haul.container_type_name) == ("Bauschutt", "Absetzmulde 7 m³")
    assert (event.desired, event.note, event.placed_by) == (DAY, "Bitte links neben das Tor.", "Maria Schulz")


# C32
def test_the_new_container_is_known_at_once_and_is_on_its_way() -> None:
    assert (ORDERED.status, ORDERED.customer, ORDERED.number) == (ContainerStatus.ordered, CUSTOMER, None)
    assert ORDERED.open is not None
    assert ORDERED.open.status is OrderStatus.placed


# C26, C27, C28, C31
@pytest.mark.parametrize(
    ("changes", "who", "refusal", "field"),
    [
        ({"site": FOREIGN_SITE}, MARIA, NotFound, None),
        ({"site": CONTAINER}, MARIA, NotFound, None),
        ({"customer": OTHER}, MARIA, NotFound, None),
        ({"customer": OTHER, "site": FOREIGN_SITE}, MARIA, NotFound, None),
        ({}, STRANGER, NotFound, None),
        ({}, ELSEWHERE, NotFound, None),
        ({}, GUEST, NotFound, None),
        ({}, READER, NotAllowed, None),
        ({"site": CLOSED}, MARIA, Refused, None),
        ({"waste_type": ASBESTOS}, MARIA, Invalid, "waste_type"),
        ({"waste_type": CONTAINER}, MARIA, Invalid, "waste_type"),
        ({"container_type": OLD}, MARIA, Invalid, "container_type"),
        ({"container_type": CONTAINER}, MARIA, Invalid, "container_type"),
        ({"container_type": BIN}, MARIA, Invalid, "container_type"),
        ({"waste_type": PAPER}, MARIA, Invalid, "container_type"),
        ({"desired": date(2026, 3, 8)}, MARIA, Invalid, "desired"),
    ],
)
def test_a_placement_is_refused(changes: dict[str, Any], who: Asker, refusal: type[Refused], field: str | None) -> None:
    with pytest.raises(refusal) as caught:
        decide(order_container(**changes), Container(), who)
    assert type(caught.value) is refusal
    assert caught.value.params.get("field") == field


# C28
@pytest.mark.parametrize("who", [MARIA, BOSS, replace(ELSEWHERE, sites=frozenset({SITE, SECOND})), ERP])
def test_who_may_order_for_the_site_may_order(who: Asker) -> None:
    assert len(decide(order_container(), Container(), who)) == 1


def test_foreign_and_unknown_sites_are_refused_in_the_same_words() -> None:
    sentences = set()
    for changes in ({"site": FOREIGN_SITE}, {"site": CONTAINER}, {"customer": OTHER, "site": FOREIGN_SITE}):
        with pytest.raises(NotFound) as caught:
            decide(order_container(**changes), Container())
        sentences.add(str(caught.value))
    assert len(sentences) == 1


def test_before_the_catalog_is_known_nothing_can_be_ordered() -> None:
    with pytest.raises(Invalid):
        decide(order_container(), Container(), without="assortment")


# C31
def test_the_same_placement_again_changes_nothing() -> None:
    assert decide(order_container(), ORDERED) == []
    assert decide(order_container(), after(order_container(), dispatch(), complete())) == []
    assert decide(order_container(), ORDERED, now=datetime(2027, 3, 2, tzinfo=UTC)) == []
    assert decide(order_container(), ORDERED, BOSS) == []


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"order": NEXT}, Refused),
        ({"note": "anders"}, Refused),
        ({"desired": date(2026, 3, 6)}, Refused),
        ({"site": SECOND}, Refused),
        ({"waste_type": PAPER}, Refused),
    ],
)
def test_a_container_is_ordered_once_only(changes: dict[str, Any], refusal: type[Refused]) -> None:
    with pytest.raises(refusal, match="already been ordered"):
        decide(order_container(**changes), ORDERED)


def test_the_id_of_a_foreign_container_is_as_good_as_unknown() -> None:
    theirs = after(record_container(customer=OTHER))
    with pytest.raises(NotFound):
        decide(order_container(), theirs)
