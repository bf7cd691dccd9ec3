"""The customer's sites: on a map and as a list, each with what stands there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from chassis.events import Meta
from chassis.views import View
from contracts.identity import SiteRecorded
from contracts.values import Address, ContainerStatus, Coordinates
from gateway.pages.containers import ContainerRow
from pydantic import BaseModel


class SiteRow(BaseModel):
    site: UUID
    customer: UUID
    number: str
    name: str
    address: Address
    coordinates: Coordinates | None
    active: bool


sites = View(
    "sites",
    SiteRow,
    customer=lambda doc: doc.customer,
    site=lambda doc: doc.site,
    columns={
        "name": ("text", lambda doc: doc.name.lower()),
        "city": ("text", lambda doc: doc.address.city.lower()),
        "number": ("text", lambda doc: doc.number),
        "active": ("text", lambda doc: "yes" if doc.active else "no"),
    },
    search=lambda doc: f"{doc.number} {doc.name} {doc.address.line()}",
)


@sites.on(SiteRecorded, key=lambda event, meta: event.site)
def site_recorded(doc: SiteRow | None, event: SiteRecorded, meta: Meta) -> SiteRow:
    return SiteRow.model_validate(event.model_dump())


class Stock(BaseModel):
    """How many containers of one type stand at a site."""

    container_type_name: str
    count: int


class SiteStock(BaseModel):
    """What stands at a site, by type, and what is on its way or asked for."""

    types: tuple[Stock, ...] = ()
    standing: int = 0
    ordered: int = 0
    open_orders: int = 0


def stock_of(rows: Iterable[ContainerRow]) -> dict[UUID, SiteStock]:
    """The container stock of every site that has one."""
    standing: dict[UUID, Counter[str]] = {}
    ordered: Counter[UUID] = Counter()
    open_orders: Counter[UUID] = Counter()
    for row in rows:
        if row.status is ContainerStatus.standing:
            standing.setdefault(row.site, Counter())[row.container_type_name] += 1
        elif row.status is ContainerStatus.ordered:
            ordered[row.site] += 1
        open_orders[row.site] += row.open is not None
    return {
        site: SiteStock(
            types=tuple(
                Stock(container_type_name=name, count=count)
                for name, count in sorted(standing.get(site, Counter()).items(), key=lambda each: (-each[1], each[0]))
            ),
            standing=standing.get(site, Counter()).total(),
            ordered=ordered[site],
            open_orders=open_orders[site],
        )
        for site in {*standing, *ordered, *open_orders}
    }
