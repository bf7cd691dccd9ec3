"""On the home screen of a phone the portal is an app, and whoever has no mouse orders with the keyboard."""

from __future__ import annotations

import json
import re
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from demo.customers import PASSWORD, PEOPLE
from PIL import Image
from playwright.async_api import Page, expect

from tests.system.conftest import Running, Visit, log_in
from tests.system.seeing import Seen
from tests.system.test_the_story import german, working_day

pytestmark = pytest.mark.xdist_group("system")
ORDERER = next(person.email for person in PEOPLE if person.role == "orderer")
FOCUSED = "() => (document.activeElement?.innerText || document.activeElement?.value || '').trim()"
RINGED = """() => {
  const style = getComputedStyle(document.activeElement);
  return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
}"""


# C22
async def test_the_manifest_makes_it_an_app(running: Running, visit: Visit) -> None:
    page = await visit(390, 844)
    await page.goto(f"{running.url}/login")
    address = await page.locator("link[rel=manifest]").get_attribute("href")
    assert address
    answer = await page.request.get(running.url + address)
    assert answer.headers["content-type"].startswith("application/manifest+json")
    manifest = json.loads(await answer.text())
    assert (manifest["display"], manifest["scope"], manifest["lang"]) == ("standalone", "/", "de")
    assert manifest["name"].startswith("Brinkhage")
    assert 0 < len(manifest["short_name"]) <= 12
    assert re.fullmatch("#[0-9a-f]{6}", manifest["theme_color"], re.IGNORECASE)
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        drawn = await page.request.get(running.url + icon["src"])
        assert drawn.ok, icon
        picture = Image.open(BytesIO(await drawn.body()))
        assert (f"{picture.width}x{picture.height}", f"image/{picture.format}".lower()) == (icon["sizes"], icon["type"])
    start = await page.request.get(running.url + manifest["start_url"])
    assert start.ok
    session = await page.context.new_cdp_session(page)
    judged = await session.send("Page.getAppManifest")
    assert judged["errors"] == []


# C22
async def test_without_a_network_the_app_says_so_and_keeps_no_data(running: Running, visit: Visit) -> None:
    page = await visit(390, 844)
    await log_in(page, running, ORDERER, PASSWORD)
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    await page.wait_for_function("navigator.serviceWorker.controller !== null")
    await page.goto(f"{running.url}/orders")
    await expect(page.locator("table.list tbody tr").first).to_be_visible()
    await page.context.set_offline(True)
    await page.goto(f"{running.url}/orders")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Sie sind offline")
    assert await page.locator("table.list").count() == 0
    # The look is there as well.
    assert await page.evaluate("getComputedStyle(document.body).fontFamily.includes('Inter')")
    stored = await page.evaluate(
        "caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name).then((one) => one.keys()))))"
        ".then((all) => all.flat().map((request) => new URL(request.url).pathname))"
    )
    assert "/offline" in stored
    assert [path for path in stored if path != "/offline" and not path.startswith("/look/")] == []
    await page.context.set_offline(False)
    await page.get_by_role("link", name="Erneut versuchen").or_(page.locator("main a.btn").first).first.click()
    await page.wait_for_url(f"{running.url}/")


async def tab_to(page: Page, words: str) -> None:
    """Tab until it has the focus, which has to be visible, and Enter."""
    for _ in range(120):
        await page.keyboard.press("Tab")
        if words in await page.evaluate(FOCUSED):
            assert await page.evaluate(RINGED), f"nobody sees that {words!r} has the focus"
            return
    raise AssertionError(f"{words!r} cannot be reached by Tab on {page.url}")


# C22, C40
async def test_a_container_is_ordered_with_the_keyboard_alone(running: Running, visit: Visit) -> None:
    page = await visit()
    seen = Seen(page, urlsplit(running.url).netloc)
    await page.goto(f"{running.url}/login")
    await page.focus("[name=email]")
    await page.keyboard.type(ORDERER)
    while await page.evaluate("document.activeElement.name") != "password":
        await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{running.url}/")
    await page.keyboard.press("Escape")
    await page.reload()
    await page.keyboard.press("Tab")
    assert await page.evaluate(FOCUSED) == "Zum Inhalt springen"
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "content"
    await page.reload()
    await tab_to(page, "Behälter & Standorte")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{running.url}/sites")
    await tab_to(page, "Container bestellen")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile("/shop"))
    for step in ("Bauschutt", "Absetzcontainer 7 m³", "Baustelle Hafenquartier"):
        await tab_to(page, step)
        before = page.url
        await page.keyboard.press("Enter")
        await page.wait_for_url(lambda url, before=before: url != before)
    await page.locator("[name=desired]").wait_for()
    while await page.evaluate("document.activeElement.name") != "desired":
        await page.keyboard.press("Tab")
    day = working_day(8)
    for order in ("%d%m%Y", "%m%d%Y"):
        # Which it is depends on the browser's own language.
        await page.keyboard.type(f"{day:{order}}")
        if await page.evaluate("document.activeElement.value") == day.isoformat():
            break
        for _ in range(3):
            await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile("at=5"))
    await expect(page.get_by_text("Baustelle Hafenquartier").first).to_be_visible()
    await tab_to(page, "Verbindlich bestellen")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile("/containers/[0-9a-f-]{36}"))
    await expect(page.get_by_text(german(day)).first).to_be_visible()
    assert seen.wrong == []
