"""Every page as every role sees it, on a desk and on a phone: nothing fails, nothing comes from elsewhere."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from demo.customers import PASSWORD, PEOPLE, Person
from gateway.discovery import modules
from gateway.page import ROUTES, Route
from playwright.async_api import Browser, Page

from tests.system.conftest import Running, Visit, log_in
from tests.system.seeing import Seen

pytestmark = pytest.mark.xdist_group("system")
modules()
PAGES = [route for route in ROUTES if route.method == "GET" and not route.public]
DOOR = [route for route in ROUTES if route.method == "GET" and route.public]
WHO = {person.role: person for person in PEOPLE if person.customer == "10017"}
MAY = {
    "administrator": {"user", "orderer", "administrator"},
    "orderer": {"user", "orderer"},
    "reader": {"user"},
}


async def read(page: Page, url: str) -> Any:
    """A page as JSON, with the cookies of this browser."""
    answer = await page.request.get(url, headers={"Accept": "application/json"})
    assert answer.ok, f"{url}: {answer.status}"
    return await answer.json()


async def what_there_is(page: Page, url: str, role: str) -> dict[str, str]:
    """For every place in an address a thing that this user sees in the lists."""
    orders, containers = await read(page, f"{url}/orders"), await read(page, f"{url}/containers")
    sites, invoices = await read(page, f"{url}/sites"), await read(page, f"{url}/invoices")
    quotes = await read(page, f"{url}/quotes")
    free = (
        next(line for line in containers["lines"] if line["may_order"]) if role != "reader" else containers["lines"][0]
    )
    found = {
        "order": orders["orders"][0]["order"],
        "container": free["row"]["container"],
        "site": sites["sites"][0]["site"]["site"],
        "invoice": invoices["lines"][0]["row"]["invoice"],
        "name": "privacy",
        "user": str(uuid4()),
    }
    if role == "administrator":
        found["user"] = (await read(page, f"{url}/users"))["users"][-1]["user"]
    for line in quotes["lines"]:
        found["quote"] = line["row"]["quote"]
        for message in (await read(page, f"{url}/quotes/{found['quote']}"))["messages"]:
            if message["files"]:
                return found | {"message": message["message"], "place": "0"}
    return found


def filled(route: Route, things: dict[str, str]) -> str | None:
    """None where this user has no such thing, as an orderer without an own quote."""
    places = re.findall(r"\{(\w+):\w+\}", route.path)
    if not all(place in things for place in places):
        return None
    return re.sub(r"\{(\w+):\w+\}", lambda place: things[place[1]], route.path)


async def steps_of_the_shop(page: Page, url: str) -> list[str]:
    """The address of each step after the first, as somebody goes through it."""
    wastes = [waste for group in (await read(page, f"{url}/shop"))["groups"] for waste in group["wastes"]]
    for waste in wastes:
        container = f"/shop?waste={waste['waste_type']}"
        families = (await read(page, url + container))["families"]
        if families:
            site = f"{container}&type={families[0]['types'][0]['container_type']}"
            places = (await read(page, url + site))["sites"]
            day = f"{site}&site={places[0]['site']}"
            return [container, site, day, f"{day}&desired=2000-01-02&at=5"]
    raise AssertionError("nothing can be ordered")


# C14, C22, C25, C40
@pytest.mark.parametrize("role", ["administrator", "orderer", "reader"])
async def test_every_page_works_on_desk_and_phone(running: Running, visit: Visit, role: str) -> None:
    person: Person = WHO[role]
    desk, phone = await visit(1280), await visit(390, 844)
    for page in (desk, phone):
        await log_in(page, running, person.email, PASSWORD)
    things = await what_there_is(desk, running.url, role)
    wide, narrow = (Seen(page, urlsplit(running.url).netloc) for page in (desk, phone))
    addresses: list[tuple[str, int]] = []
    for route in PAGES:
        address, status = filled(route, things), 200 if route.needs in MAY[role] else 403
        if address is None:
            assert role != "administrator", f"the demo has nothing for {route.path}"
        elif route.template:
            addresses.append((address, status))
        else:
            answer = await desk.request.get(running.url + address)
            assert answer.status == status, address
            assert "unsafe" not in answer.headers["content-security-policy"], address
    if role == "orderer":
        addresses += [(step, 200) for step in await steps_of_the_shop(desk, running.url)]
    addresses.append((f"/orders/{UUID(int=1)}", 404))
    for address, status in addresses:
        await wide.open(running.url + address, status)
        # What a reader sees is part of what an administrator sees.
        if role != "reader":
            await wide.usable_by_all()
        await narrow.open(running.url + address, status)
        await narrow.fits()
    assert wide.wrong + narrow.wrong == []
    assert len(addresses) > 15


# C7, C11, C22
@pytest.mark.parametrize("language", ["de", "en"])
async def test_every_page_before_the_door_works(running: Running, visit: Visit, language: str) -> None:
    places = {"invitation": str(uuid4()), "reset": str(uuid4())}
    paths = [filled(route, places | {"name": "imprint"}) for route in DOOR]
    addresses = [*(path for path in paths if path), "/legal/terms", "/legal/privacy", "/offline"]
    for width in (1280, 390):
        seen = Seen(await visit(width, language=language), urlsplit(running.url).netloc)
        for address in addresses:
            await seen.open(running.url + address, language=language)
            await (seen.usable_by_all() if width == 1280 else seen.fits())
        await seen.open(f"{running.url}/nowhere", 404, language)
        assert seen.wrong == []


async def test_the_desk_asks_nobody_else(running: Running, visit: Visit) -> None:
    seen = Seen(await visit(), urlsplit(running.desk).netloc)
    addresses = ["/", "/customers", "/orders", "/external-orders", "/customers/10017"]
    await seen.page.goto(f"{running.desk}/orders")
    order = await seen.page.locator("table.list tbody a").first.get_attribute("href")
    assert order
    for address in (*addresses, order):
        answer = await seen.page.goto(running.desk + address)
        assert answer is not None
        assert answer.status == 200, address
        policy = await answer.header_value("content-security-policy") or ""
        assert "unsafe" not in policy, address
    assert seen.wrong == []


BAD = """<!doctype html><html lang="fr"><body style="background:#fff"><p style="color:#eee">blass</p><img src="/x.png">
<img src="http://elsewhere.example/pixel.png" alt=""><div style="width:900px">breit</div><input>
<script>console.error("kaputt"); undefined.x</script></body></html>"""


async def test_whatever_is_wrong_with_a_page_is_noticed(browser: Browser) -> None:
    page = await browser.new_page(viewport={"width": 390, "height": 800})
    headers = {"content-type": "text/html", "content-security-policy": "default-src * 'unsafe-inline'"}
    await page.route("**/*", lambda route: route.fulfill(status=500, body=BAD, headers=headers))
    seen = Seen(page, "portal.example")
    await seen.open("http://portal.example/")
    await seen.fits()
    await seen.usable_by_all()
    said = "\n".join(seen.wrong)
    for sentence in (
        "status 500 instead of 200",
        "lang is 'fr'",
        "Content-Security-Policy is",
        "asks http://elsewhere.example/pixel.png",
        "console: kaputt",
        "script: ",
        "wider than the screen",
        "axe: image-alt",
        "axe: color-contrast",
        "axe: label",
    ):
        assert sentence in said, said
    await page.close()
