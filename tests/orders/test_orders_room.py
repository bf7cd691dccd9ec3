"""The room itself, with real Kafka and PostgreSQL: what the rules promise holds under haste and against strangers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.asking import Answer
from chassis.decider import Invalid, NotAllowed, NotFound, Refused
from contracts.erp import (
    ContainerReported,
    OrderClosed,
    OrderConverted,
    OrderPlanned,
    OrderReported,
    TransferCompleted,
)
from contracts.orders import CancelOrder, OrderContainer, OrderService
from contracts.values import ContainerStatus, Haul, OrderKind, OrderStatus, Role, Window
from given_orders import until
from orders.days import public_holiday, today

pytestmark = pytest.mark.xdist_group("orders-room")
TODAY = today(datetime.now().astimezone())


def working_day(day: date = TODAY + timedelta(3)) -> date:
    """A day on which the trucks drive in NW."""
    while day.isoweekday() == 7 or public_holiday(day, "NW"):
        day += timedelta(1)
    return day


def placement(portal: Any, **changes: Any) -> OrderContainer:
    given = {"container": uuid4(), "order": uuid4(), "customer": portal.customer, "site": portal.open_site}
    chosen = {"waste_type": portal.rubble, "container_type": portal.skip, "desired": working_day()}
    return OrderContainer(**{**given, **chosen, **changes})


def haul(portal: Any, kind: OrderKind = OrderKind.placement) -> Haul:
    return Haul(
        kind=kind,
        site=portal.open_site,
        site_name="Werk 0",
        waste_type=portal.rubble,
        waste_type_name="Bauschutt",
        container_type=portal.skip,
        container_type_name="Absetzmulde 7 m³",
    )


def standing(portal: Any, container: UUID) -> ContainerReported:
    return ContainerReported(
        container=container,
        customer=portal.customer,
        site=portal.open_site,
        number="M-17",
        haul=haul(portal),
        status=ContainerStatus.standing,
        since=date(2025, 9, 1),
    )


async def stands(portal: Any) -> UUID:
    """A container that the ERP has reported, and that orders knows of."""
    container = uuid4()
    await portal.report(standing(portal, container))
    await until(lambda: portal.said(f"container:{container}"))
    return container


async def all_at_once(*asking: Awaitable[Answer]) -> tuple[list[Answer], list[BaseException]]:
    found = await asyncio.gather(*asking, return_exceptions=True)
    refused = [one for one in found if isinstance(one, BaseException)]
    assert all(isinstance(one, Refused) for one in refused), refused
    return [one for one in found if isinstance(one, Answer)], refused


# C31
async def test_a_double_click_orders_once(portal: Any) -> None:
    command, maria = placement(portal), portal.maria
    over_http = (portal.gateway.ask(command, maria) for _ in range(8))
    in_process = (portal.orders.execute(command, maria) for _ in range(8))
    answers, refused = await all_at_once(*over_http, *in_process)
    assert refused == []
    assert {(answer.stream, answer.version) for answer in answers} == {(f"container:{command.container}", 1)}
    assert await portal.said(f"container:{command.container}") == ["OrderPlaced"]


# C43
async def test_of_many_who_order_for_one_container_in_the_same_second_one_is_heard(portal: Any) -> None:
    container = await stands(portal)
    wanted = [
        OrderService(container=container, order=uuid4(), customer=portal.customer, kind=OrderKind.exchange)
        for _ in range(10)
    ]
    answers, refused = await all_at_once(*(portal.gateway.ask(command, portal.maria) for command in wanted))
    assert (len(answers), len(refused)) == (1, 9)
    assert {str(one) for one in refused} == {
        "There is already an open order for this container. The next one is possible as soon as it is done."
    }
    assert await portal.said(f"container:{container}") == ["ContainerRecorded", "OrderPlaced"]


# C28, C39
async def test_the_owner_enforces_the_scope_again(portal: Any) -> None:
    maria = portal.maria
    container = await stands(portal)
    stranger = replace(maria, user=uuid4(), customer=portal.other)
    abroad = replace(maria, user=uuid4(), tenant=uuid4())
    elsewhere = replace(maria, user=uuid4(), sites=frozenset({portal.second_site}))
    reader = replace(maria, user=uuid4(), role=Role.reader)
    service = OrderService(container=container, order=uuid4(), customer=portal.customer, kind=OrderKind.exchange)
    theirs = service.model_copy(update={"customer": portal.other})
    unknown = service.model_copy(update={"container": uuid4()})
    refusals = [
        (service, stranger, NotFound),
        (theirs, stranger, NotFound),
        (theirs, maria, NotFound),
        (service, abroad, NotFound),
        (service, elsewhere, NotFound),
        (unknown, maria, NotFound),
        (service, reader, NotAllowed),
        (placement(portal), stranger, NotFound),
        (placement(portal), abroad, NotFound),
        (placement(portal), elsewhere, NotFound),
        (placement(portal), reader, NotAllowed),
        (placement(portal, site=portal.foreign_site), maria, NotFound),
        (placement(portal, site=portal.foreign_site, customer=portal.other), maria, NotFound),
        (placement(portal, site=uuid4()), maria, NotFound),
        (placement(portal, site=portal.closed_site), maria, Refused),
        (placement(portal, waste_type=portal.paper), maria, Invalid),
        (CancelOrder(container=container, order=uuid4(), customer=portal.customer), maria, NotFound),
    ]
    sentences = set()
    for command, who, refusal in refusals:
        with pytest.raises(Refused) as caught:
            await portal.gateway.ask(command, who)
        assert type(caught.value) is refusal, (command, who)
        if refusal is NotFound:
            sentences.add(str(caught.value))
        assert "OrderPlaced" not in await portal.said(f"container:{command.container}")
    assert len(sentences) == 1
    assert (await portal.gateway.ask(service, maria)).version == 2


# C29, C41
async def test_nobody_comes_on_sundays_holidays_and_days_gone_by(portal: Any) -> None:
    sunday = TODAY + timedelta(7 - TODAY.isoweekday() or 7)
    christmas = next(day for year in (0, 1) if (day := date(TODAY.year + year, 12, 25)) >= TODAY)
    container = await stands(portal)
    for day in (TODAY - timedelta(1), sunday, christmas, TODAY + timedelta(370)):
        service = OrderService(
            container=container, order=uuid4(), customer=portal.customer, kind=OrderKind.exchange, desired=day
        )
        for command in (service, placement(portal, desired=day)):
            with pytest.raises(Invalid) as caught:
                await portal.gateway.ask(command, portal.maria)
            assert caught.value.params["field"] == "desired"


# C32, C34, C35, C37, C38
async def test_an_order_goes_its_way_through_the_erp_and_the_next_one_waits_for_it(portal: Any) -> None:
    command = placement(portal)
    stream = f"container:{command.container}"
    await portal.gateway.ask(command, portal.maria)
    ids = {"order": command.order, "customer": command.customer, "container": command.container}
    exchange = OrderService(
        container=command.container, order=uuid4(), customer=command.customer, kind=OrderKind.exchange
    )
    await portal.report(
        OrderConverted(**ids, number="F-1"),
        OrderPlanned(**ids, planned=Window(day=command.desired), vehicle="K-HT 12"),
        OrderPlanned(**ids, planned=Window(day=command.desired), vehicle="K-HT 12"),
        OrderPlanned(**ids, planned=Window(day=command.desired + timedelta(1)), vehicle="K-HT 12"),
    )
    way = ["OrderPlaced", "OrderAccepted", "OrderDispatched", "OrderRescheduled"]

    async def planned() -> bool:
        return await portal.said(stream) == way

    await until(planned)
    with pytest.raises(Refused, match="still on its way"):
        await portal.gateway.ask(exchange, portal.maria)
    closed = OrderClosed(**ids, completed_on=command.desired, weight=None, container_number="M-21")
    await portal.report(closed, closed)

    async def done() -> bool:
        return await portal.said(stream) == [*way, "OrderCompleted"]

    await until(done)
    await portal.gateway.ask(exchange, portal.maria)
    assert await portal.said(stream) == [*way, "OrderCompleted", "OrderPlaced"]


# C7, C8, C10
async def test_the_first_load_is_over_when_everything_of_it_is_recorded(portal: Any) -> None:
    customer, container, order, loose = uuid4(), uuid4(), uuid4(), uuid4()
    of_customer = {"customer": customer, "site": portal.open_site}
    past = {
        **of_customer,
        "status": OrderStatus.completed,
        "placed_on": date(2026, 2, 1),
        "desired": None,
        "planned": None,
        "completed_on": date(2026, 2, 3),
        "weight": 4200,
        "note": "",
        "haul": haul(portal, OrderKind.exchange),
    }
    await portal.report(
        standing(portal, container).model_copy(update={"customer": customer}),
        OrderReported(order=order, container=container, number="A-1", **past),
        OrderReported(order=loose, container=None, number="A-2", **past),
        TransferCompleted(customer=customer),
    )
    await until(lambda: portal.said(f"customer:{customer}"))
    assert await portal.said(f"customer:{customer}") == ["OrdersLoaded"]
    assert await portal.said(f"container:{container}") == ["ContainerRecorded", "OrderRecorded"]
    assert await portal.said(f"erp-order:{loose}") == ["OrderRecorded"]
