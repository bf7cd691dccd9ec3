"""The firm that runs a portal: its name, its look, its addresses and its terms."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.base import Command, Event
from contracts.values import Address, Branding, Email, LegalText, Text

Domain = Annotated[str, Field(pattern=r"^[a-z0-9.-]{1,253}$")]


class ConfigureTenant(Command):
    """Sets up a firm or changes its settings; only the operator may ask it."""

    tenant: UUID
    name: Text
    domains: tuple[Domain, ...] = Field(min_length=1)
    branding: Branding = Branding()
    sender: Email
    quote_address: Email
    phone: str = ""
    address: Address
    region: Annotated[str, Field(pattern="^[A-Z]{2}$", description="German state, for its holidays")] = "NW"
    imprint: LegalText
    terms: LegalText
    privacy: LegalText
    map_tiles: str = Field(default="", description="URL template of a tile server; empty: a map without tiles")


class TenantConfigured(Event):
    """A firm opened its portal or changed its settings, its look or its terms."""

    tenant: UUID
    name: str
    domains: tuple[str, ...]
    branding: Branding
    sender: Email
    quote_address: Email
    phone: str
    address: Address
    region: str
    imprint: LegalText
    terms: LegalText
    privacy: LegalText
    map_tiles: str
