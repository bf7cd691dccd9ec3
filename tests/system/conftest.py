"""The whole portal as `make run` starts it, with the demo firm; a browser; and the mailboxes of everybody."""

from __future__ import annotations

import asyncio
import email
import email.policy
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

import pytest
from embedded.chromium import executable
from embedded.portal import READY, Portal
from embedded.process import until as until_true
from embedded.settings import MAIL_PASSWORD
from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from quotes.mailbox import opened

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


@pytest.fixture(scope="session")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    folder = Path(tmp_path_factory.mktemp("system"))
    # PostgreSQL runs as another user, who has to reach its data.
    for parent in (folder, *folder.parents):
        if os.access(parent, os.W_OK) and parent != Path("/") and not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o001)
    portal = Portal(folder, HOFTOR_DEMO="yes")
    portal.launch()
    try:
        await portal.says(READY, within=LOADED_WITHIN)
        yield Running(portal)
    finally:
        await portal.clear_away()


@pytest.fixture(scope="session")
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
