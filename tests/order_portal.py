"""A gateway and orders, really running, and a firm whose customers look at their sites, containers and orders."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4, uuid5

import aiohttp
from chassis.decider import Asker, Decider
from chassis.room import Context, Room, opened
from chassis.settings import Settings
from chassis.store import append
from chassis.views import View
from contracts.base import Command, Event
from contracts.catalog import ContainerTypeRecorded, RecordWasteType, WasteTypeRecorded
from contracts.identity.customer import CustomerActivated, CustomerRecorded
from contracts.identity.invitation import UserRegistered
from contracts.identity.site import RecordSite, SiteRecorded
from contracts.identity.tenant import TenantConfigured
from contracts.values import Address, Branding, Coordinates, Language, LegalText, OrderKind, Role
from embedded.ports import any_free
from embedded.stack import Stack
from gateway.app import made
from gateway.pages.catalog_view import container_types
from gateway.pages.site_view import sites
from gateway.session import digest
from orders.__main__ import room as orders_room
from orders.views import assortment, firm
from orders.views import sites as places_of_orders

HOME = Address(street="Hafenstraße 1", postal_code="44147", city="Dortmund")
TEXT = LegalText(version="1", text="…")
CUSTOMER, OTHER = UUID(int=102), UUID(int=103)
SITE, SECOND, CLOSED, FOREIGN = UUID(int=110), UUID(int=111), UUID(int=112), UUID(int=113)
RUBBLE, OIL, OLD = UUID(int=120), UUID(int=121), UUID(int=122)
SKIP, BIN = UUID(int=130), UUID(int=131)


def silent(name: str, *commands: type[Command]) -> Room:
    """A room that only says what a test has put into its log."""
    nothing: Decider[None] = Decider(name, commands, None, lambda *_: [], lambda state, _: state, lambda _: "nothing")
    return Room(name, deciders=[nothing])


@dataclass
class Seen:
    status: int
    text: str
    url: str

    @property
    def words(self) -> str:
        """Without tags, blanks drawn together."""
        plain = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", self.text, flags=re.S)
        return re.sub(r"\s+", " ", plain.replace("&#34;", '"').replace("&amp;", "&")).strip()

    def hidden(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        return found[1] if found else ""


@dataclass
class Browser:
    """A user with a session."""

    portal: Portal
    token: str
    user: UUID

    async def get(self, path: str, accept: str = "text/html") -> Seen:
        return await self._send("GET", path, headers={"Accept": accept})

    async def json(self, path: str) -> Any:
        async with self._client() as client:
            async with client.get(self.portal.url + path, headers={"Accept": "application/json"}) as found:
                assert found.status == 200, await found.text()
                return await found.json()

    async def bytes(self, path: str) -> bytes:
        async with self._client() as client, client.get(self.portal.url + path) as found:
            assert found.status == 200
            return await found.read()

    async def send(self, form: Seen, path: str, **fields: Any) -> Seen:
        """The form of a page, with its guard and its key."""
        given = {"csrf": form.hidden("csrf"), "key": form.hidden("key"), **fields}
        return await self._send("POST", path, data={name: str(value) for name, value in given.items()})

    async def csrf(self) -> Seen:
        """Some page of the user, for the guard of forms that the user is not shown."""
        return await self.get("/orders")

    def _client(self) -> aiohttp.ClientSession:
        jar = aiohttp.CookieJar(unsafe=True)
        return aiohttp.ClientSession(cookies={"hoftor": self.token}, cookie_jar=jar)

    async def _send(self, method: str, path: str, **more: Any) -> Seen:
        async with self._client() as client:
            async with client.request(method, self.portal.url + path, **more) as found:
                return Seen(found.status, await found.text(), found.url.path_qs)


@dataclass
class Portal:
    rooms: dict[str, Context]
    url: str
    tenant: UUID = field(default_factory=uuid4)

    @property
    def gateway(self) -> Context:
        return self.rooms["gateway"]

    @property
    def orders(self) -> Context:
        return self.rooms["orders"]

    async def says(self, room: str, stream: str, *events: Event, who: Asker | None = None) -> None:
        ctx = self.rooms[room]
        async with ctx.pool.connection() as conn:
            await append(conn, self.tenant, stream, events, who or Asker(self.tenant, "erp", "ERP"))
        ctx.relay.wake()

    async def user(
        self, name: str, role: Role, customer: UUID = CUSTOMER, sites: tuple[UUID, ...] | None = None
    ) -> Browser:
        user = uuid5(self.tenant, name)
        registered = UserRegistered(
            user=user,
            customer=customer,
            email=f"{name.lower()}@kunde.example",
            first_name=name,
            last_name="Schulz",
            phone="",
            language=Language.german,
            role=role,
            sites=sites,
            terms="1",
            privacy="1",
        )
        await self.says("identity", f"user:{user}", registered)
        token = uuid4().hex
        async with self.gateway.pool.connection() as conn:
            await conn.execute(
                "INSERT INTO sessions (hash, tenant, user_id, ends, remembered, began)"
                " VALUES (%s, %s, %s, now() + interval '1 day', false, now() + interval '1 minute')",
                [digest(token), self.tenant, user],
            )
        browser = Browser(self, token, user)
        await until(lambda: is_in(browser))
        return browser

    async def begins(self) -> None:
        await self.says(
            "identity",
            f"tenant:{self.tenant}",
            TenantConfigured(
                tenant=self.tenant,
                name="Ruhrtal Entsorgung",
                domains=("localhost", "127.0.0.1"),
                branding=Branding(),
                sender="portal@ruhrtal.example",
                quote_address="vertrieb@ruhrtal.example",
                phone="0231 5550",
                address=HOME,
                region="NW",
                imprint=TEXT,
                terms=TEXT,
                privacy=TEXT,
                map_tiles="",
            ),
        )
        for customer in (CUSTOMER, OTHER):
            base = CustomerRecorded(customer=customer, number="1", name="Bau Kolb", address=HOME, phone="", email="")
            await self.says(
                "identity", f"customer:{customer}", base, CustomerActivated(customer=customer, email="a@b.de")
            )
        for site, name, owner, in_use in (
            (SITE, "Werk Hafen", CUSTOMER, True),
            (SECOND, "Lager Unna", CUSTOMER, True),
            (CLOSED, "Altes Werk", CUSTOMER, False),
            (FOREIGN, "Fremdes Werk", OTHER, True),
        ):
            place = Coordinates(latitude=51.5, longitude=7.4)
            told = SiteRecorded(
                customer=owner, site=site, number=name[:1], name=name, address=HOME, coordinates=place, active=in_use
            )
            await self.says("identity", f"site:{site}", told)
        for waste, name, code, hazardous, orderable in (
            (RUBBLE, "Bauschutt", "170107", False, True),
            (OIL, "Altöl", "130205", True, True),
            (OLD, "Asbest", "170605", True, False),
        ):
            what = WasteTypeRecorded(
                waste_type=waste,
                number=code,
                name=name,
                code=code,
                hazardous=hazardous,
                description="",
                orderable=orderable,
            )
            await self.says("catalog", f"waste-type:{waste}", what)
        for type_, name, family, wastes, kinds in (
            (SKIP, "Absetzbehälter 7 m³", "Absetzbehälter", (RUBBLE,), (OrderKind.exchange, OrderKind.removal)),
            (BIN, "Umleerbehälter 1,1 m³", "Umleerbehälter", (OIL,), (OrderKind.emptying,)),
        ):
            container = ContainerTypeRecorded(
                container_type=type_,
                number=name,
                name=name,
                family=family,
                volume=Decimal(7),
                variant="",
                waste_types=wastes,
                kinds=kinds,
                orderable=True,
            )
            await self.says("catalog", f"container-type:{type_}", container)

    async def is_known(self) -> bool:
        """Whether orders and the gateway have heard of everything that `begins` says."""
        region = await self.orders.rows.get(firm, self.tenant, "own")
        everything = await self.orders.rows.get(assortment, self.tenant, "all")
        heard = [await ctx.rows.get(view, self.tenant, FOREIGN) for ctx, view in self.places]
        shop = await self.gateway.rows.get(container_types, self.tenant, BIN)
        return bool(region and shop and all(heard) and everything and len(everything.container_types) == 2)

    @property
    def places(self) -> list[tuple[Context, View[Any]]]:
        return [(self.orders, places_of_orders), (self.gateway, sites)]

    async def mails(self) -> list[tuple[str, str, str]]:
        async with self.gateway.pool.connection() as conn:
            found = await conn.execute(
                "SELECT recipient, subject, status FROM sent_mails WHERE tenant = %s ORDER BY began", [self.tenant]
            )
            return [(row[0], row[1], row[2]) for row in await found.fetchall()]


async def is_in(browser: Browser) -> bool:
    found = await browser.get("/orders", "application/json")
    return found.status == 200


async def until(condition: Callable[[], Awaitable[object]], within: float = 40.0) -> None:
    """Waits for what must come; `within` only ends a test that has failed."""
    began = time.monotonic()
    while not await condition():
        assert time.monotonic() - began < within, "it did not come"
        await asyncio.sleep(0.05)


def form(address: str, **values: object) -> str:
    return f"{address}?{urlencode({name: str(value) for name, value in values.items()})}"


@asynccontextmanager
async def running(stack: Stack) -> AsyncIterator[Portal]:
    rooms = (silent("identity", RecordSite), silent("catalog", RecordWasteType), orders_room, made())
    ports = {room.name: any_free() for room in rooms}
    mark = uuid4().hex[:8]
    contexts: dict[str, Context] = {}
    async with AsyncExitStack() as running_rooms:
        for room in rooms:
            settings = Settings(
                secret="a secret for trying",
                port=ports[room.name],
                database_url=await stack.database(f"{room.name}_{mark}"),
                kafka_url=stack.settings.kafka,
                smtp_url=stack.settings.smtp,
                topic_prefix=f"{mark}.",
                **{f"{name}_url": f"http://127.0.0.1:{port}" for name, port in ports.items()},  # type: ignore[arg-type]
            )
            contexts[room.name] = await running_rooms.enter_async_context(opened(room, settings))
        portal = Portal(contexts, f"http://127.0.0.1:{ports['gateway']}")
        await portal.begins()
        await until(portal.is_known)
        yield portal
