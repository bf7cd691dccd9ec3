"""What a browser notices about a page: errors in it, requests to elsewhere, whether it fits and can be used by all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, Response

GRAVE = ("serious", "critical")
WIDER_THAN_THE_SCREEN = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return null;
  const wide = [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > room + 1);
  const named = (one) => `${one.tagName}.${one.className}`;
  return `${document.documentElement.scrollWidth} px: ${wide.slice(0, 5).map(named).join(" ")}`;
}"""


@dataclass
class Seen:
    """Everything that one browser page noticed, as sentences; empty when nothing is wrong."""

    page: Page
    host: str
    """The only place, as host:port, that may be asked."""
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda said: self.note(f"console: {said.text}") if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.note(f"script: {error}"))
        self.page.on("request", lambda request: self.asked(request.url))

    def note(self, sentence: str) -> None:
        self.wrong.append(f"{self.page.url}: {sentence}")

    def asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.netloc != self.host:
            self.note(f"asks {url}")

    async def open(self, url: str, status: int = 200, language: str = "de") -> None:
        """Goes there and looks: status, language, and what the answer allows to run."""
        answer = await self.page.goto(url)
        assert answer is not None
        if status != 200:
            # The browser itself writes a refused page to the console.
            self.wrong = [one for one in self.wrong if f"status of {status}" not in one]
        if answer.status != status:
            self.note(f"status {answer.status} instead of {status}")
        said = await self.page.evaluate("document.documentElement.lang")
        if said != language:
            self.note(f"lang is {said!r}")
        await self.policy(answer)

    async def policy(self, answer: Response) -> None:
        policy = await answer.header_value("content-security-policy") or ""
        if "default-src 'none'" not in policy or "unsafe" in policy or "*" in policy:
            self.note(f"Content-Security-Policy is {policy!r}")

    async def fits(self) -> None:
        """Nothing is wider than the screen; tables may scroll in a box of their own."""
        too_wide = await self.page.evaluate(WIDER_THAN_THE_SCREEN)
        if too_wide:
            self.note(f"wider than the screen: {too_wide}")

    async def usable_by_all(self) -> None:
        """Axe finds nothing serious."""
        found: dict[str, Any] = (await Axe().run(self.page)).response
        if not found["passes"]:
            self.note("axe has checked nothing")
        for one in found["violations"]:
            if one["impact"] in GRAVE:
                places = " ".join(str(node["target"]) for node in one["nodes"][:3])
                self.note(f"axe: {one['id']} ({one['impact']}) at {places}")
