"""A firm with two customers, and Bert, who is invited to one of them: what the tests of invitations begin with."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from chassis.decider import Asked, Asker
from contracts.base import Command, Event
from contracts.identity.customer import CustomerRecorded
from contracts.identity.invitation import InviteUser, RegisterUser, UserInvited
from contracts.identity.site import SiteRecorded
from contracts.identity.tenant import TenantConfigured
from contracts.identity.user import user_id
from contracts.values import Address, Language, LegalText, Role
from identity.account import Account, Status
from identity.customer import Customer
from identity.user import user

TENANT, C, OTHER = uuid4(), UUID(int=1), UUID(int=2)
SOUTH, NORTH, FOREIGN = UUID(int=11), UUID(int=12), UUID(int=13)
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOME = Address(street="Hafenstraße 1", postal_code="20457", city="Hamburg")
EMAIL = "Bert@Mueller.example"
BERT = user_id(TENANT, EMAIL)


def base(number: UUID, name: str) -> Customer:
    recorded = CustomerRecorded(customer=number, number="1", name=name, address=HOME, phone="", email="")
    return Customer(latest=recorded, active=True)


def place(number: UUID, of: UUID) -> SiteRecorded:
    return SiteRecorded(customer=of, site=number, number="1", name="Werk", address=HOME, coordinates=None, active=True)


FIRM = TenantConfigured(
    tenant=TENANT,
    name="Nordhof Entsorgung",
    domains=("localhost",),
    branding={},
    sender="portal@nordhof.example",
    quote_address="vertrieb@nordhof.example",
    phone="",
    address=HOME,
    region="HH",
    imprint=LegalText(version="1", text="…"),
    terms=LegalText(version="2026-01", text="…"),
    privacy=LegalText(version="2025-07", text="…"),
    map_tiles="",
)
FACTS: dict[tuple[str, str], Any] = {
    ("customers", str(C)): base(C, "Bau Müller GmbH"),
    ("customers", str(OTHER)): base(OTHER, "Gartenbau Grün"),
    ("sites", str(SOUTH)): place(SOUTH, C),
    ("sites", str(NORTH)): place(NORTH, C),
    ("sites", str(FOREIGN)): place(FOREIGN, OTHER),
    ("tenants", str(TENANT)): FIRM,
}
ADMIN = Asker(TENANT, "user", user=uuid4(), customer=C, role=Role.administrator)
ROOM = Asker(TENANT, "room")
GUEST = Asker(TENANT, "guest")


def at(now: datetime = NOW, who: Asker = ADMIN, **facts: Any) -> Asked:
    return Asked(who, now, FACTS | {("link", link): True for link in facts.get("links", ())})


def invite(**changes: Any) -> InviteUser:
    given: dict[str, Any] = {"user": BERT, "customer": C, "email": EMAIL, "role": Role.orderer}
    return InviteUser(**given | changes)


def said(state: Account, *steps: tuple[Command, Asked]) -> tuple[Account, list[Event]]:
    events = list[Event]()
    for command, asked in steps:
        events = list(user.decide(command, state, asked))
        for event in events:
            state = user.evolve(state, event)
    return state, events


INVITED, [FIRST] = said(Account(), (invite(), at()))
assert isinstance(FIRST, UserInvited)
INVITATION = FIRST.invitation
REGISTERED = replace(INVITED, status=Status.registered, first_name="Bert", last_name="Brecht")
ELSEWHERE = replace(INVITED, customer=OTHER)


def register(**changes: Any) -> RegisterUser:
    given: dict[str, Any] = {
        "user": BERT,
        "invitation": INVITATION,
        "token": "checked before",
        "first_name": "Bert",
        "last_name": "Brecht",
        "phone": "+49 40 123456",
        "language": Language.english,
        "terms": "2026-01",
        "privacy": "2025-07",
        "password": "drei Kräne im Nebel",
    }
    return RegisterUser(**given | changes)


LATE = NOW + timedelta(days=14)
