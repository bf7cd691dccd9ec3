"""The container shop: step by step to the binding order, and what it refuses."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from berlin import today
from order_portal import (
    BIN,
    CLOSED,
    FOREIGN,
    OIL,
    OLD,
    RUBBLE,
    SITE,
    SKIP,
    Browser,
    Portal,
    form,
)
from order_steps import working_day

pytestmark = pytest.mark.xdist_group("order-pages")


# C26, C27, C28, C29, C30, C31, C32
async def test_the_shop_leads_from_the_waste_to_the_binding_order(portal: Portal, maria: Browser) -> None:
    first = await maria.get("/shop")
    assert "AVV 17 01 07" in first.words
    assert "Gefährlicher Abfall" in first.words
    assert "Asbest" not in first.words
    assert "Altöl" not in (await maria.get("/shop?q=170107")).words
    second = await maria.get(form("/shop", waste=RUBBLE))
    assert "Absetzbehälter 7 m³" in second.words
    assert "Umleerbehälter" not in second.words
    third = await maria.get(form("/shop", waste=RUBBLE, type=SKIP))
    assert "Werk Hafen" in third.words
    assert "Altes Werk" not in third.words
    assert "Fremdes Werk" not in third.words
    fourth = await maria.get(form("/shop", waste=RUBBLE, type=SKIP, site=SITE))
    assert 'type="date"' in fourth.text
    day = working_day()
    chosen = {"waste": RUBBLE, "type": SKIP, "site": SITE, "desired": day, "note": "Neben Halle 2"}
    fifth = await maria.get(form("/shop", **chosen, at=5))
    for said in ("Bauschutt", "Absetzbehälter 7 m³", "Werk Hafen", "Neben Halle 2", "Verbindlich bestellen"):
        assert said in fifth.words
    assert not (await maria.json(f"/orders?q={'Neben+Halle+2'}"))["orders"]
    done = await maria.send(fifth, "/shop", **chosen)
    assert "Vielen Dank, Ihr Container ist bestellt" in done.words
    assert "Gestellung bestellt" in done.words
    site = await maria.get(f"/sites/{SITE}")
    assert f"Wunschdatum {day:%d.%m.%Y}" in site.words
    [order] = (await maria.json("/orders?q=Neben+Halle+2"))["orders"]
    assert (order["kind"], order["status"], order["placed_by"]) == ("placement", "placed", "Maria Schulz")


# C31
async def test_a_double_click_orders_once(portal: Portal, maria: Browser) -> None:
    chosen = {"waste": RUBBLE, "type": SKIP, "site": SITE, "desired": working_day(), "note": "nur einmal"}
    summary = await maria.get(form("/shop", **chosen, at=5))
    first, second = await maria.send(summary, "/shop", **chosen), await maria.send(summary, "/shop", **chosen)
    assert first.url == second.url
    assert (await maria.json("/orders?q=nur+einmal"))["total"] == 1


def next_sunday() -> date:
    soon = today() + timedelta(2)
    return soon + timedelta(7 - soon.isoweekday())


# C29
@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (date(2020, 1, 2), "Dieser Tag ist schon vorbei."),
        (next_sunday(), "Sonntags fahren wir nicht."),
        (date(today().year + (today() > date(today().year, 1, 1)), 1, 1), "Feiertagen fahren wir nicht"),
    ],
)
async def test_no_truck_drives_on_such_a_day(portal: Portal, maria: Browser, day: date, sentence: str) -> None:
    chosen = {"waste": RUBBLE, "type": SKIP, "site": SITE, "desired": day}
    asked = await maria.get(form("/shop", **chosen, at=5))
    assert sentence in asked.words
    assert "Verbindlich bestellen" not in asked.words
    forced = await maria.send(asked, "/shop", **chosen)
    assert forced.status == 422
    assert sentence in forced.words


# C27, C28
@pytest.mark.parametrize(
    ("changes", "status"),
    [({"site": FOREIGN}, 404), ({"waste": OLD}, 422), ({"type": BIN}, 422), ({"site": CLOSED}, 409)],
    ids=["foreign site", "waste not orderable", "does not fit", "closed site"],
)
async def test_the_shop_refuses_what_it_does_not_offer(
    portal: Portal, maria: Browser, changes: dict[str, UUID], status: int
) -> None:
    chosen = {"waste": RUBBLE, "type": SKIP, "site": SITE, "desired": working_day(), **changes}
    refused = await maria.send(await maria.get(form("/shop", waste=OIL)), "/shop", **chosen)
    assert refused.status == status
