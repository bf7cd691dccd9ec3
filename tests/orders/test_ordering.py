"""What customers may order for a standing container and call off again, in which state, and what they read if not."""

from dataclasses import replace
from typing import Any

import pytest
from chassis.decider import Asker, Invalid, NotAllowed, NotFound, Refused
from contracts.base import Command
from contracts.orders import OrderCancelled, OrderPlaced
from contracts.values import ContainerStatus, OrderKind, OrderStatus
from given_orders import (
    BIN,
    CLOSED,
    CONTAINER,
    DAY,
    ELSEWHERE,
    FOREIGN_SITE,
    GUEST,
    MARIA,
    NEXT,
    OLD,
    ORDER,
    OTHER,
    READER,
    SITE,
    SKIP,
    STRANGER,
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

ORDERED = after(order_container())
STANDING = after(record_container())
SERVED = after(record_container(), order_service(order=ORDER))


# C40, C41, C42
def test_an_exchange_may_go_without_a_day_and_a_note() -> None:
    [event] = decide(order_service(), STANDING)
    assert isinstance(event, OrderPlaced)
    assert (event.haul.kind, event.haul.container_number, event.site) == (OrderKind.exchange, "M-17", SITE)
    assert (event.desired, event.note, event.placed_by) == (None, "", "Maria Schulz")


# C41, C42
def test_an_exchange_may_name_a_day_and_a_note() -> None:
    [event] = decide(order_service(desired=DAY, note="Vor 10 Uhr"), STANDING)
    assert isinstance(event, OrderPlaced)
    assert (event.desired, event.note) == (DAY, "Vor 10 Uhr")


# C40
@pytest.mark.parametrize(
    ("container_type", "kind", "possible"),
    [
        (SKIP, OrderKind.exchange, True),
        (SKIP, OrderKind.removal, True),
        (SKIP, OrderKind.emptying, False),
        (SKIP, OrderKind.placement, False),
        (BIN, OrderKind.emptying, True),
        (OLD, OrderKind.exchange, True),  # no longer to be had new, but what stands is served
        (CONTAINER, OrderKind.exchange, False),
    ],
)
def test_the_type_of_the_container_says_what_can_be_ordered(
    container_type: Any, kind: OrderKind, possible: bool
) -> None:
    standing = after(record_container())
    assert standing.haul is not None
    standing = replace(standing, haul=standing.haul.model_copy(update={"container_type": container_type}))
    if possible:
        assert len(decide(order_service(kind=kind), standing)) == 1
    else:
        with pytest.raises(Invalid):
            decide(order_service(kind=kind), standing)


# C38
@pytest.mark.parametrize(
    "history",
    [
        (order_container(),),
        (order_container(), accept()),
        (order_container(), accept(), dispatch()),
        (order_container(), record_container()),  # reported as standing, but the placement is not closed yet
    ],
)
def test_a_follow_up_order_waits_until_the_placement_is_completed(history: tuple[Command, ...]) -> None:
    with pytest.raises(Refused, match="still on its way"):
        decide(order_service(), after(*history))
    assert len(decide(order_service(), after(*history, complete(container_number="M-17")))) == 1


# C43
@pytest.mark.parametrize(
    "history",
    [
        (order_service(order=ORDER),),
        (order_service(order=ORDER), accept()),
        (order_service(order=ORDER), dispatch()),
        (record_order(status=OrderStatus.placed),),
        (record_order(status=OrderStatus.accepted),),
        (record_order(status=OrderStatus.dispatched),),
    ],
)
def test_a_second_order_waits_until_the_open_one_is_done(history: tuple[Command, ...]) -> None:
    with pytest.raises(Refused, match="already an open order"):
        decide(order_service(), after(record_container(), *history))


@pytest.mark.parametrize("ending", [complete(), refuse(), withdraw(), cancel()])
def test_when_an_order_is_done_the_next_one_is_possible(ending: Command) -> None:
    assert len(decide(order_service(), after(record_container(), order_service(order=ORDER), ending))) == 1


@pytest.mark.parametrize(
    "history",
    [
        (record_container(status=ContainerStatus.gone),),
        (order_container(), cancel()),
        (order_container(), refuse()),
        (order_container(), withdraw()),
        (record_container(), order_service(order=ORDER, kind=OrderKind.removal), complete()),
    ],
)
def test_nothing_can_be_ordered_for_a_container_that_is_gone(history: tuple[Command, ...]) -> None:
    with pytest.raises(Refused, match="no longer at your site"):
        decide(order_service(), after(*history))


@pytest.mark.parametrize(
    ("changes", "who", "refusal"),
    [
        ({}, STRANGER, NotFound),
        ({"customer": OTHER}, STRANGER, NotFound),
        ({"customer": OTHER}, MARIA, NotFound),
        ({}, ELSEWHERE, NotFound),
        ({}, GUEST, NotFound),
        ({}, READER, NotAllowed),
    ],
)
def test_an_exchange_is_refused_to_who_may_not_order(
    changes: dict[str, Any], who: Asker, refusal: type[Refused]
) -> None:
    with pytest.raises(refusal) as caught:
        decide(order_service(**changes), STANDING, who)
    assert type(caught.value) is refusal
    if refusal is NotFound:
        with pytest.raises(NotFound) as unknown:
            decide(order_service(**changes), Container(), who)
        assert str(unknown.value) == str(caught.value)


def test_a_container_of_which_only_the_past_is_known_cannot_be_ordered_for() -> None:
    with pytest.raises(NotFound):
        decide(order_service(), after(record_order(status=OrderStatus.completed)))


def test_what_stands_at_a_closed_site_can_still_be_fetched() -> None:
    standing = after(record_container())
    assert standing.haul is not None
    closed = replace(standing, haul=standing.haul.model_copy(update={"site": CLOSED}))
    assert len(decide(order_service(kind=OrderKind.removal), closed)) == 1


def test_the_same_exchange_again_changes_nothing_and_another_one_needs_its_own_id() -> None:
    assert decide(order_service(order=ORDER), SERVED) == []
    with pytest.raises(Refused, match="already been placed"):
        decide(order_service(order=ORDER, kind=OrderKind.removal), SERVED)


def test_a_container_at_its_next_customer_is_not_held_up_by_the_last_ones_order() -> None:
    moved = after(
        record_container(),
        order_service(order=ORDER),
        record_container(customer=OTHER, haul=haul(site=FOREIGN_SITE, site_name="Fremd")),
    )
    assert moved.open is None
    with pytest.raises(NotFound):
        decide(order_service(), moved, MARIA)
    assert len(decide(order_service(customer=OTHER), moved, STRANGER)) == 1


@pytest.mark.parametrize("history", [(order_container(),), (order_container(), accept())])
def test_an_order_can_be_called_off_until_it_is_planned(history: tuple[Command, ...]) -> None:
    [event] = decide(cancel(), after(*history))
    assert isinstance(event, OrderCancelled)
    assert (event.by_customer, event.kind, event.site) == (True, OrderKind.placement, SITE)
    assert folded([event], after(*history)).status is ContainerStatus.gone


@pytest.mark.parametrize(
    ("history", "sentence"),
    [
        ((order_container(), dispatch()), "already planned"),
        ((order_container(), dispatch(), complete()), "already been carried out"),
        ((order_container(), refuse()), "was refused"),
        ((record_container(), record_order()), "not placed in the portal"),
    ],
)
def test_an_order_cannot_be_called_off(history: tuple[Command, ...], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        decide(cancel(), after(*history))


@pytest.mark.parametrize("ending", [cancel(), withdraw()])
def test_calling_off_twice_changes_nothing(ending: Command) -> None:
    assert decide(cancel(), after(order_container(), ending)) == []


@pytest.mark.parametrize(
    ("changes", "who", "refusal"),
    [
        ({"order": NEXT}, MARIA, NotFound),
        ({}, STRANGER, NotFound),
        ({"customer": OTHER}, STRANGER, NotFound),
        ({}, ELSEWHERE, NotFound),
        ({}, READER, NotAllowed),
    ],
)
def test_calling_off_is_refused_to_who_may_not_order(
    changes: dict[str, Any], who: Asker, refusal: type[Refused]
) -> None:
    with pytest.raises(refusal) as caught:
        decide(cancel(**changes), ORDERED, who)
    assert type(caught.value) is refusal
