"""The real room on real PostgreSQL, Kafka, SMTP and IMAP, a firm with a customer, and sales with a mail program."""

from __future__ import annotations

import asyncio
import smtplib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote as quoted
from uuid import UUID, uuid4

from chassis.decider import Asker, Decider
from chassis.room import Context, Room, opened
from chassis.settings import Settings
from chassis.store import append
from chassis.views import View
from contracts.base import Event
from contracts.identity.customer import CustomerRecorded
from contracts.identity.invitation import UserRegistered
from contracts.identity.site import RecordSite, SiteRecorded
from contracts.identity.tenant import TenantConfigured
from contracts.quotes import QuoteAnswered, RequestQuote
from contracts.values import Address, Branding, File, Language, LegalText, Role
from embedded.ports import any_free
from embedded.settings import MAIL_PASSWORD
from embedded.stack import Stack
from pydantic import BaseModel
from quotes.__main__ import room as quotes_room
from quotes.mailbox import opened as mailbox_opened
from quotes.views import customers, sites, tenants, users

LEGAL = LegalText(version="1", text="…")
KAI = Address(street="Am Kai 3", postal_code="20457", city="Hamburg")


class Answers(BaseModel):
    """What the portal would show of a conversation."""

    said: list[QuoteAnswered] = []


answers = View("answers", Answers)


@answers.on(QuoteAnswered, key=lambda event, meta: event.quote)
def answered(doc: Answers | None, event: QuoteAnswered, meta: object) -> Answers:
    return Answers(said=[*(doc.said if doc else []), event])


# It says what identity says: its relay runs because it has a decider.
_SAYS_NOTHING: Decider[None] = Decider(
    "site", (RecordSite,), None, lambda *_: [], lambda state, _: state, lambda command: f"site:{command.site}"
)


@dataclass
class Firm:
    """A firm with mailboxes of its own, and a customer with a user."""

    name: str
    tenant: UUID = field(default_factory=uuid4)
    customer: UUID = field(default_factory=uuid4)
    site: UUID = field(default_factory=uuid4)
    user: UUID = field(default_factory=uuid4)

    @property
    def domain(self) -> str:
        return f"{self.name}.example"

    @property
    def sales(self) -> str:
        return f"angebote@{self.domain}"

    @property
    def maria(self) -> Asker:
        return Asker(
            self.tenant, "user", "Maria Schulz", self.user, self.customer, Role.orderer, None, "maria@kunde.example"
        )

    def facts(self) -> list[tuple[str, Event]]:
        tenant = TenantConfigured(
            tenant=self.tenant,
            name=f"Müller Entsorgung {self.name}",
            domains=(self.domain,),
            branding=Branding(),
            sender=f"portal@{self.domain}",
            quote_address=self.sales,
            phone="040 1234",
            address=KAI,
            region="HH",
            imprint=LEGAL,
            terms=LEGAL,
            privacy=LEGAL,
            map_tiles="",
        )
        customer = CustomerRecorded(
            customer=self.customer, number="10042", name="Bau Schulz GmbH", address=KAI, phone="040 99", email=""
        )
        site = SiteRecorded(
            customer=self.customer,
            site=self.site,
            number="7",
            name="Werk Süd",
            address=Address(street="Südweg 1", postal_code="21107", city="Hamburg"),
            coordinates=None,
            active=True,
        )
        user = UserRegistered(
            user=self.user,
            customer=self.customer,
            email="maria@kunde.example",
            first_name="Maria",
            last_name="Schulz",
            phone="0171 555",
            language=Language.german,
            role=Role.orderer,
            sites=None,
            terms="1",
            privacy="1",
        )
        return [
            (f"tenant:{self.tenant}", tenant),
            (f"customer:{self.customer}", customer),
            (f"site:{self.site}", site),
            (f"user:{self.user}", user),
        ]

    def request(self, *files: File, **changes: object) -> RequestQuote:
        given = {
            "quote": uuid4(),
            "customer": self.customer,
            "site": self.site,
            "subject": "Zwei Mulden für Bauschutt",
            "description": "Wir brauchen zwei Mulden\nfür drei Wochen – möglichst ab Montag.",
            "files": files,
        }
        return RequestQuote.model_validate({**given, **changes})


class Portal:
    """The rooms of one test, with a mailbox that no other test uses."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self.stack = stack
        self.mark = uuid4().hex[:8]
        self.mailbox = f"portal{self.mark}@hoftor.example"
        self.folder = folder
        self.ports = {room: any_free() for room in ("identity", "quotes", "gateway")}

    def imap(self, address: str) -> str:
        place = self.stack.settings.imap.rpartition("@")[2]
        return f"imap://{quoted(address, safe='')}:{MAIL_PASSWORD}@{place}"

    async def settings(self, room: str) -> Settings:
        return Settings(
            secret="a secret for trying",
            port=self.ports[room],
            database_url=await self.stack.database(f"{room}_{self.mark}"),
            kafka_url=self.stack.settings.kafka,
            smtp_url=self.stack.settings.smtp,
            imap_url=self.imap(self.mailbox),
            files=self.folder.as_uri(),
            **{f"{name}_url": f"http://127.0.0.1:{port}" for name, port in self.ports.items()},  # type: ignore[arg-type]
        )

    @asynccontextmanager
    async def knows(self, *firms: Firm) -> AsyncIterator[Context]:
        """Identity says the facts of these firms; gives the context of a looker-on who folds the answers."""
        saying = Room("identity", deciders=[_SAYS_NOTHING])
        async with opened(saying, await self.settings("identity")) as identity:
            async with identity.pool.connection() as conn:
                for firm in firms:
                    for stream, event in firm.facts():
                        await append(conn, firm.tenant, stream, [event], Asker(firm.tenant, "operator"), expected=0)
            identity.relay.wake()
            looking = Room("gateway", views=[answers])
            async with opened(looking, await self.settings("gateway")) as looker:
                yield looker

    @asynccontextmanager
    async def quotes(self) -> AsyncIterator[Context]:
        async with opened(quotes_room, await self.settings("quotes")) as ctx:
            yield ctx

    async def mails_of(self, address: str, at_least: int = 1, within: float = 30) -> list[EmailMessage]:
        """What lies in a mailbox once so many mails are there."""
        began = time.monotonic()
        while True:
            found: list[EmailMessage] = []
            async with mailbox_opened(self.imap(address)) as box:
                for uid in await box.after(0):
                    fetched = await box.fetch(uid)
                    assert fetched is not None
                    found.append(message_from_bytes(fetched.raw, policy=policy.default))  # type: ignore[arg-type]
            if len(found) >= at_least:
                return found
            assert time.monotonic() - began < within, f"{len(found)} mails for {address} within {within} s"
            await asyncio.sleep(0.2)

    def deliver(self, raw: EmailMessage | bytes, recipient: str, sender: str = "sales@mail.example") -> None:
        """As a mail server hands a mail over."""
        host, _, port = self.stack.settings.smtp.removeprefix("smtp://").partition(":")
        with smtplib.SMTP(host, int(port), timeout=60) as smtp:
            smtp.sendmail(sender, [recipient], raw if isinstance(raw, bytes) else raw.as_bytes(policy=policy.SMTP))


async def until(condition: Callable[[], Awaitable[object]], within: float = 30.0) -> object:
    """What the condition gives as soon as it gives something."""
    began = time.monotonic()
    while not (found := await condition()):
        assert time.monotonic() - began < within, f"not within {within} s"
        await asyncio.sleep(0.05)
    return found


async def known_to(quotes: Context, *firms: Firm) -> None:
    async def all_there() -> bool:
        found = [
            await quotes.rows.get(view, firm.tenant, key)
            for firm in firms
            for view, key in (
                (tenants, firm.tenant),
                (customers, firm.customer),
                (sites, firm.site),
                (users, firm.user),
            )
        ]
        return all(found)

    await until(all_there)


async def statuses(quotes: Context) -> list[tuple[str, str]]:
    async with quotes.single.connection() as conn:
        found = await conn.execute("SELECT status, reason FROM inbound_mails ORDER BY arrived")
        return [(row[0], row[1]) for row in await found.fetchall()]
