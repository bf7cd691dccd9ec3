"""The places of a customer where containers stand or are delivered."""

from __future__ import annotations

from uuid import UUID

from chassis.events import Meta
from chassis.views import View
from contracts.identity.site import SiteRecorded
from contracts.values import Address, Coordinates
from pydantic import BaseModel


class SiteRow(BaseModel):
    site: UUID
    customer: UUID
    number: str
    name: str
    address: Address
    coordinates: Coordinates | None
    active: bool
    version: int = 0
    """Of the site's stream: it may have gone to another customer, and customers are heard of in any order."""


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
    if doc and meta.version < doc.version:
        return doc
    return SiteRow(**event.model_dump(), version=meta.version)
