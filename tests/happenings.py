"""What the firm and its ERP report, in any order: one half of what happens around the portal."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from contracts.base import Event
from contracts.billing import InvoiceStatus
from contracts.identity.tenant import ConfigureTenant
from contracts.identity.user import user_id
from contracts.values import (
    Address,
    ContainerStatus,
    Coordinates,
    File,
    Haul,
    InvoiceLine,
    LegalText,
    OrderKind,
    OrderStatus,
    Window,
    derived_id,
)
from histories import OPERATOR, TENANT, World
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from contracts import erp

EMAILS = ["maria@kunde.example", "otto@kunde.example", "joerg@müller.example"]
CUSTOMERS = [derived_id(TENANT, "customer", number) for number in ("10001", "10002")]
SITES = [derived_id(TENANT, "site", number) for number in ("1", "2", "3")]
OWNERS = [CUSTOMERS[0], CUSTOMERS[0], CUSTOMERS[1]]
WASTE = [derived_id(TENANT, "waste-type", number) for number in ("A", "B")]
TYPES = [derived_id(TENANT, "container-type", number) for number in ("M7", "U1")]
HOME = Address(street="Hafenstraße 1", postal_code="20457", city="Hamburg")
PLAN = File(sha256="0" * 64, name="Lageplan.pdf", media_type="application/pdf", size=1200)
PEOPLE, WHO, FIRST = st.sampled_from(EMAILS), st.sampled_from(CUSTOMERS), st.integers(0, 1)
PLACE, NTH, DAYS = st.integers(0, 2), st.integers(0, 5), st.integers(0, 9)
ON = st.booleans()


class Reports(RuleBasedStateMachine):
    """`hears_every`: how many things happen until all rooms have heard of them."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.dice, self.hears_every, self.happened = Random(0), 1, 0
        self.places = [0, 0]

    @initialize(seed=st.integers(0, 2**32), every=st.integers(1, 4))
    def the_firm_opens(self, seed: int, every: int) -> None:
        self.dice, self.hears_every = Random(seed), every
        self.the_firm_changes(terms="1", region="NW")
        for first in (0, 1):
            self.a_waste_type_is_reported(first, "Bauschutt", True)
            self.a_container_type_is_reported(first, tuple(OrderKind), True)
            self.a_customer_is_reported(CUSTOMERS[first], "Bau Müller")
        for place in range(3):
            self.a_site_is_reported(place, "Werk Süd", True)
        for first in (0, 1):
            self.the_portal_is_switched_on(CUSTOMERS[first], EMAILS[first])
            self.the_first_load_is_complete(CUSTOMERS[first])
        self.everybody_hears()

    @invariant()
    def everybody_hears_now_and_then(self) -> None:
        self.happened += 1
        if self.happened % self.hears_every == 0:
            self.everybody_hears()

    def everybody_hears(self) -> None:
        self.world.settle(self.dice.randrange)

    @rule(days=st.integers(1, 20))
    def days_go_by(self, days: int) -> None:
        self.world.now += timedelta(days=days)

    # -- the firm and what it offers ----------------------------------------------------------------------------

    @rule(terms=st.sampled_from(["1", "2"]), region=st.sampled_from(["NW", "BY"]))
    def the_firm_changes(self, terms: str, region: str) -> None:
        text = LegalText(version=terms, text="…")
        command = ConfigureTenant(
            tenant=TENANT,
            name="Nordhof Entsorgung",
            domains=("localhost",),
            sender="portal@nordhof.example",
            quote_address="vertrieb@nordhof.example",
            address=HOME,
            region=region,
            imprint=text,
            terms=text,
            privacy=LegalText(version="1", text="…"),
        )
        self.world.ask(command, OPERATOR)

    @rule(first=FIRST, name=st.sampled_from(["Bauschutt", "Bauschutt, sortenrein"]), orderable=ON)
    def a_waste_type_is_reported(self, first: int, name: str, orderable: bool) -> None:
        said: dict[str, Any] = {"number": "AB"[first], "name": name, "code": "170107", "hazardous": False}
        event = erp.WasteTypeReported(waste_type=WASTE[first], **said, description="", orderable=orderable)
        self.world.reports(None, event)

    @rule(first=FIRST, kinds=st.sampled_from([tuple(OrderKind), (OrderKind.exchange,)]), orderable=ON)
    def a_container_type_is_reported(self, first: int, kinds: tuple[OrderKind, ...], orderable: bool) -> None:
        event = erp.ContainerTypeReported(
            container_type=TYPES[first],
            number=("M7", "U1")[first],
            name=("Mulde 7 m³", "Umleerer 1,1 m³")[first],
            family="Absetzbehälter",
            volume=Decimal("7.0") if first == 0 else Decimal("1.1"),
            variant="offen",
            waste_types=tuple(WASTE),
            kinds=kinds,
            orderable=orderable,
        )
        self.world.reports(None, event)

    # -- what the ERP reports of a customer -----------------------------------------------------------------------

    @rule(customer=WHO, name=st.sampled_from(["Bau Müller", "Bau Müller GmbH"]))
    def a_customer_is_reported(self, customer: UUID, name: str) -> None:
        event = erp.CustomerReported(customer=customer, number="1", name=name, address=HOME, phone="", email="")
        self.world.reports(customer, event)

    @rule(place=PLACE, name=st.sampled_from(["Werk Süd", "Werk Süd, Tor 2"]), active=ON, moves=ON)
    def a_site_is_reported(self, place: int, name: str, active: bool, moves: bool = False) -> None:
        where = Coordinates(latitude=53.5, longitude=9.9) if place else None
        said: dict[str, Any] = {"name": name, "address": HOME, "coordinates": where, "active": active}
        customer = CUSTOMERS[1] if moves else OWNERS[place]
        event = erp.SiteReported(customer=customer, site=SITES[place], number=str(place + 1), **said)
        self.world.reports(customer, event)

    @rule(nth=FIRST, place=PLACE, status=st.sampled_from(ContainerStatus))
    def a_container_is_reported(self, nth: int, place: int, status: ContainerStatus) -> None:
        """It may go to another site and to another customer, but in one history it does not come back from there."""
        place = self.places[nth] = max(place, self.places[nth])
        number = f"M-{nth}"
        event = erp.ContainerReported(
            container=derived_id(TENANT, "container", number),
            customer=OWNERS[place],
            site=SITES[place],
            number=number,
            haul=self.haul(place, OrderKind.placement, number),
            status=status,
            since=date(2025, 9, 1),
        )
        self.world.reports(OWNERS[place], event)

    def haul(self, place: int, kind: OrderKind, number: str | None) -> Haul:
        return Haul(
            kind=kind,
            site=SITES[place],
            site_name="Werk Süd",
            waste_type=WASTE[0],
            waste_type_name="Bauschutt",
            container_type=TYPES[0],
            container_type_name="Mulde 7 m³",
            container=derived_id(TENANT, "container", number) if number else None,
            container_number=number,
        )

    @rule(nth=NTH, status=st.sampled_from(OrderStatus), kind=st.sampled_from(OrderKind), day=DAYS)
    def an_order_is_reported(self, nth: int, status: OrderStatus, kind: OrderKind, day: int) -> None:
        """History, or taken by telephone; every third one without a container."""
        place = nth % 3
        haul = self.haul(place, kind, None if nth % 3 == 2 else f"M-{nth % 2}")
        done = status is OrderStatus.completed
        event = erp.OrderReported(
            order=derived_id(TENANT, "order", f"A-{nth}"),
            customer=OWNERS[place],
            site=SITES[place],
            container=haul.container,
            number=f"A-{nth}",
            haul=haul,
            status=status,
            placed_on=date(2026, 2, 20),
            desired=None,
            planned=Window(day=self.day(day)) if status in (OrderStatus.dispatched, OrderStatus.completed) else None,
            completed_on=self.day(day) if done else None,
            weight=2300 + day if done else None,
            note="",
        )
        self.world.reports(OWNERS[place], event)

    @rule(nth=FIRST, status=st.sampled_from(InvoiceStatus), moves=ON)
    def an_invoice_is_reported(self, nth: int, status: InvoiceStatus, moves: bool = False) -> None:
        customer = CUSTOMERS[1] if moves else CUSTOMERS[nth]
        said = InvoiceLine(text="Tausch", quantity=Decimal("1.00"), unit="Stk", unit_price=12000, amount=12000)
        event = erp.InvoiceReported(
            invoice=derived_id(TENANT, "invoice", f"R-{nth}"),
            customer=customer,
            site=SITES[0] if nth == 0 else None,
            site_name="Werk Süd" if nth == 0 else "",
            number=f"R-{nth}",
            issued_on=date(2026, 1, 31),
            due_on=date(2026, 2, 14),
            net=12000,
            tax=2280,
            gross=14280,
            status=status,
            lines=(said,),
            document=PLAN,
        )
        self.world.reports(customer, event)

    @rule(customer=WHO, email=PEOPLE | st.just("nobody@nowhere"))
    def the_portal_is_switched_on(self, customer: UUID, email: str) -> None:
        self.world.reports(customer, erp.PortalSwitchedOn(customer=customer, email=email))

    @rule(customer=WHO, kind=st.sampled_from([erp.InvitationResent, erp.InvitationRevoked, erp.PortalSwitchedOff]))
    def the_firm_acts_on_the_invitation(self, customer: UUID, kind: type[Event]) -> None:
        self.world.reports(customer, kind(customer=customer))  # type: ignore[call-arg]

    @rule(customer=WHO)
    def the_first_load_is_complete(self, customer: UUID) -> None:
        self.world.reports(customer, erp.TransferCompleted(customer=customer))

    def day(self, ahead: int) -> date:
        return self.world.now.date() + timedelta(days=ahead)


def of(email: str) -> UUID:
    return user_id(TENANT, email)
