"""What can be ordered: waste types with their AVV codes, and the containers that fit them."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from chassis.events import Meta
from chassis.views import View
from contracts.catalog import ContainerTypeRecorded, WasteTypeRecorded
from contracts.values import OrderKind
from pydantic import BaseModel


class WasteType(BaseModel):
    waste_type: UUID
    number: str
    name: str
    code: str
    hazardous: bool
    description: str
    orderable: bool

    @property
    def avv(self) -> str:
        """As the ordinance writes it: `17 01 07`, with a star when hazardous."""
        return f"{self.code[:2]} {self.code[2:4]} {self.code[4:]}{'*' if self.hazardous else ''}"


class ContainerType(BaseModel):
    container_type: UUID
    number: str
    name: str
    family: str
    volume: Decimal
    variant: str
    waste_types: tuple[UUID, ...]
    kinds: tuple[OrderKind, ...]
    orderable: bool


waste_types = View(
    "waste-types",
    WasteType,
    columns={
        "orderable": ("text", lambda doc: "yes" if doc.orderable else "no"),
        "name": ("text", lambda doc: doc.name.lower()),
        "code": ("text", lambda doc: doc.code),
    },
    search=lambda doc: f"{doc.name} {doc.code} {doc.avv} {doc.description}",
)
container_types = View(
    "container-types",
    ContainerType,
    columns={
        "orderable": ("text", lambda doc: "yes" if doc.orderable else "no"),
        "name": ("text", lambda doc: doc.name.lower()),
    },
)


@waste_types.on(WasteTypeRecorded, key=lambda event, meta: event.waste_type)
def waste_type_recorded(doc: WasteType | None, event: WasteTypeRecorded, meta: Meta) -> WasteType:
    return WasteType.model_validate(event.model_dump())


@container_types.on(ContainerTypeRecorded, key=lambda event, meta: event.container_type)
def container_type_recorded(doc: ContainerType | None, event: ContainerTypeRecorded, meta: Meta) -> ContainerType:
    return ContainerType.model_validate(event.model_dump())
