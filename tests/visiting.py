"""A firm with a customer on the real gateway and identity, and visitors who read its pages and send forms."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any
from uuid import UUID, uuid4

from browsing import PASSWORD, Read, Visitor
from chassis.decider import Asker
from chassis.links import token
from chassis.room import Context
from contracts.identity.customer import ActivateCustomer, NoteTransfer, RecordCustomer
from contracts.identity.invitation import InviteUser, RegisterUser
from contracts.identity.site import RecordSite
from contracts.identity.tenant import ConfigureTenant
from contracts.identity.user import user_id
from contracts.values import Address, Branding, Language, LegalText, Role, derived_id
from embedded.stack import Stack
from mailbox_read import mails_in, text_of

from gateway import who

HERE = Address(street="Am Tor 1", postal_code="44135", city="Dortmund")

__all__ = ["PASSWORD", "Firm", "Portal", "Read", "Visitor", "link_in", "opened_firm", "text_of", "until"]


@dataclass
class Portal:
    gateway: Context
    identity: Context
    stack: Stack

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.gateway.settings.port}"


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

        async def there() -> list[EmailMessage] | None:
            found = await asyncio.to_thread(mails_in, self.portal.stack.settings, email)
            return found if len(found) >= at_least else None

        found: list[EmailMessage] = await until(there)
        return found

    async def mail(self, email: str, subject: str) -> EmailMessage:
        """The latest with this subject, once it has come."""

        async def there() -> EmailMessage | None:
            return next((mail for mail in reversed(await self.mails(email)) if mail["Subject"] == subject), None)

        found: EmailMessage = await until(there)
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

    async def has_a_portal() -> who.TenantDoc | None:
        """The firm and its customers come on partitions of their own."""
        return await portal.gateway.rows.get(who.tenants, tenant, tenant)

    await until(has_a_portal)
    return firm


def link_in(mail: EmailMessage) -> str:
    """The path of the first link of a mail."""
    found = re.search(r"https?://[^/\s]+(/\S+)", text_of(mail))
    assert found is not None
    return found[1]


async def until(there: Callable[[], Awaitable[Any]], within: float = 60.0) -> Any:
    """Waits for what must come; `within` only ends a test that has failed."""
    began = time.monotonic()
    while not (found := await there()):
        if time.monotonic() - began > within:
            raise AssertionError(f"it did not come within {within} s")
        await asyncio.sleep(0.03)
    return found
