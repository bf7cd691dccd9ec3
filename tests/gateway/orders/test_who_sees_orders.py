"""Everybody sees and orders only for the own customer and the own sites."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from order_portal import (
    RUBBLE,
    SECOND,
    SITE,
    SKIP,
    Browser,
    Portal,
    form,
)
from order_steps import order_of, placed, stands, working_day

pytestmark = pytest.mark.xdist_group("order-pages")


# C28
async def test_who_may_see_one_site_sees_nothing_of_the_others(portal: Portal, elsewhere: Browser) -> None:
    here, there = await stands(portal, "S1"), await stands(portal, "S2", SECOND)
    assert [card["site"]["name"] for card in (await elsewhere.json("/sites"))["sites"]] == ["Lager Unna"]
    assert (await elsewhere.get(f"/containers/{there}")).status == 200
    assert (await elsewhere.get(f"/containers/{here}")).status == 404
    assert (await elsewhere.get(f"/sites/{SITE}")).status == 404
    numbers = [line["row"]["number"] for line in (await elsewhere.json("/containers"))["lines"]]
    assert "S2" in numbers
    assert "S1" not in numbers
    choice = await elsewhere.get(form("/shop", waste=RUBBLE, type=SKIP))
    assert "Werk Hafen" not in choice.words
    chosen = {"waste": RUBBLE, "type": SKIP, "site": SITE, "desired": working_day()}
    assert (
        await elsewhere.send(choice if choice.hidden("csrf") else await elsewhere.csrf(), "/shop", **chosen)
    ).status == 404


async def test_foreign_and_missing_things_look_the_same(portal: Portal, maria: Browser, stranger: Browser) -> None:
    container = await placed(portal, maria, "nicht für Fremde")
    order = (await order_of(maria, container))["order"]
    guard = await stranger.csrf()
    for path in (f"/containers/{container}", f"/containers/{container}/order", f"/orders/{order}", f"/sites/{SITE}"):
        foreign = await stranger.get(path)
        missing = await stranger.get(re.sub(r"[0-9a-f-]{36}", str(uuid4()), path))
        assert (foreign.status, missing.status) == (404, 404)
        assert foreign.words == missing.words
    for path in (f"/orders/{order}/cancel", f"/containers/{container}/order"):
        assert (await stranger.send(guard, path, kind="exchange")).status == 404
    assert not (await stranger.json("/orders"))["orders"]


async def test_a_reader_looks_but_does_not_order(portal: Portal, maria: Browser, reader: Browser) -> None:
    container = await placed(portal, maria, "nur ansehen")
    order = (await order_of(maria, container))["order"]
    page = await reader.get(f"/orders/{order}")
    assert page.status == 200
    assert "Auftrag stornieren" not in page.words
    guard = await reader.csrf()
    assert (await reader.get("/shop")).status == 403
    assert (await reader.send(guard, f"/orders/{order}/cancel")).status == 403
    chosen = {"waste": RUBBLE, "type": SKIP, "site": SITE, "desired": working_day()}
    assert (await reader.send(guard, "/shop", **chosen)).status == 403
    standing = await stands(portal, "R1")
    assert (await reader.send(guard, f"/containers/{standing}/order", kind="exchange")).status == 403
