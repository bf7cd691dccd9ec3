"""Steps that tests of the order pages have in common: the ERP reports, a customer orders."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from chassis.decider import Asker, Invalid
from contracts.orders import (
    RecordContainer,
)
from contracts.values import ContainerStatus, Haul, OrderKind
from gateway.pages.days import check_day
from order_portal import (
    CUSTOMER,
    RUBBLE,
    SITE,
    SKIP,
    Browser,
    Portal,
    form,
)


def erp(portal: Portal) -> Asker:
    return Asker(portal.tenant, "room", "Disposition")


def haul(kind: OrderKind, container: UUID | None, number: str | None = None, site: UUID = SITE, **changes: Any) -> Haul:
    given: dict[str, Any] = {
        "kind": kind,
        "site": site,
        "site_name": "Werk Hafen",
        "waste_type": RUBBLE,
        "waste_type_name": "Bauschutt",
        "container_type": SKIP,
        "container_type_name": "Absetzbehälter 7 m³",
        "container": container,
        "container_number": number,
    }
    return Haul(**{**given, **changes})


async def stands(portal: Portal, number: str, site: UUID = SITE, customer: UUID = CUSTOMER, **changes: Any) -> UUID:
    """A container that the ERP has reported, as soon as the portal shows it."""
    container = uuid4()
    what = haul(OrderKind.placement, container, number, site, **changes)
    command = RecordContainer(
        container=container,
        customer=customer,
        number=number,
        haul=what,
        status=ContainerStatus.standing,
        since=date(2026, 1, 7),
    )
    answer = await portal.orders.execute(command, erp(portal))
    await seen(portal, answer)
    return container


async def seen(portal: Portal, answer: Any) -> None:
    assert await portal.gateway.reached("orders", answer.partition, answer.number, within=20)


async def tells(portal: Portal, command: Any) -> None:
    await seen(portal, await portal.orders.execute(command, erp(portal)))


async def order_of(browser: Browser, container: UUID) -> dict[str, Any]:
    page = await browser.json(f"/containers/{container}")
    newest: dict[str, Any] = page["orders"][0]
    return newest


async def placed(portal: Portal, maria: Browser, note: str = "Tor 3") -> UUID:
    """Orders through the shop and gives the new container."""
    query = {"waste": RUBBLE, "type": SKIP, "site": SITE, "desired": working_day(), "note": note}
    summary = await maria.get(form("/shop", **query, at=5))
    done = await maria.send(summary, "/shop", **query)
    assert done.status == 200, done.words
    found = re.match(r"/containers/([0-9a-f-]+)$", done.url)
    assert found, done.words
    return UUID(found[1])


def working_day(after: int = 3) -> date:
    today = datetime.now(UTC).date()
    day = today + timedelta(after)
    while True:
        try:
            return check_day(day.isoformat(), today, "NW")
        except Invalid:
            day += timedelta(1)
