"""Values that all rooms speak of: addresses, money, files, kinds of orders and roles."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(min_length=1, max_length=200)]
Note = Annotated[str, Field(max_length=2000)]
Email = Annotated[str, Field(min_length=3, max_length=254, pattern=r"^[^@\s<>\"]+@[^@\s<>\"]+$")]
Number = Annotated[str, Field(min_length=1, max_length=64, description="a number as the ERP writes it")]
Kilograms = Annotated[int, Field(ge=0, le=100_000)]
Cents = Annotated[int, Field(description="hundredths of a euro")]


def derived_id(tenant: UUID, kind: str, number: str) -> UUID:
    """The id of what the ERP calls by `number`: the same in every room, without asking anybody."""
    return uuid5(tenant, f"{kind}:{number}")


class Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Coordinates(Value):
    """WGS 84, degrees."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class Address(Value):
    street: Text
    postal_code: Annotated[str, Field(min_length=3, max_length=10)]
    city: Text
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")] = "DE"

    def line(self) -> str:
        return f"{self.street}, {self.postal_code} {self.city}"


class File(Value):
    """A file by its content; the bytes lie in the file store under `sha256`."""

    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    name: Text
    media_type: Text
    size: int = Field(ge=0, description="bytes")


class Window(Value):
    """When the driver comes: a day, and the hours if they are known (local time of the tenant)."""

    day: date
    begins: time | None = None
    ends: time | None = None


class Language(StrEnum):
    german = "de"
    english = "en"


class Role(StrEnum):
    """What a user of a customer may do."""

    administrator = "administrator"
    orderer = "orderer"
    reader = "reader"


class OrderKind(StrEnum):
    placement = "placement"
    exchange = "exchange"
    emptying = "emptying"
    removal = "removal"


class OrderStatus(StrEnum):
    placed = "placed"
    accepted = "accepted"
    dispatched = "dispatched"
    completed = "completed"
    refused = "refused"
    cancelled = "cancelled"


class ContainerStatus(StrEnum):
    """`ordered`: on its way; `standing`: at the site; `gone`: fetched, refused or cancelled."""

    ordered = "ordered"
    standing = "standing"
    gone = "gone"


class Haul(Value):
    """What is to be done where, with the names as they were when it was ordered."""

    kind: OrderKind
    site: UUID
    site_name: Text
    waste_type: UUID
    waste_type_name: Text
    container_type: UUID
    container_type_name: Text
    container: UUID | None = Field(default=None, description="none: an order without a container of the portal")
    container_number: str | None = None


class InvoiceLine(Value):
    text: Text
    quantity: Decimal
    unit: str
    unit_price: Cents
    amount: Cents


class Branding(Value):
    """How the firm looks: colours as #rrggbb, the logo as a file."""

    primary: Annotated[str, Field(pattern="^#[0-9a-fA-F]{6}$")] = "#14532d"
    accent: Annotated[str, Field(pattern="^#[0-9a-fA-F]{6}$")] = "#d97706"
    logo: File | None = None


class LegalText(Value):
    """A text that users accept: its version and where it can be read."""

    version: Text
    text: Annotated[str, Field(min_length=1, max_length=200_000)]


class Moment(Value):
    """Who did something, as a customer may read it."""

    at: datetime
    who: Text
