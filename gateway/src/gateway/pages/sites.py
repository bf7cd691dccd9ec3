"""The customer's sites: on a map and as a list, each with what stands there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from contracts.values import ContainerStatus
from pydantic import BaseModel

from gateway.page import Ask, number_of, page, pages_of
from gateway.pages.container_view import PRESENT, ContainerRow, containers
from gateway.pages.mine import ContainerLine, lines_of, may_order, my_site, my_sites, scope, sort_of
from gateway.pages.site_view import SiteRow, sites


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


class SiteCard(BaseModel):
    site: SiteRow
    stock: SiteStock


class Marker(BaseModel):
    """A pin on the map: where, how many containers, and where it leads."""

    lat: float
    lng: float
    label: str
    text: str
    count: int
    href: str


class SitesPage(BaseModel):
    sites: list[SiteCard]
    markers: list[Marker]
    total: int
    page: int
    pages: int
    all_sites: int
    all_containers: int
    may_order: bool
    tiles: str
    attribution: str


class SitePage(BaseModel):
    site: SiteRow
    stock: SiteStock
    lines: list[ContainerLine]
    gone: int
    markers: list[Marker]
    may_shop: bool
    tiles: str
    attribution: str


PAGE = 24
SORTS = ("name", "city", "number")


def marker(site: SiteRow, stock: SiteStock) -> list[Marker]:
    """None for a site whose place the ERP does not know."""
    if site.coordinates is None:
        return []
    return [
        Marker(
            lat=site.coordinates.latitude,
            lng=site.coordinates.longitude,
            label=site.name,
            text=site.address.line(),
            count=stock.standing,
            href=f"/sites/{site.site}",
        )
    ]


def attribution(tiles: str) -> str:
    """OpenStreetMap asks for its name on the map."""
    return "© OpenStreetMap" if "openstreetmap" in tiles else ""


@page("/sites", template="pages/sites.html")
async def site_overview(ask: Ask) -> SitesPage:
    everywhere = await my_sites(ask)
    present = await ask.rows.all(containers, ask.tenant_id, **scope(ask), where={"state": PRESENT})
    stock = stock_of(present)
    number = number_of(ask.query)
    found = await ask.rows.page(
        sites,
        ask.tenant_id,
        **scope(ask),
        search=ask.query.get("q", ""),
        sort=sort_of(ask.query, SORTS, "name"),
        limit=PAGE,
        offset=(number - 1) * PAGE,
    )
    return SitesPage(
        sites=[SiteCard(site=site, stock=stock.get(site.site, SiteStock())) for site in found.items],
        markers=[pin for site in everywhere if site.active for pin in marker(site, stock.get(site.site, SiteStock()))],
        total=found.total,
        page=number,
        pages=pages_of(found.total, PAGE),
        all_sites=len(everywhere),
        all_containers=len(present),
        may_order=may_order(ask),
        tiles=ask.tenant.map_tiles,
        attribution=attribution(ask.tenant.map_tiles),
    )


@page("/sites/{site:uuid}", template="pages/site.html")
async def one_site(ask: Ask, site: UUID) -> SitePage:
    doc = await my_site(ask, site)
    present = await ask.rows.all(
        containers, ask.tenant_id, customer=ask.me.customer, where={"site": str(site), "state": PRESENT}, sort="number"
    )
    gone = {"site": str(site), "state": "gone"}
    stock = stock_of(present).get(site, SiteStock())
    return SitePage(
        site=doc,
        stock=stock,
        lines=await lines_of(ask, present),
        gone=await ask.rows.count(containers, ask.tenant_id, customer=ask.me.customer, where=gone),
        markers=marker(doc, stock),
        may_shop=may_order(ask) and doc.active,
        tiles=ask.tenant.map_tiles,
        attribution=attribution(ask.tenant.map_tiles),
    )
