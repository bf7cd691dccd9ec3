"""Orders among its neighbours, real ones where there are any, with real Kafka and PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from catalog.__main__ import room as catalog_room
from chassis.decider import Asker, Decider
from chassis.room import Context, Room, opened
from chassis.settings import Settings
from contracts.base import Command, Event
from contracts.erp import ContainerTypeReported, WasteTypeReported
from contracts.identity.site import RecordSite
from contracts.identity.tenant import ConfigureTenant
from contracts.values import Address, LegalText, OrderKind, Role
from embedded.ports import any_free
from embedded.stack import Stack, infrastructure
from given_orders import until
from identity.site import site
from identity.tenant import tenant
from orders.__main__ import room as orders_room
from orders.views import assortment, firm, sites

ADDRESS = Address(street="Am Kai 3", postal_code="50667", city="Köln")
TEXT = LegalText(version="1", text="Bedingungen")


class SayAsTheBridge(Command):
    """Says an event as the bridge would."""

    stream: str
    type: str
    body: str


bridge = Decider(
    name="bridge",
    commands=(SayAsTheBridge,),
    initial=None,
    decide=lambda command, state, asked: [Event.registry[command.type].read(command.body)],
    evolve=lambda state, event: None,
    stream=lambda command: command.stream,
)
# Only what orders needs of identity: firms and sites.
ROOMS = (
    Room("identity", deciders=[tenant, site]),
    catalog_room,
    orders_room,
    Room("erp-bridge", deciders=[bridge]),
)


@dataclass(frozen=True)
class Portal:
    """A firm with two customers; the first has two open sites and a closed one."""

    orders: Context
    gateway: Context
    erp: Context
    tenant: UUID
    customer: UUID
    other: UUID
    open_site: UUID
    second_site: UUID
    closed_site: UUID
    foreign_site: UUID
    rubble: UUID
    paper: UUID
    skip: UUID
    bin: UUID

    @property
    def maria(self) -> Asker:
        return Asker(self.tenant, "user", "Maria Schulz", uuid4(), self.customer, Role.orderer, None, "m@kunde.example")

    async def report(self, *events: Event) -> None:
        """What the ERP reports of one customer comes in one stream, in order."""
        room = Asker(self.tenant, "room", "Disposition")
        for event in events:
            stream = f"customer:{getattr(event, 'customer', 'all')}"
            said = SayAsTheBridge(stream=stream, type=type(event).__name__, body=event.model_dump_json())
            await self.erp.execute(said, room)

    async def said(self, stream: str) -> list[str]:
        """The types of all events of a stream of orders."""
        async with self.orders.pool.connection() as conn:
            found = await conn.execute(
                "SELECT type FROM log WHERE tenant = %s AND stream = %s ORDER BY version", [self.tenant, stream]
            )
            return [row[0] for row in await found.fetchall()]


@pytest.fixture(scope="package")
async def stack() -> AsyncIterator[Stack]:
    async with infrastructure(wanted=("PostgreSQL", "Kafka")) as running:
        yield running


@pytest.fixture(scope="package")
async def portal(stack: Stack) -> AsyncIterator[Portal]:
    mark = uuid4().hex[:8]
    ports = {room.name: any_free() for room in ROOMS}
    urls = {f"{name.replace('-', '_')}_url": f"http://127.0.0.1:{port}" for name, port in ports.items()}
    contexts: dict[str, Context] = {}
    async with AsyncExitStack() as opening:
        for room in ROOMS:
            settings = Settings(
                secret="a secret for trying",
                port=ports[room.name],
                database_url=await stack.database(f"{room.name.replace('-', '_')}_{mark}"),
                kafka_url=stack.settings.kafka,
                topic_prefix=f"{mark}.",
                **urls,  # type: ignore[arg-type]
            )
            contexts[room.name] = await opening.enter_async_context(opened(room, settings))
        made = Portal(contexts["orders"], contexts["catalog"], contexts["erp-bridge"], *(uuid4() for _ in range(11)))
        await furnish(made, contexts["identity"])
        yield made


async def furnish(portal: Portal, identity: Context) -> None:
    operator, room = Asker(portal.tenant, "operator"), Asker(portal.tenant, "room")
    configured = ConfigureTenant(
        tenant=portal.tenant,
        name="Muster Entsorgung",
        domains=("portal.example",),
        sender="portal@firma.example",
        quote_address="angebote@firma.example",
        address=ADDRESS,
        region="NW",
        imprint=TEXT,
        terms=TEXT,
        privacy=TEXT,
    )
    await identity.execute(configured, operator)
    for number, (customer, place, active) in enumerate(
        [
            (portal.customer, portal.open_site, True),
            (portal.customer, portal.second_site, True),
            (portal.customer, portal.closed_site, False),
            (portal.other, portal.foreign_site, True),
        ]
    ):
        recorded = RecordSite(
            customer=customer, site=place, number=str(number), name=f"Werk {number}", address=ADDRESS, active=active
        )
        await identity.execute(recorded, room)
    about = {"code": "170107", "hazardous": False, "description": "", "orderable": True}
    await portal.report(
        WasteTypeReported(waste_type=portal.rubble, number="BS", name="Bauschutt", **about),  # type: ignore[arg-type]
        WasteTypeReported(waste_type=portal.paper, number="PP", name="Papier", **about),  # type: ignore[arg-type]
        container_type(portal.skip, "Absetzmulde 7 m³", portal.rubble, OrderKind.exchange, OrderKind.removal),
        container_type(portal.bin, "Umleerer 1,1 m³", portal.paper, OrderKind.emptying),
    )

    async def known() -> bool:
        rows = portal.orders.rows
        found = await rows.get(assortment, portal.tenant, "all")
        places = [portal.open_site, portal.second_site, portal.closed_site, portal.foreign_site]
        return (
            found is not None
            and (len(found.waste_types), len(found.container_types)) == (2, 2)
            and len(await rows.many(sites, portal.tenant, places)) == 4
            and await rows.get(firm, portal.tenant, "own") is not None
        )

    await until(known)


def container_type(key: UUID, name: str, waste: UUID, *kinds: OrderKind) -> ContainerTypeReported:
    return ContainerTypeReported(
        container_type=key,
        number=name,
        name=name,
        family="Behälter",
        volume=Decimal(7),
        variant="",
        waste_types=(waste,),
        kinds=kinds,
        orderable=True,
    )
