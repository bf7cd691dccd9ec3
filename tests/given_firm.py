"""A firm for trying: what the ERP says of its customers, and what its people ask identity for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID, uuid4

from chassis import links
from chassis.asking import Answer
from chassis.decider import Asker
from chassis.room import Context
from chassis.store import append
from contracts.base import Command, Event
from contracts.billing import InvoicesLoaded
from contracts.erp import CustomerReported, PortalSwitchedOn, SiteReported, TransferCompleted
from contracts.identity.invitation import RegisterUser
from contracts.identity.tenant import ConfigureTenant
from contracts.identity.user import user_id
from contracts.orders import OrdersLoaded
from contracts.values import Address, LegalText, Role
from identity.account import Account
from identity.knowledge import account_of, customer_of

T = TypeVar("T")
HOME = Address(street="Hafenstraße 1", postal_code="20457", city="Hamburg")
PASSWORD = "sieben rote Kipper"


async def until(condition: Callable[[], Awaitable[T | None]], within: float = 40.0) -> T:
    """What `condition` finds, as soon as it finds something; `within` only ends a test that has failed."""
    began = time.monotonic()
    while not (found := await condition()):
        assert time.monotonic() - began < within, f"it did not come within {within} s"
        await asyncio.sleep(0.03)
    return found


@dataclass
class Firm:
    """One tenant and what its people do; all of it goes over HTTP or Kafka as in the portal."""

    rooms: dict[str, Context]
    id: UUID = field(default_factory=uuid4)

    @property
    def ctx(self) -> Context:
        return self.rooms["identity"]

    @property
    def guest(self) -> Asker:
        return Asker(self.id, "guest")

    async def ask(self, command: Command, who: Asker | None = None) -> Answer:
        return await self.rooms["billing"].ask(command, who or self.guest)

    async def call(self, path: str, **body: object) -> dict[str, object]:
        found: dict[str, object] = await self.rooms["billing"].call("identity", path, self.guest, body)
        return found

    @property
    def domain(self) -> str:
        return f"f{self.id.hex[:8]}.example"

    async def opens(self, *domains: str) -> None:
        """On its own domain, or on these."""
        text = LegalText(version="1", text="…")
        command = ConfigureTenant(
            tenant=self.id,
            name="Nordhof Entsorgung",
            domains=domains or (self.domain,),
            sender="portal@nordhof.example",
            quote_address="vertrieb@nordhof.example",
            address=HOME,
            imprint=text,
            terms=text,
            privacy=text,
        )
        await self.ask(command, Asker(self.id, "operator"))

    async def says(self, room: str, customer: UUID, *events: Event) -> None:
        ctx = self.rooms[room]
        async with ctx.pool.connection() as conn:
            await append(conn, self.id, f"customer:{customer}", events, Asker(self.id, "erp", "ERP"))
        ctx.relay.wake()

    async def first_load(self, customer: UUID, email: str, sites: Sequence[UUID] = ()) -> None:
        """Everything that comes between the tick in the ERP and the invitation."""
        base = CustomerReported(customer=customer, number="1", name="Bau Müller", address=HOME, phone="", email="")
        places = [
            SiteReported(
                customer=customer, site=site, number=str(n), name="Werk", address=HOME, coordinates=None, active=True
            )
            for n, site in enumerate(sites)
        ]
        on = PortalSwitchedOn(customer=customer, email=email)
        await self.says("erp-bridge", customer, on, base, *places, TransferCompleted(customer=customer))
        await self.says("orders", customer, OrdersLoaded(customer=customer))
        await self.says("billing", customer, InvoicesLoaded(customer=customer))

    async def account(self, email: str, *statuses: str) -> Account:
        """As soon as it has one of these."""

        async def found() -> Account | None:
            now = await account_of(self.ctx, self.id, user_id(self.id, email))
            return now if not statuses or now.status in statuses else None

        return await until(found)

    async def said(self, kind: type[Event]) -> list[str]:
        """The bodies of identity's events of one kind."""
        async with self.ctx.pool.connection() as conn:
            found = await conn.execute("SELECT body FROM log WHERE tenant = %s AND type = %s", [self.id, kind.__name__])
            return [row[0] for row in await found.fetchall()]

    async def closed(self, customer: UUID) -> bool:
        return not (await customer_of(self.ctx, self.id, customer)).active

    def registration(self, email: str, account: Account, **changes: object) -> RegisterUser:
        assert account.invitation is not None
        given: dict[str, object] = {
            "user": user_id(self.id, email),
            "invitation": account.invitation,
            "token": links.token(self.ctx.key("invitation"), account.invitation),
            "first_name": "Anna",
            "last_name": "Arndt",
            "terms": "1",
            "privacy": "1",
            "password": PASSWORD,
        }
        return RegisterUser.model_validate(given | changes)

    async def administrator(self, customer: UUID, email: str) -> Asker:
        """The first user of a customer, registered."""
        await self.first_load(customer, email)
        await self.ask(self.registration(email, await self.account(email, "invited")))
        return self.user(customer, email)

    def user(self, customer: UUID, email: str, role: Role = Role.administrator) -> Asker:
        return Asker(self.id, "user", user=user_id(self.id, email), customer=customer, role=role, email=email)
