"""The places of a customer where containers stand or are delivered."""

from __future__ import annotations

from uuid import UUID

from contracts.base import Command, Event
from contracts.values import Address, Coordinates, Number, Text


class RecordSite(Command):
    """Takes over a site from the ERP."""

    customer: UUID
    site: UUID
    number: Number
    name: Text
    address: Address
    coordinates: Coordinates | None = None
    active: bool = True


class SiteRecorded(Event):
    """A place of a customer where containers stand or are delivered, new or changed."""

    customer: UUID
    site: UUID
    number: Number
    name: Text
    address: Address
    coordinates: Coordinates | None
    active: bool
