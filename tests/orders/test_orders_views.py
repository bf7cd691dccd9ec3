"""What orders remembers of the other rooms is the same whatever comes first."""

from decimal import Decimal
from itertools import permutations
from uuid import UUID

from contracts.base import Event
from contracts.catalog import ContainerTypeRecorded, WasteTypeRecorded
from contracts.identity.site import SiteRecorded
from contracts.values import Address, OrderKind
from given_orders import CUSTOMER, META, OTHER, RUBBLE, SITE, SKIP
from msgspec.structs import replace
from orders.views import Assortment, container_type_recorded, site_recorded, waste_type_recorded


def rubble(waste_type: UUID = RUBBLE, orderable: bool = True) -> WasteTypeRecorded:
    return WasteTypeRecorded(
        waste_type=waste_type,
        number="170107",
        name="Bauschutt",
        code="170107",
        hazardous=False,
        description="",
        orderable=orderable,
    )


def skip() -> ContainerTypeRecorded:
    return ContainerTypeRecorded(
        container_type=SKIP,
        number="AM7",
        name="Absetzmulde 7 m³",
        family="Absetzbehälter",
        volume=Decimal(7),
        variant="",
        waste_types=(RUBBLE,),
        kinds=(OrderKind.exchange,),
        orderable=True,
    )


def fold(doc: Assortment | None, event: Event) -> Assortment:
    if isinstance(event, WasteTypeRecorded):
        return waste_type_recorded(doc, event, META)
    assert isinstance(event, ContainerTypeRecorded)
    return container_type_recorded(doc, event, META)


# C27, C40
def test_the_assortment_is_the_same_in_any_order() -> None:
    found = []
    for events in permutations([rubble(), rubble(UUID(int=99)), skip()]):
        doc: Assortment | None = None
        for event in events:
            doc = fold(doc, event)
        assert doc is not None
        found.append(doc)
        assert Assortment.model_validate_json(doc.model_dump_json()) == doc
    assert all(doc == found[0] for doc in found)
    assert found[0].container_types[SKIP].kinds == (OrderKind.exchange,)


def test_a_type_that_can_no_longer_be_ordered_stays_known() -> None:
    doc = fold(fold(None, rubble()), rubble(orderable=False))
    assert doc.waste_types[RUBBLE].orderable is False


# C28
def test_a_site_is_known_with_its_customer() -> None:
    event = SiteRecorded(
        customer=CUSTOMER,
        site=SITE,
        number="1",
        name="Werk Süd",
        address=Address(street="Am Kai 3", postal_code="20457", city="Hamburg"),
        coordinates=None,
        active=False,
    )
    known = site_recorded(None, event, replace(META, version=3))
    assert known.model_dump() == {"version": 3, "customer": CUSTOMER, "name": "Werk Süd", "active": False}
    late = event.model_copy(update={"customer": OTHER})
    assert site_recorded(known, late, replace(META, version=2)) == known, "heard late of an earlier customer"
