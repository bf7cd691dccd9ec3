"""What belongs to others changes nothing of what one sees: no line, no sum, no number, on no page and in no table."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from everybodys_things import World, opened_world
from gateway.page import ROUTES
from gateway.pages.catalog_view import container_types, waste_types
from gateway.pages.container_view import containers
from gateway.pages.invoice_view import invoices
from gateway.pages.order_view import orders
from gateway.pages.quote_view import conversations, quotes
from gateway.pages.site_view import sites
from gateway.pages.waste_view import contributions
from visiting import Portal, Read, Visitor

from gateway import who

EVERYTHING = (containers, invoices, orders, quotes, conversations, sites, contributions, who.users)
WASTE, TYPE, CONTAINER = UUID(int=101), UUID(int=102), UUID(int=103)
STAGES = ("nothing", "own", "colleague's", "foreign")
ROLES = ("reader", "orderer", "administrator")
LISTS = [route for route in ROUTES if route.method == "GET" and "{" not in route.path and route.needs != "guest"]
ADDRESSES = [route.path for route in LISTS]
ADDRESSES += [f"{route.path}?format=xlsx" for route in LISTS if route.sheet]
ADDRESSES += ["/orders?status=open", "/containers?state=any", "/invoices?status=overdue", "/quotes?tab=unread"]
ADDRESSES += [f"/shop?waste={WASTE}", f"/shop?waste={WASTE}&type={TYPE}"]
ADDRESSES += [f"/containers/{CONTAINER}", "/sites/OWN"]
ADDRESSES += [*(f"{path}?site=COLLEAGUE" for path in ("/orders", "/containers", "/invoices", "/reports"))]
ABOUT_ONESELF = {"/profile"}
"""Pages that show nothing but the user."""


@dataclass
class Seen:
    """What each role sees at each address, stage by stage; empty where the role may not come in, or nothing is."""

    pages: dict[tuple[str, str, str], str] = field(default_factory=dict)


@pytest.fixture(scope="module")
async def seen(portal: Portal) -> AsyncIterator[Seen]:
    world = await opened_world(portal)
    made = Seen()
    for stage in STAGES:
        await belongs(world, stage)
        for role in ROLES:
            for address in ADDRESSES:
                made.pages[stage, role, address] = await read(world, world.visitors[role], address)
    yield made
    for visitor in world.firm.visitors:
        await visitor.session.close()


async def belongs(world: World, stage: str) -> None:
    """Of every kind one thing more, with names and numbers that would be seen."""
    named: dict[str, Any] = {"number": "4711", "name": "Von anderen", "first_name": "Von anderen", "weight": 5000}
    whose: Any = {"own": ["own"], "colleague's": ["colleague's"], "foreign": ["foreign customer's", "foreign tenant's"]}
    for one in whose.get(stage, []):
        for view in EVERYTHING:
            # A container is known to former customers and at former sites as well.
            same = {"container": CONTAINER} if view is orders or (view is containers and one == "own") else {}
            await world.thing(view, one, **named, **same)
        if one in ("own", "foreign tenant's"):
            # All customers of a firm may order the same.
            await world.thing(waste_types, one, waste_type=WASTE, **named)
            await world.thing(container_types, one, container_type=TYPE, waste_types=(WASTE,), **named)


async def read(world: World, visitor: Visitor, address: str) -> str:
    path = address.replace("COLLEAGUE", str(world.firm.sites[1])).replace("OWN", str(world.firm.sites[0]))
    answer = await visitor.get(path, accept="application/json")
    assert answer.status in (200, 403, 404)
    return told(answer) if answer.status == 200 else ""


def told(answer: Read) -> str:
    if "spreadsheet" in answer.headers["Content-Type"]:
        book = openpyxl.load_workbook(io.BytesIO(answer.data))
        return str([[list(row) for row in sheet.values] for sheet in book])
    return re.sub(r'"key":\s*"[^"]*"', "", answer.text)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("address", ADDRESSES)
def test_things_of_other_customers_and_firms_are_nowhere_to_be_seen(seen: Seen, address: str, role: str) -> None:
    assert seen.pages["foreign", role, address] == seen.pages["colleague's", role, address]


@pytest.mark.parametrize("role", ["reader", "orderer"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_who_may_see_one_site_sees_nothing_of_the_others(seen: Seen, address: str, role: str) -> None:
    assert seen.pages["colleague's", role, address] == seen.pages["own", role, address]


@pytest.mark.parametrize("address", [one for one in ADDRESSES if one not in ABOUT_ONESELF and "COLLEAGUE" not in one])
def test_what_is_ones_own_is_seen(seen: Seen, address: str) -> None:
    """Without this, a page that shows nothing at all would pass the tests above."""
    assert seen.pages["own", "administrator", address] != seen.pages["nothing", "administrator", address]


@pytest.mark.parametrize("address", [one for one in ADDRESSES if "COLLEAGUE" in one])
def test_who_may_see_all_sites_sees_those_of_colleagues(seen: Seen, address: str) -> None:
    assert seen.pages["colleague's", "administrator", address] != seen.pages["own", "administrator", address]
