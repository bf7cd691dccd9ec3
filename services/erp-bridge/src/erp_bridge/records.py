"""What an ERP reports, in its own numbers: base data, containers, orders and invoices."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from contracts.billing import InvoiceStatus
from contracts.catalog import WasteCode
from contracts.values import (
    Address,
    ContainerStatus,
    Coordinates,
    Kilograms,
    Note,
    Number,
    OrderKind,
    OrderStatus,
    Text,
    Window,
)
from pydantic import BaseModel, ConfigDict, Field, PlainSerializer


def plain(value: Decimal) -> str:
    """7, 7.0 and 7.00 are the same figure, and are written the same."""
    return format(value.normalize(), "f")


Euros = Annotated[
    Decimal,
    Field(max_digits=12, decimal_places=2, description="euros"),
    PlainSerializer(lambda value: format(value.quantize(Decimal("0.01")), "f"), return_type=str),
]
Figure = Annotated[
    Decimal, Field(max_digits=12, allow_inf_nan=False), PlainSerializer(plain, return_type=str, when_used="json")
]
CubicMetres = Annotated[Figure, Field(gt=0, description="cubic metres")]

Reference = tuple[str, str, str]
"""The field, and the collection and number that it names."""


class Record(BaseModel):
    """One report; the number is in the path, or in the line of a bulk upload."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    collection: ClassVar[str]

    number: Number

    def references(self) -> list[Reference]:
        """What must have been reported before."""
        return []

    def report(self) -> dict[str, Any]:
        """As JSON, with every default filled in."""
        return self.model_dump(mode="json")

    def digest(self) -> str:
        return digest(self.report())


def digest(report: dict[str, Any]) -> str:
    """SHA-256 of the report as JSON with sorted keys and no spaces."""
    written = json.dumps(report, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


class WasteTypeRecord(Record):
    collection = "waste-types"

    name: Text
    code: WasteCode
    hazardous: bool = False
    description: Annotated[str, Field(max_length=1000)] = ""
    orderable: bool = True


class ContainerTypeRecord(Record):
    collection = "container-types"

    name: Text
    family: Text
    volume: CubicMetres
    variant: Annotated[str, Field(max_length=200)] = ""
    waste_types: tuple[Number, ...]
    kinds: tuple[OrderKind, ...] = Field(description="the orders that a standing container of this type allows")
    orderable: bool = True

    def references(self) -> list[Reference]:
        return [("waste_types", "waste-types", number) for number in self.waste_types]


class CustomerRecord(Record):
    collection = "customers"

    name: Text
    address: Address
    phone: Annotated[str, Field(max_length=100)] = ""
    email: Annotated[str, Field(max_length=254)] = ""


class SiteRecord(Record):
    collection = "sites"

    customer: Number
    name: Text
    address: Address
    coordinates: Coordinates | None = None
    active: bool = True

    def references(self) -> list[Reference]:
        return [("customer", "customers", self.customer)]


class ContainerRecord(Record):
    collection = "containers"

    site: Number
    container_type: Number
    waste_type: Number
    status: ContainerStatus = ContainerStatus.standing
    since: date | None = None

    def references(self) -> list[Reference]:
        return [
            ("site", "sites", self.site),
            ("container_type", "container-types", self.container_type),
            ("waste_type", "waste-types", self.waste_type),
        ]


class OrderRecord(Record):
    collection = "orders"

    kind: OrderKind
    site: Number
    container: Number | None = None
    container_type: Number
    waste_type: Number
    status: OrderStatus
    placed_on: date
    desired: date | None = None
    planned: Window | None = None
    completed_on: date | None = None
    weight_kg: Kilograms | None = None
    note: Note = ""

    def references(self) -> list[Reference]:
        named = [("container", "containers", self.container)] if self.container else []
        return [
            ("site", "sites", self.site),
            ("container_type", "container-types", self.container_type),
            ("waste_type", "waste-types", self.waste_type),
            *named,
        ]


class InvoiceLineRecord(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Text
    quantity: Figure
    unit: Annotated[str, Field(max_length=20)] = ""
    unit_price: Euros
    amount: Euros


class DocumentReference(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    name: Text


class InvoiceRecord(Record):
    collection = "invoices"

    customer: Number
    site: Number | None = None
    issued_on: date
    due_on: date
    net: Euros
    tax: Euros
    gross: Euros
    status: InvoiceStatus
    lines: Annotated[tuple[InvoiceLineRecord, ...], Field(max_length=500)] = ()
    document: DocumentReference | None = None

    def references(self) -> list[Reference]:
        named = [("site", "sites", self.site)] if self.site else []
        document = [("document", "documents", self.document.sha256)] if self.document else []
        return [("customer", "customers", self.customer), *named, *document]


RECORDS: dict[str, type[Record]] = {
    record.collection: record
    for record in (
        WasteTypeRecord,
        ContainerTypeRecord,
        CustomerRecord,
        SiteRecord,
        ContainerRecord,
        OrderRecord,
        InvoiceRecord,
    )
}
"""In the order in which they refer to each other."""
