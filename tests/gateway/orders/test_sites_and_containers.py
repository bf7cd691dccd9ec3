"""What stands where, and ordering for what stands there."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from contracts.orders import (
    NoteCompletion,
)
from order_portal import (
    CLOSED,
    CUSTOMER,
    SECOND,
    SITE,
    Browser,
    Portal,
    form,
)
from order_steps import order_of, placed, stands, tells, working_day

pytestmark = pytest.mark.xdist_group("order-pages")


# C20, C24, C39
async def test_the_site_overview_shows_what_stands_where(portal: Portal, maria: Browser) -> None:
    await stands(portal, "A1")
    await stands(portal, "A2", SECOND)
    page = await maria.json("/sites")
    stock = {card["site"]["name"]: card["stock"] for card in page["sites"]}
    assert "Fremdes Werk" not in stock
    assert stock["Lager Unna"]["types"] == [{"container_type_name": "Absetzbehälter 7 m³", "count": 1}]
    assert {pin["label"]: pin["count"] for pin in page["markers"]}["Lager Unna"] == 1
    shown = await maria.get("/sites")
    assert "Standortübersicht" in shown.words
    assert "1 × Absetzbehälter 7 m³" in shown.words
    assert "data-map" in shown.text
    assert f'href="/sites/{SECOND}"' in shown.text
    assert [card["site"]["name"] for card in (await maria.json("/sites?q=unna"))["sites"]] == ["Lager Unna"]
    backwards = (await maria.json("/sites?sort=-name"))["sites"]
    assert [card["site"]["name"] for card in backwards] == ["Werk Hafen", "Lager Unna", "Altes Werk"]


# C25, C39
async def test_a_site_offers_a_new_container_above_and_an_order_for_each_that_stands(
    portal: Portal, maria: Browser, reader: Browser
) -> None:
    container = await stands(portal, "B1")
    shown = await maria.get(f"/sites/{SITE}")
    shop, overview = shown.text.find(f"/shop?site={SITE}"), shown.text.find('id="list"')
    assert -1 < shop < overview
    assert f"/containers/{container}/order" in shown.text
    looked_at = await reader.get(f"/sites/{SITE}")
    assert "/shop?site" not in looked_at.text
    assert f"/containers/{container}/order" not in looked_at.text
    closed = await maria.get(f"/sites/{CLOSED}")
    assert "/shop?site" not in closed.text


# C38, C40, C41, C42, C43
async def test_a_standing_container_is_exchanged_as_its_type_allows(portal: Portal, maria: Browser) -> None:
    container = await stands(portal, "C1")
    asked = await maria.get(f"/containers/{container}/order")
    assert "Tausch" in asked.words
    assert "Abzug" in asked.words
    assert "Leerung" not in asked.words
    day = working_day()
    chosen = {"kind": "exchange", "desired": day, "note": "Bei Herrn Kolb melden"}
    summary = await maria.get(form(f"/containers/{container}/order", **chosen, check="yes"))
    assert "Bei Herrn Kolb melden" in summary.words
    done = await maria.send(summary, f"/containers/{container}/order", **chosen)
    assert "Der Tausch ist bestellt" in done.words
    listed = await maria.get("/containers?q=C1")
    assert "Tausch bestellt" in listed.words
    assert f"Wunschdatum {day:%d.%m.%Y}" in listed.words
    again = await maria.get(f"/containers/{container}/order")
    assert "Es gibt einen offenen Auftrag" in again.words
    refused = await maria.send(await maria.csrf(), f"/containers/{container}/order", kind="removal", key=uuid4())
    assert refused.status == 409
    assert "schon einen offenen Auftrag" in refused.words or "einen offenen Auftrag" in refused.words


# C41, C42
async def test_wish_and_note_are_optional(portal: Portal, maria: Browser) -> None:
    container = await stands(portal, "C2")
    summary = await maria.get(form(f"/containers/{container}/order", kind="removal", check="yes"))
    assert "so bald wie möglich" in summary.words
    done = await maria.send(summary, f"/containers/{container}/order", kind="removal")
    assert "Abzug bestellt" in done.words


# C38
async def test_a_container_on_its_way_takes_no_further_order(portal: Portal, maria: Browser) -> None:
    container = await placed(portal, maria)
    shown = await maria.get(f"/containers/{container}")
    assert "Weitere Aufträge sind möglich, sobald der Behälter gestellt ist." in shown.words
    refused = await maria.send(await maria.csrf(), f"/containers/{container}/order", kind="exchange", key=uuid4())
    assert refused.status == 409
    order = await order_of(maria, container)
    ids = {"container": container, "order": order["order"], "customer": CUSTOMER}
    await tells(portal, NoteCompletion(**ids, completed_on=date(2026, 5, 13), container_number="815"))
    line = (await maria.json(f"/containers/{container}"))["line"]
    assert (line["row"]["status"], line["row"]["number"], line["may_order"]) == ("standing", "815", True)
