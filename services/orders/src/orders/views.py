"""What orders knows of the other rooms: the sites, what can be ordered, and where the firm is at home."""

from __future__ import annotations

from uuid import UUID

from chassis.events import Meta
from chassis.views import View
from contracts.catalog import ContainerTypeRecorded, WasteTypeRecorded
from contracts.identity.site import SiteRecorded
from contracts.identity.tenant import TenantConfigured
from contracts.values import OrderKind
from pydantic import BaseModel


class SiteFacts(BaseModel):
    """`version` of the site's stream: it may go to another customer, and customers are heard of in any order."""

    version: int = 0
    customer: UUID
    name: str
    active: bool


class Firm(BaseModel):
    """`region`: the German state whose holidays hold."""

    region: str


class WasteTypeFacts(BaseModel):
    name: str
    orderable: bool


class ContainerTypeFacts(BaseModel):
    name: str
    orderable: bool
    waste_types: tuple[UUID, ...]
    kinds: tuple[OrderKind, ...]


class Assortment(BaseModel):
    """All of a firm in one document: which type a standing container has, only its own stream knows."""

    waste_types: dict[UUID, WasteTypeFacts] = {}
    container_types: dict[UUID, ContainerTypeFacts] = {}


sites = View("sites", SiteFacts, customer=lambda doc: doc.customer)
firm = View("firm", Firm)
assortment = View("assortment", Assortment)


@sites.on(SiteRecorded, key=lambda event, meta: event.site)
def site_recorded(doc: SiteFacts | None, event: SiteRecorded, meta: Meta) -> SiteFacts:
    if doc and meta.version < doc.version:
        return doc
    return SiteFacts(version=meta.version, customer=event.customer, name=event.name, active=event.active)


@firm.on(TenantConfigured, key=lambda event, meta: "own")
def tenant_configured(doc: Firm | None, event: TenantConfigured, meta: Meta) -> Firm:
    return Firm(region=event.region)


@assortment.on(WasteTypeRecorded, key=lambda event, meta: "all")
def waste_type_recorded(doc: Assortment | None, event: WasteTypeRecorded, meta: Meta) -> Assortment:
    known = doc or Assortment()
    facts = WasteTypeFacts(name=event.name, orderable=event.orderable)
    return known.model_copy(update={"waste_types": {**known.waste_types, event.waste_type: facts}})


@assortment.on(ContainerTypeRecorded, key=lambda event, meta: "all")
def container_type_recorded(doc: Assortment | None, event: ContainerTypeRecorded, meta: Meta) -> Assortment:
    known = doc or Assortment()
    facts = ContainerTypeFacts(
        name=event.name,
        orderable=event.orderable,
        waste_types=event.waste_types,
        kinds=event.kinds,
    )
    return known.model_copy(update={"container_types": {**known.container_types, event.container_type: facts}})
