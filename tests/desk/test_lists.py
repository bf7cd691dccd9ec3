"""Lists of the desk come in pages of twenty-five, and the search goes with them from page to page."""

from __future__ import annotations

import re

import pytest
from dispatching import ADDRESS, TODAY, Client, bring, ordered, push


@pytest.fixture
async def thirty_of_everything(client: Client) -> None:
    numbers = [f"{place:02}" for place in range(30)]
    await bring(client, "customers", [{"number": f"2{n}", "name": f"Kies {n}", "address": ADDRESS} for n in numbers])
    placed = {"customer": "10017", "site": "10017-01", "waste_type": "BS", "container_type": "AB7"}
    placed |= {"kind": "placement", "status": "accepted", "placed_on": TODAY}
    await bring(client, "orders", [{"number": f"FA-{n}", **placed} for n in numbers])
    for _ in numbers:
        await push(client, ordered())


@pytest.mark.usefixtures("thirty_of_everything")
@pytest.mark.parametrize(
    ("path", "asked", "noun", "nothing"),
    [
        ("/customers", "search=Kies", "Kunden", "Zu dieser Suche gibt es keinen Kunden."),
        ("/external-orders", "search=Hafenquartier&state=new", "Aufträge", "Hier gibt es keine Aufträge."),
        ("/orders", "search=Hafenquartier&state=accepted", "Aufträge", "Hier gibt es keine Fahraufträge."),
    ],
)
async def test_a_long_list_is_read_page_by_page(client: Client, path: str, asked: str, noun: str, nothing: str) -> None:
    pages = [(await client.get(f"{path}?page={page}&{asked}")).text for page in (1, 2)]
    rows = [set(re.findall(rf'<td[^>]*><a href="({path}/[^"]+)"', page)) for page in pages]
    assert [len(one) for one in rows] == [25, 5]
    assert not rows[0] & rows[1]
    for page, number in zip(pages, (1, 2), strict=True):
        assert f"30 {noun}" in page
        assert f"Seite {number} von 2" in page
    assert f'{path}?page=2&{asked}" rel="next"' in pages[0].replace("&amp;", "&")
    assert f'{path}?page=1&{asked}" rel="prev"' in pages[1].replace("&amp;", "&")
    first = (await client.get(f"{path}?page=nonsense&{asked}")).text
    assert "Seite 1 von 2" in first
    assert nothing in (await client.get(f"{path}?search=nirgends")).text
