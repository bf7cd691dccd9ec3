"""The portal opens for a customer when the ERP says so; the first user is invited when everything has arrived."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.decider import Asked, Asker, Invalid, NotAllowed, NotFound
from contracts.base import Command, Event
from contracts.identity.customer import (
    ActivateCustomer,
    CustomerActivated,
    CustomerDeactivated,
    CustomerRecorded,
    DeactivateCustomer,
    FirstInvitationRenewed,
    FirstInvitationRevoked,
    NoteTransfer,
    RecordCustomer,
    RenewFirstInvitation,
    RevokeFirstInvitation,
    TransferFinished,
)
from contracts.identity.site import RecordSite, SiteRecorded
from contracts.identity.tenant import ConfigureTenant, TenantConfigured
from contracts.values import Address, LegalText, Role
from identity.customer import Customer, PartArrived, customer
from identity.site import Site, site
from identity.tenant import Tenant, tenant

TENANT, C = uuid4(), UUID(int=1)
NOW = datetime(2026, 3, 2, tzinfo=UTC)
ROOM, ERP = Asked(Asker(TENANT, "room"), NOW), Asked(Asker(TENANT, "erp"), NOW)
USER = Asked(Asker(TENANT, "user", user=uuid4(), customer=C, role=Role.administrator), NOW)
HOME = Address(street="Hafenstraße 1", postal_code="20457", city="Hamburg")

BASE = RecordCustomer(customer=C, number="10001", name="Bau Müller GmbH", address=HOME)
ON = ActivateCustomer(customer=C, email="Anna@Mueller.example")
OFF = DeactivateCustomer(customer=C)
ACTIVATED = CustomerActivated(customer=C, email="anna@mueller.example")
FINISHED = TransferFinished(customer=C, email="anna@mueller.example")


def part(name: str) -> NoteTransfer:
    return NoteTransfer(customer=C, part=name)


ALL = [BASE, ON, part("base"), part("orders"), part("invoices")]


def after(*commands: Command, asked: Asked = ROOM) -> tuple[Customer, list[Event]]:
    state, said = customer.initial, list[Event]()
    for command in commands:
        events = customer.decide(command, state, asked)
        for event in events:
            state = customer.evolve(state, event)
        said += events
    return state, said


def then(given: Sequence[Command], when: Command) -> list[Event]:
    return list(customer.decide(when, after(*given)[0], ROOM))


CORRECTED = ActivateCustomer(customer=C, email="bert@mueller.example")


# C1, C2, C3, C4, C5, C10
@pytest.mark.parametrize(
    ("given", "when", "expected"),
    [
        ([], BASE, [CustomerRecorded(**dict(BASE))]),
        ([BASE], BASE, []),
        ([BASE], ON, [ACTIVATED]),
        ([BASE, ON], ON, []),
        (ALL[:-1], part("invoices"), [PartArrived(part="invoices"), FINISHED]),
        (ALL, part("invoices"), []),
        (ALL, ON, []),
        ([part("base"), part("orders"), part("invoices")], ON, [ACTIVATED, FINISHED]),
        ([part("base"), part("orders")], ON, [ACTIVATED]),
        (ALL, OFF, [CustomerDeactivated(customer=C)]),
        ([*ALL, OFF], OFF, []),
        ([ON, OFF, part("base"), part("orders")], part("invoices"), [PartArrived(part="invoices")]),
        ([ON, OFF, part("base"), part("orders"), part("invoices")], ON, [ACTIVATED, FINISHED]),
        ([*ALL, OFF], ON, [ACTIVATED]),
        (
            ALL,
            CORRECTED,
            [
                FirstInvitationRevoked(customer=C, email="anna@mueller.example"),
                CustomerActivated(customer=C, email="bert@mueller.example"),
                TransferFinished(customer=C, email="bert@mueller.example"),
            ],
        ),
        ([BASE, ON], CORRECTED, [CustomerActivated(customer=C, email="bert@mueller.example")]),
        (ALL, RenewFirstInvitation(customer=C), [FirstInvitationRenewed(customer=C, email="anna@mueller.example")]),
        (ALL[:-1], RenewFirstInvitation(customer=C), []),
        ([*ALL, OFF], RenewFirstInvitation(customer=C), []),
        (ALL, RevokeFirstInvitation(customer=C), [FirstInvitationRevoked(customer=C, email="anna@mueller.example")]),
        ([], RevokeFirstInvitation(customer=C), []),
        ([], OFF, []),
    ],
)
def test_what_the_erp_says_of_the_portal_of_a_customer(
    given: list[Command], when: Command, expected: list[Event]
) -> None:
    assert then(given, when) == expected


# C10
def test_in_whatever_order_the_parts_arrive_the_first_user_is_invited_once() -> None:
    for order in permutations([ON, part("base"), part("orders"), part("invoices")]):
        _, said = after(*order, *order)
        assert [event for event in said if isinstance(event, TransferFinished)] == [FINISHED]
        assert said[-1] == FINISHED


# C2
def test_an_impossible_address_is_answered_clearly_and_activates_nobody() -> None:
    with pytest.raises(Invalid, match="anna@@mueller is not a valid"):
        customer.decide(ActivateCustomer.model_construct(customer=C, email="anna@@mueller"), Customer(), ERP)


# C1
@pytest.mark.parametrize("command", [BASE, ON, OFF, part("base"), RenewFirstInvitation(customer=C)])
def test_a_customer_cannot_open_its_own_portal(command: Command) -> None:
    with pytest.raises(NotAllowed):
        customer.decide(command, Customer(), USER)


PLACE = RecordSite(customer=C, site=UUID(int=2), number="1", name="Werk Süd", address=HOME)


# C6
def test_a_site_is_recorded_when_something_about_it_is_new() -> None:
    recorded = SiteRecorded(**dict(PLACE))
    assert site.decide(PLACE, Site(), ROOM) == [recorded]
    known = site.evolve(Site(), recorded)
    assert site.decide(PLACE, known, ROOM) == []
    closed = PLACE.model_copy(update={"active": False})
    assert site.decide(closed, known, ROOM) == [SiteRecorded(**dict(closed))]
    with pytest.raises(NotAllowed):
        site.decide(PLACE, Site(), USER)


def settings(**changes: Any) -> ConfigureTenant:
    given: dict[str, Any] = {
        "tenant": TENANT,
        "name": "Nordhof Entsorgung",
        "domains": ("localhost",),
        "sender": "portal@nordhof.example",
        "quote_address": "vertrieb@nordhof.example",
        "address": HOME,
        "imprint": LegalText(version="1", text="…"),
        "terms": LegalText(version="1", text="…"),
        "privacy": LegalText(version="1", text="…"),
    }
    return ConfigureTenant(**given | changes)


def test_only_the_operator_configures_a_firm_and_only_the_own_one() -> None:
    operator = Asked(Asker(TENANT, "operator"), NOW)
    [configured] = tenant.decide(settings(), Tenant(), operator)
    assert isinstance(configured, TenantConfigured)
    assert configured.name == "Nordhof Entsorgung"
    known = tenant.evolve(Tenant(), configured)
    assert tenant.decide(settings(), known, operator) == []
    assert len(tenant.decide(settings(phone="040 1"), known, operator)) == 1
    for asked in (USER, ERP, ROOM):
        with pytest.raises(NotAllowed):
            tenant.decide(settings(), Tenant(), asked)
    with pytest.raises(NotFound):
        tenant.decide(settings(), Tenant(), Asked(Asker(uuid4(), "operator"), NOW))
