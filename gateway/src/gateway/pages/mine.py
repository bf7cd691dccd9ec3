"""What of sites, containers and orders the person who looks may see, and what may be ordered for a container."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal, TypedDict
from uuid import UUID

from chassis.decider import NotFound
from contracts.values import ContainerStatus, OrderKind
from pydantic import BaseModel

from gateway.page import Ask, _
from gateway.pages.catalog_view import container_types
from gateway.pages.container_view import ContainerRow, containers
from gateway.pages.site_view import SiteRow, sites

WhyNot = Literal["reader", "coming", "open_order", "gone", "nothing"]

KINDS = {
    OrderKind.placement: _("Placement"),
    OrderKind.exchange: _("Exchange"),
    OrderKind.emptying: _("Emptying"),
    OrderKind.removal: _("Removal"),
}


class Scope(TypedDict):
    customer: UUID
    sites: Collection[UUID] | None


class Option(BaseModel):
    """One entry of a filter."""

    value: str
    label: str


class ContainerLine(BaseModel):
    """A container as a line of a list: what may be done with it, or why nothing."""

    row: ContainerRow
    site_name: str
    kinds: tuple[OrderKind, ...]
    may_order: bool
    why: WhyNot | None


def scope(ask: Ask) -> Scope:
    return Scope(customer=ask.me.customer, sites=ask.me.sites)


def may_order(ask: Ask) -> bool:
    return "order" in ask.me.may


def sort_of(query: Mapping[str, str], allowed: Collection[str], otherwise: str) -> str:
    """A column, with a minus for descending; what the address may not ask for is the usual order."""
    said = query.get("sort", "")
    return said if said.removeprefix("-") in allowed else otherwise


async def my_site(ask: Ask, site: UUID) -> SiteRow:
    """NotFound also for a site of somebody else."""
    doc = await ask.rows.get(sites, ask.tenant_id, site)
    if doc is None or not ask.me.asker.may_see(doc.customer, doc.site):
        raise NotFound()
    return doc


async def my_container(ask: Ask, container: UUID) -> ContainerRow:
    doc = await ask.rows.get(containers, ask.tenant_id, container)
    if doc is None or not ask.me.asker.may_see(doc.customer, doc.site):
        raise NotFound()
    return doc


def site_options(places: Sequence[SiteRow]) -> list[Option]:
    return [Option(value=str(site.site), label=site.name) for site in places]


async def my_sites(ask: Ask, **more: str) -> list[SiteRow]:
    return await ask.rows.all(sites, ask.tenant_id, **scope(ask), where=more, sort="name")


def why_not(row: ContainerRow, kinds: Sequence[OrderKind], orders_at_all: bool) -> WhyNot | None:
    """The first reason that a follow-up order is not possible, or None."""
    if row.status is ContainerStatus.gone:
        return "gone"
    if row.status is ContainerStatus.ordered:
        return "coming"
    if row.open:
        return "open_order"
    if not orders_at_all:
        return "reader"
    return None if kinds else "nothing"


async def lines_of(ask: Ask, rows: Sequence[ContainerRow]) -> list[ContainerLine]:
    """With the present names of the sites, and what the types allow."""
    types = await ask.rows.many(container_types, ask.tenant_id, {row.container_type for row in rows})
    places = await ask.rows.many(sites, ask.tenant_id, {row.site for row in rows})
    lines = []
    for row in rows:
        type_, place = types.get(str(row.container_type)), places.get(str(row.site))
        kinds = tuple(kind for kind in type_.kinds if kind is not OrderKind.placement) if type_ else ()
        why = why_not(row, kinds, may_order(ask))
        lines.append(
            ContainerLine(
                row=row, site_name=place.name if place else row.site_name, kinds=kinds, may_order=why is None, why=why
            )
        )
    return lines
