"""Every list is searched, sorted either way, and read page by page without losing or repeating anything."""

from __future__ import annotations

from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest
from berlin import today
from contracts.orders import ContainerRecorded
from contracts.values import ContainerStatus, Haul, OrderKind, OrderStatus
from gateway.pages import containers, invoices, orders, quotes, sites, users
from open_matters import asks, invoice, recorded
from order_portal import CUSTOMER, RUBBLE, SITE, SKIP, Browser, Portal, until

pytestmark = pytest.mark.xdist_group("overview-pages")
NAMES = ["Blatt-1", "Blatt-2", "Blatt-3"]


@pytest.fixture(scope="module")
async def heard(portal: Portal, karl: Browser, maria: Browser, reader: Browser) -> None:
    """Three of everything, as soon as the portal shows them."""
    for name in NAMES:
        await recorded(portal, name, status=OrderStatus.placed, placed_on=today())
        await invoice(portal, name)
        await asks(karl, name)
        container = uuid4()
        haul = Haul(
            kind=OrderKind.placement,
            site=SITE,
            site_name="Werk Hafen",
            waste_type=RUBBLE,
            waste_type_name="Bauschutt",
            container_type=SKIP,
            container_type_name="Absetzbehälter 7 m³",
        )
        said = ContainerRecorded(
            container=container,
            customer=CUSTOMER,
            site=SITE,
            number=name,
            haul=haul,
            status=ContainerStatus.standing,
            since=None,
        )
        await portal.says("orders", f"container:{container}", said)

    async def all_there() -> bool:
        return all(
            [(await karl.json(f"/{one}?q=Blatt-"))["total"] == 3 for one in ("orders", "invoices", "containers")]
        )

    await until(all_there)


LISTS = [
    (orders, "/orders", "orders", "number", "Blatt-", "Blatt-2"),
    (containers, "/containers", "lines", "number", "Blatt-", "Blatt-2"),
    (invoices, "/invoices", "lines", "number", "Blatt-", "Blatt-2"),
    (quotes, "/quotes", "lines", "subject", "Blatt-", "Blatt-2"),
    (sites, "/sites", "sites", "name", "", "unna"),
    (users, "/users", "users", "email", "", "maria"),
]


@pytest.mark.parametrize(
    ("module", "path", "key", "column", "all_of", "one_of"), LISTS, ids=[path for _, path, *_ in LISTS]
)
async def test_every_list_is_searched_sorted_and_read_in_pages(
    heard: None,
    karl: Browser,
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    path: str,
    key: str,
    column: str,
    all_of: str,
    one_of: str,
) -> None:
    async def read(query: str) -> dict[str, Any]:
        found: dict[str, Any] = await karl.json(f"{path}?{query}")
        return found

    whole = (await read(f"q={all_of}&sort={column}"))[key]
    assert len(whole) >= 3
    assert (await read(f"q={all_of}&sort=-{column}"))[key] == whole[::-1]
    found = await read(f"q={one_of}")
    assert (found["total"], len(found[key])) == (1, 1)
    monkeypatch.setattr(module, "PAGE", 2)
    pages = [await read(f"q={all_of}&sort={column}&page={number}") for number in range(1, len(whole) // 2 + 2)]
    assert [one for page in pages for one in page[key]] == whole
    assert {(page["total"], page["pages"]) for page in pages} == {(len(whole), -(-len(whole) // 2))}
    html = (await karl.get(f"{path}?q={all_of}&sort={column}")).text
    assert 'rel="next"' in html
    assert "page=2" in html
