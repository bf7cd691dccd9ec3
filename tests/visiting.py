"""A firm with a customer on the real gateway and identity, and visitors who read its pages and send forms."""

from __future__ import annotations

import asyncio
import imaplib
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import UUID, uuid4

import aiohttp
from chassis.decider import Asker
from chassis.links import token
from chassis.room import Context
from contracts.identity import (
    ActivateCustomer,
    ConfigureTenant,
    InviteUser,
    NoteTransfer,
    RecordCustomer,
    RecordSite,
    RegisterUser,
    user_id,
)
from contracts.values import Address, Branding, Language, LegalText, Role, derived_id
from embedded.settings import MAIL_PASSWORD
from embedded.stack import Stack
from yarl import URL

from gateway import who

PASSWORD = "Kies und Schotter 42"
HERE = Address(street="Am Tor 1", postal_code="44135", city="Dortmund")


@dataclass
class Portal:
    gateway: Context
    identity: Context
    stack: Stack

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.gateway.settings.port}"


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


@dataclass
class Firm:
    """A tenant with one customer; every test has its own."""

    portal: Portal
    tenant: UUID
    host: str
    customer: UUID
    sites: list[UUID]
    visitors: list[Visitor] = field(default_factory=list)

    @property
    def operator(self) -> Asker:
        return Asker(tenant=self.tenant, kind="operator", name="operator")

    @property
    def guest(self) -> Asker:
        return Asker(tenant=self.tenant, kind="guest")

    @property
    def boss(self) -> str:
        return f"chefin@{self.host}"

    def visitor(self, language: str = "de") -> Visitor:
        self.visitors.append(Visitor(self.portal.url, self.host, language))
        return self.visitors[-1]

    async def invite(self, email: str, role: Role, sites: tuple[UUID, ...] | None = None) -> UUID:
        """The id of the invitation."""
        user = user_id(self.tenant, email)
        before = await self.portal.gateway.rows.get(who.users, self.tenant, user)
        asked = InviteUser(user=user, customer=self.customer, email=email, role=role, sites=sites)
        await self.portal.identity.execute(asked, self.operator)

        async def newer() -> UUID | None:
            doc = await self.portal.gateway.rows.get(who.users, self.tenant, user)
            return doc.invitation if doc and (before is None or doc.invitation != before.invitation) else None

        found: UUID = await until(newer)
        return found

    async def known(self, email: str, state: str = "invited") -> who.UserDoc:
        user = user_id(self.tenant, email)

        async def there() -> who.UserDoc | None:
            doc = await self.portal.gateway.rows.get(who.users, self.tenant, user)
            return doc if doc and doc.state == state else None

        found: who.UserDoc = await until(there)
        return found

    async def member(self, email: str, role: Role, sites: tuple[UUID, ...] | None = None) -> UUID:
        """A registered user; everybody has the same password."""
        invitation = await self.invite(email, role, sites)
        registered = RegisterUser(
            user=user_id(self.tenant, email),
            invitation=invitation,
            token=token(self.portal.identity.key("invitation"), invitation),
            first_name="Rita",
            last_name="Radlader",
            language=Language.german,
            terms="1",
            privacy="1",
            password=PASSWORD,
        )
        await self.portal.identity.execute(registered, self.guest)
        await self.known(email, "active")
        return user_id(self.tenant, email)

    async def mails(self, email: str, at_least: int = 1) -> list[EmailMessage]:
        """What lies in somebody's mailbox, oldest first."""
        settings = self.portal.stack.settings

        def read() -> list[EmailMessage]:
            with imaplib.IMAP4("127.0.0.1", settings.imap_port) as box:
                box.login(email, MAIL_PASSWORD)
                box.select("INBOX")
                numbers = box.search(None, "ALL")[1][0].split()
                raw = [box.fetch(number, "(RFC822)")[1][0][1] for number in numbers]  # type: ignore[index]
            made = [message_from_bytes(one, policy=policy.default) for one in raw]  # type: ignore[arg-type]
            return [mail for mail in made if isinstance(mail, EmailMessage)]

        async def there() -> list[EmailMessage] | None:
            found = await asyncio.to_thread(read)
            return found if len(found) >= at_least else None

        found: list[EmailMessage] = await until(there)
        return found

    async def asker(self, email: str) -> Asker:
        """The user as the gateway names them to other rooms."""
        customer = await self.portal.gateway.rows.get(who.customers, self.tenant, self.customer)
        assert customer is not None
        return who.me(self.tenant, await self.known(email, "active"), customer).asker

    async def logged_in(self, email: str, role: Role = Role.administrator, **more: Any) -> Visitor:
        await self.member(email, role, **more)
        visitor = self.visitor()
        await visitor.log_in(email)
        return visitor


async def opened_firm(portal: Portal) -> Firm:
    tenant = uuid4()
    host = f"f{tenant.hex[:8]}.example"
    customer = derived_id(tenant, "customer", "10001")
    sites = [derived_id(tenant, "site", f"S{number}") for number in (1, 2)]
    firm = Firm(portal, tenant, host, customer, sites)
    text = LegalText(version="1", text="# Geltung\n\nHier steht es.\n\n- eins\n- zwei")
    identity, operator = portal.identity, firm.operator
    await identity.execute(
        ConfigureTenant(
            tenant=tenant,
            name="Mulde & Söhne",
            domains=(host,),
            branding=Branding(),
            sender=f"portal@{host}",
            quote_address=f"angebote@{host}",
            phone="0231 4711",
            address=HERE,
            imprint=text,
            terms=text,
            privacy=text,
        ),
        operator,
    )
    await identity.execute(RecordCustomer(customer=customer, number="10001", name="Bau Beck", address=HERE), operator)
    for number, site in enumerate(sites, 1):
        recorded = RecordSite(
            customer=customer, site=site, number=f"S{number}", name=f"Baustelle {number}", address=HERE
        )
        await identity.execute(recorded, operator)
    await identity.execute(ActivateCustomer(customer=customer, email=firm.boss), operator)
    for part in ("base", "orders", "invoices"):
        await identity.execute(NoteTransfer(customer=customer, part=part), operator)
    await firm.known(firm.boss)
    return firm


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    said = part.get_content()
    assert isinstance(said, str)
    return said


def link_in(mail: EmailMessage) -> str:
    """The path of the first link of a mail."""
    found = re.search(r"https?://[^/\s]+(/\S+)", text_of(mail))
    assert found is not None
    return found[1]


async def until(there: Callable[[], Awaitable[Any]], within: float = 20.0) -> Any:
    """Waits for what must come; `within` only ends a test that has failed."""
    began = time.monotonic()
    while not (found := await there()):
        if time.monotonic() - began > within:
            raise AssertionError(f"it did not come within {within} s")
        await asyncio.sleep(0.03)
    return found
