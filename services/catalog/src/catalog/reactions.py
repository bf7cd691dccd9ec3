"""What the ERP says can be ordered is what the portal offers."""

from __future__ import annotations

from chassis.events import Meta
from chassis.room import Reactions
from contracts.base import Command
from contracts.catalog import RecordContainerType, RecordWasteType
from contracts.erp import ContainerTypeReported, WasteTypeReported

reactions = Reactions()

LONGEST_DESCRIPTION = 1000


@reactions.on(WasteTypeReported)
def waste_type_reported(event: WasteTypeReported, meta: Meta) -> list[Command]:
    return [RecordWasteType(**{**dict(event), "description": event.description[:LONGEST_DESCRIPTION]})]


@reactions.on(ContainerTypeReported)
def container_type_reported(event: ContainerTypeReported, meta: Meta) -> list[Command]:
    return [RecordContainerType(**dict(event))]
