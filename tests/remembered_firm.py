"""A firm whose customers' reads are remembered, and whose events are folded by hand."""

from typing import Any
from uuid import UUID

from chassis import marks
from chassis.folding import fold
from chassis.remembering import Marks, Memory, Remembered
from chassis.room import Context
from chassis.rows import Rows
from chassis.views import View
from contracts.base import Event
from contracts.catalog import WasteTypeRecorded
from contracts.identity.site import SiteRecorded
from contracts.values import Address
from folded_by_hand import meta
from pydantic import BaseModel
from trying import record

HERE = Address(street="Am Tor 1", postal_code="44135", city="Dortmund")
ANNA, BERT = UUID(int=1), UUID(int=2)


class Place(BaseModel):
    customer: UUID
    site: UUID
    name: str
    told: int = 1


class Waste(BaseModel):
    name: str


def views() -> tuple[View[Place], View[Waste]]:
    """Places of customers, which one can be rid of and which change hands, and wastes, which are of no customer."""
    places = View(
        "places",
        Place,
        customer=lambda doc: doc.customer,
        site=lambda doc: doc.site,
        columns={"name": ("text", lambda doc: doc.name)},
        search=lambda doc: doc.name,
    )

    @places.on(SiteRecorded, key=lambda event, meta: event.site)
    def recorded(doc: Place | None, event: SiteRecorded, meta: object) -> Place | None:
        told = doc.told + 1 if doc else 1
        return Place(customer=event.customer, site=event.site, name=event.name, told=told) if event.active else None

    wastes = View("wastes", Waste)

    @wastes.on(WasteTypeRecorded, key=lambda event, meta: event.waste_type)
    def waste(doc: Waste | None, event: WasteTypeRecorded, meta: object) -> Waste:
        return Waste(name=event.name)

    return places, wastes


def place(number: int, customer: UUID, name: str, *, there: bool = True) -> SiteRecorded:
    given: dict[str, Any] = {"address": HERE, "coordinates": None, "number": "1", "name": name, "active": there}
    return SiteRecorded(site=UUID(int=number), customer=customer, **given)


def waste(number: int, name: str) -> WasteTypeRecorded:
    return WasteTypeRecorded(**dict(record(UUID(int=number), name)))


async def comes(ctx: Context, tenant: UUID, customer: UUID | None, memory: Memory | None = None) -> Remembered:
    """A customer's rows with the marks of this moment."""
    async with ctx.single.connection() as conn:
        found = await conn.execute("SELECT customer, mark FROM marks WHERE tenant = %s", [tenant])
        known = dict(await found.fetchall())
    told = Marks(tenant, known.get(marks.NO_CUSTOMER), customer, known.get(customer) if customer else None)
    return Remembered(ctx.rows, ctx.memory if memory is None else memory, told)


class Firm:
    """A tenant whose customers read through one memory, and whose events are folded by hand."""

    def __init__(self, ctx: Context, tenant: UUID) -> None:
        self.ctx = ctx
        self.tenant = tenant
        self.places, self.wastes = ctx.views

    async def hears(self, *events: Event) -> None:
        async with self.ctx.pool.connection() as conn:
            await fold(conn, self.ctx.views, [(meta(event, tenant=self.tenant), event) for event in events])

    async def comes(self, customer: UUID | None, memory: Memory | None = None) -> Remembered:
        return await comes(self.ctx, self.tenant, customer, memory)

    async def told(self, rows: Rows, customer: UUID) -> list[Any]:
        """Every kind of question."""
        sites = {UUID(int=1), UUID(int=2)}
        keys = [UUID(int=number) for number in range(1, 5)]
        return [
            await rows.page(self.places, self.tenant, customer=customer, sort="name", limit=2),
            await rows.page(self.places, self.tenant, customer=customer, sort="name", limit=2, offset=2),
            await rows.page(self.places, self.tenant, customer=customer, sites=sites),
            await rows.all(self.places, self.tenant, customer=customer, where={"name": ["Halle", "Werk"]}),
            await rows.all(self.places, self.tenant, customer=customer, search="halle", sort="-name"),
            await rows.all(self.places, self.tenant),
            await rows.count(self.places, self.tenant, customer=customer),
            await rows.count(self.places, self.tenant, customer=customer, where={"name": (">", "H")}),
            *[await rows.get(self.places, self.tenant, key) for key in keys],
            await rows.many(self.places, self.tenant, keys),
            await rows.many(self.places, self.tenant, keys[:1]),
            await rows.all(self.wastes, self.tenant),
            await rows.get(self.wastes, self.tenant, UUID(int=1)),
            await rows.get(self.wastes, self.tenant, UUID(int=2)),
        ]

    async def spoil(self) -> None:
        """Changes documents behind everybody's back, so that one sees whether they are read."""
        async with self.ctx.pool.connection() as conn:
            for view in self.ctx.views:
                await conn.execute(f"""UPDATE {view.table} SET doc = jsonb_set(doc, '{{name}}', '"spoilt"')""")

    async def agrees(self) -> None:
        """What each customer is told now is what the database says."""
        for customer in (ANNA, BERT):
            rows = await self.comes(customer)
            assert await self.told(rows, customer) == await self.told(self.ctx.rows, customer)
        guest = await self.comes(None)
        assert await self.told(guest, ANNA) == await self.told(self.ctx.rows, ANNA)
