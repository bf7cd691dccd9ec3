"""What can be ordered: waste types, container types and which fits which."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.base import Command, Event
from contracts.values import Number, OrderKind, Text

WasteCode = Annotated[str, Field(pattern=r"^\d{6}$", description="AVV code, six digits")]


class RecordWasteType(Command):
    """Takes over a waste type from the ERP."""

    waste_type: UUID
    number: Number
    name: Text
    code: WasteCode
    hazardous: bool = False
    description: Annotated[str, Field(max_length=1000)] = ""
    orderable: bool = True


class WasteTypeRecorded(Event):
    """A waste type (Abfallart) with its AVV code, new or changed."""

    waste_type: UUID
    number: Number
    name: Text
    code: WasteCode
    hazardous: bool
    description: str
    orderable: bool


class RecordContainerType(Command):
    """Takes over a container type from the ERP, with the waste types that fit and the orders that it allows."""

    container_type: UUID
    number: Number
    name: Text
    family: Text = Field(description="Absetzbehälter, Abrollbehälter, Umleerbehälter, Presscontainer …")
    volume: Decimal = Field(gt=0, description="cubic metres")
    variant: str = Field(default="", description="with lid, open, lockable …")
    waste_types: tuple[UUID, ...]
    kinds: tuple[OrderKind, ...] = Field(description="orders that a standing container of this type allows")
    orderable: bool = True


class ContainerTypeRecorded(Event):
    """A container type, the waste types that it takes and the orders that it allows, new or changed."""

    container_type: UUID
    number: Number
    name: Text
    family: Text
    volume: Decimal
    variant: str
    waste_types: tuple[UUID, ...]
    kinds: tuple[OrderKind, ...]
    orderable: bool
