"""A browser without a screen: reads pages, keeps cookies, sends forms with their token."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import aiohttp
from yarl import URL

PASSWORD = "Kies und Schotter 42"


@dataclass
class Read:
    """What came back, after the redirects."""

    status: int
    path: str
    text: str
    headers: Any
    cookies: dict[str, Any]
    first: int
    """The status before any redirect."""
    data: bytes = b""

    @property
    def csrf(self) -> str:
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', self.text)
        return found[1] if found else ""

    @property
    def key(self) -> str:
        found = re.search(r'name="key" value="([0-9a-f-]{36})"', self.text)
        return found[1] if found else str(uuid4())


@dataclass
class Visitor:
    """A browser with its own cookies, at the domain of one firm."""

    url: str
    host: str
    language: str = "de"
    session: aiohttp.ClientSession = field(init=False)
    page: Read | None = None

    def __post_init__(self) -> None:
        jar = aiohttp.CookieJar(unsafe=True, quote_cookie=False)
        self.session = aiohttp.ClientSession(cookie_jar=jar)

    @property
    def cookies(self) -> dict[str, str]:
        return {cookie.key: cookie.value for cookie in self.session.cookie_jar}

    def plant(self, token: str) -> None:
        """A session's secret in this browser's cookies."""
        self.session.cookie_jar.update_cookies({"hoftor": token}, URL(self.url))

    async def get(self, path: str, accept: str = "text/html", follow: bool = True, **headers: str) -> Read:
        return await self._ask("GET", path, None, accept, follow, headers)

    async def post(
        self,
        path: str,
        form: dict[str, Any] | None = None,
        *,
        accept: str = "text/html",
        follow: bool = True,
        csrf: str | None = None,
        **headers: str,
    ) -> Read:
        """With the CSRF token of the page that was read last."""
        known = csrf if csrf is not None else (self.page.csrf if self.page else "")
        sent = {"csrf": known, "key": self.page.key if self.page else str(uuid4()), **(form or {})}
        return await self._ask("POST", path, sent, accept, follow, headers)

    async def _ask(
        self, method: str, path: str, form: dict[str, Any] | None, accept: str, follow: bool, more: dict[str, str]
    ) -> Read:
        headers = {"Host": self.host, "Accept": accept, "Accept-Language": self.language}
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        data = aiohttp.FormData(quote_fields=False) if form is not None else None
        for name, value in (form or {}).items():
            assert data is not None
            for one in value if isinstance(value, list) else [value]:
                data.add_field(name, str(one))
        async with self.session.request(
            method, self.url + path, data=data, headers=headers, allow_redirects=False
        ) as answer:
            raw = await answer.read()
            text = raw.decode(errors="replace")
            cookies = dict(answer.cookies.items())
            made = Read(answer.status, path, text, answer.headers, cookies, answer.status, raw)
        if follow and made.status == 303:
            first = made.status
            made = await self._ask("GET", made.headers["Location"], None, accept, True, {})
            made.first = first
        if made.csrf:
            self.page = made
        return made

    async def log_in(self, email: str, password: str = PASSWORD, **more: Any) -> Read:
        await self.get("/login")
        return await self.post("/login", {"email": email, "password": password, "next": "/profile", **more})
