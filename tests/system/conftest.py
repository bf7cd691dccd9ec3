"""The whole portal as `make run` starts it, with the demo firm; a browser; and the mailboxes of everybody."""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import aiohttp
import pytest
from bench.firm import Firm, furnish
from browsing import Visitor
from embedded.chromium import executable
from embedded.portal import READY, Portal
from embedded.process import until as until_true
from embedded.settings import MAIL_PASSWORD
from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from psycopg import OperationalError
from quotes.mailbox import opened

from tests.system.collecting import Collector, collecting
from tests.system.striking import Erp, rows

LOADED_WITHIN = 900.0
"""Seconds; only ends a test that has failed."""
QUIET = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update"]


@dataclass
class Running:
    """Addresses of the running portal, and what its mail server holds."""

    portal: Portal

    @property
    def url(self) -> str:
        return self.portal.settings.portal

    @property
    def desk(self) -> str:
        return f"http://localhost:{self.portal.settings.desk_port}"

    async def mails(self, address: str) -> list[EmailMessage]:
        """All mails of a mailbox, oldest first."""
        imap = f"imap://{quote(address, safe='')}:{MAIL_PASSWORD}@127.0.0.1:{self.portal.settings.imap_port}"
        found = []
        async with opened(imap) as mailbox:
            for uid in await mailbox.after(0):
                fetched = await mailbox.fetch(uid)
                if fetched is not None:
                    found.append(email.message_from_bytes(fetched.raw, policy=email.policy.default))
        return found

    async def mail(self, address: str, about: str) -> EmailMessage:
        """The latest mail whose subject says so, as soon as it is there."""

        async def there() -> bool:
            return any(about in str(one["Subject"]) for one in await self.mails(address))

        await until_true(there, 90, f"a mail about {about!r} to {address}")
        return [one for one in await self.mails(address) if about in str(one["Subject"])][-1]


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain", "html"))
    assert body is not None
    return str(body.get_content())


def reachable(folder: Path) -> Path:
    """PostgreSQL runs as another user, who has to reach its data."""
    for parent in (folder, *folder.parents):
        if os.access(parent, os.W_OK) and parent != Path("/") and not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o001)
    return folder


@pytest.fixture(scope="package")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    portal = Portal(reachable(Path(tmp_path_factory.mktemp("system"))), HOFTOR_DEMO="yes")
    portal.launch()
    try:
        await portal.says(READY, within=LOADED_WITHIN)
        yield Running(portal)
    finally:
        await portal.clear_away()


@pytest.fixture(scope="package")
async def browser() -> AsyncIterator[Browser]:
    path = await asyncio.to_thread(executable)
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=path, args=QUIET)
        yield started
        await started.close()


Visit = Callable[..., Awaitable[Page]]


@pytest.fixture
async def visit(browser: Browser) -> AsyncIterator[Visit]:
    """`await visit(width=390)` opens a browser of its own, in German; scripts that fail fail the test."""
    contexts: list[BrowserContext] = []
    failures: list[str] = []

    async def open_page(width: int = 1280, height: int = 900, language: str = "de-DE") -> Page:
        context = await browser.new_context(viewport={"width": width, "height": height}, locale=language)
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: failures.append(f"{page.url}: {error}"))
        return page

    yield open_page
    for context in contexts:
        await context.close()
    assert failures == []


async def log_in(page: Page, running: Running, email: str, password: str = "Hofeinfahrt-48155") -> None:
    await page.goto(f"{running.url}/login")
    await page.fill("[name=email]", email)
    await page.fill("[name=password]", password)
    await page.click("main button[type=submit]")
    await page.wait_for_url(f"{running.url}/")
    await skip_the_tour(page)


async def skip_the_tour(page: Page) -> None:
    skip = page.locator("dialog[open] [data-tour-skip]")
    if await skip.count():
        await skip.click()
        await page.locator("dialog.tour[open]").wait_for(state="detached")


@dataclass
class Struck:
    """A portal with one customer of its own, whose parts may be killed, and an ERP that may fail."""

    running: Running
    firm: Firm
    erp: Erp
    visitor: Visitor
    traces: Collector
    email: str = "chef@1.example"
    browsers: list[Visitor] = field(default_factory=list)

    @property
    def portal(self) -> Portal:
        return self.running.portal

    def again(self) -> Visitor:
        """The same user in another browser."""
        made = Visitor(self.visitor.url, self.visitor.host)
        made.plant(self.visitor.cookies["hoftor"])
        made.page = self.visitor.page
        self.browsers.append(made)
        return made

    def form(self) -> dict[str, str]:
        wanted = self.firm.order("1")
        return {
            "waste": str(wanted.waste_type),
            "type": str(wanted.container_type),
            "site": str(wanted.site),
            "desired": str(wanted.desired),
        }

    async def order(self, visitor: Visitor, key: UUID) -> None:
        """One customer's click, and the same form again whenever the answer was not a yes."""
        form = {**self.form(), "key": str(key), "note": f"Tor {key}"}
        while True:
            try:
                answer = await asyncio.wait_for(visitor.post("/shop", form, follow=False), 20)
            except (aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(0.3)
                continue
            if answer.status == 303:
                return
            assert answer.status == 503, f"{answer.status}: {answer.text[:2000]}"
            await asyncio.sleep(0.3)

    async def be(self, mood: str) -> None:
        """The ERP changes its mood; "away" is when nobody listens there."""
        if self.erp.away and mood != "away":
            await self.erp.open()
        if mood == "away":
            await self.erp.close()
        elif mood in ("well", "takes and fails", "fails"):
            self.erp.mood = mood

    async def has_begun(self) -> bool:
        """The firm has ordered once itself, to see that it can."""
        return await self.listed() != {}

    async def listed(self) -> dict[str, str]:
        """Order → status, of the whole list in the portal."""
        found: list[tuple[str, str]] = []
        for page in range(1, 100):
            answer = await self.visitor.get(f"/orders?page={page}", accept="application/json")
            assert answer.status == 200, answer.text
            shown = json.loads(answer.text)
            found += [(one["order"], one["status"]) for one in shown["orders"]]
            if page >= shown["pages"]:
                break
        assert len(found) == len(dict(found)) == shown["total"]
        return dict(found)

    async def settled(self, orders: set[str]) -> None:
        """Until the plan of each order is seen in the portal and its mail is sent or given up."""

        async def done() -> bool:
            try:
                listed = await self.listed()
                booked = await rows(
                    self.portal,
                    "gateway",
                    "SELECT thread::text FROM sent_mails WHERE status IN ('sent', 'unknown', 'refused')",
                )
            except (OSError, OperationalError, aiohttp.ClientError, AssertionError):
                return False
            mailed = {thread for (thread,) in booked}
            return all(listed.get(order) == "dispatched" and order in mailed for order in orders)

        await until_true(done, 180, "every order to be planned and told")


@pytest.fixture(scope="package")
async def struck(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Struck]:
    folder = reachable(Path(tmp_path_factory.mktemp("struck")))
    # The desk stays away, because this ERP answers in its place.
    (folder / "desk").mkdir()
    (folder / "desk" / "__init__.py").touch()
    async with collecting() as traces, aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
        portal = Portal(
            folder,
            PYTHONPATH=str(folder),
            HOFTOR_OTLP_URL=traces.url,
            OTEL_BSP_SCHEDULE_DELAY="200",
            HOFTOR_ERP_BRIDGE_FIRST_PAUSE="0.2",
            HOFTOR_ERP_BRIDGE_LONGEST_PAUSE="2",
            HOFTOR_ERP_BRIDGE_CALL_SECONDS="3",
        )
        portal.launch()
        try:
            await portal.says(READY, within=LOADED_WITHIN)
            firm = Firm(portal, session)
            erp = Erp(firm)
            await erp.open()
            await furnish(firm)
            made = Struck(Running(portal), firm, erp, await firm.log_in("1"), traces)
            await until_true(made.has_begun, 60, "the first order")
            yield made
            await erp.end()
            for one in (made.visitor, *made.browsers):
                await one.session.close()
        finally:
            await portal.clear_away()
