"""What the ERP and the other rooms report becomes identity's own commands."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from chassis.events import Meta
from contracts.base import Command, Event
from contracts.billing import InvoicesLoaded
from contracts.erp import (
    CustomerReported,
    InvitationResent,
    InvitationRevoked,
    PortalSwitchedOff,
    PortalSwitchedOn,
    SiteReported,
    TransferCompleted,
)
from contracts.identity.customer import (
    ActivateCustomer,
    DeactivateCustomer,
    FirstInvitationRenewed,
    FirstInvitationRevoked,
    NoteTransfer,
    RecordCustomer,
    RenewFirstInvitation,
    RevokeFirstInvitation,
    TransferFinished,
)
from contracts.identity.invitation import InviteUser, WithdrawInvitation
from contracts.identity.site import RecordSite
from contracts.identity.user import user_id
from contracts.orders import OrdersLoaded
from contracts.values import Address, Role
from identity.reactions import reactions

TENANT, C = uuid4(), UUID(int=1)
EMAIL = "anna@mueller.example"
HOME = Address(street="Hafenstraße 1", postal_code="20457", city="Hamburg")
META = Meta(
    id=uuid4(),
    tenant=TENANT,
    stream="customer",
    version=1,
    type="",
    room="erp-bridge",
    partition=0,
    number=1,
    time=datetime(2026, 3, 2, tzinfo=UTC),
    user=None,
    user_name="",
    customer=C,
    causation=None,
    request=None,
    traceparent=None,
)
REPORTED = CustomerReported(customer=C, number="10001", name="Bau Müller", address=HOME, phone="040 1", email="x")
PLACE = SiteReported(customer=C, site=uuid4(), number="1", name="W", address=HOME, coordinates=None, active=True)
FIRST = InviteUser(user=user_id(TENANT, EMAIL), customer=C, email=EMAIL, role=Role.administrator)


# C1, C2, C3, C4, C5, C6, C10
@pytest.mark.parametrize(
    ("event", "command"),
    [
        (REPORTED, RecordCustomer(**dict(REPORTED))),
        (PLACE, RecordSite(**dict(PLACE))),
        (PortalSwitchedOn(customer=C, email=EMAIL), ActivateCustomer(customer=C, email=EMAIL)),
        (PortalSwitchedOff(customer=C), DeactivateCustomer(customer=C)),
        (TransferCompleted(customer=C), NoteTransfer(customer=C, part="base")),
        (OrdersLoaded(customer=C), NoteTransfer(customer=C, part="orders")),
        (InvoicesLoaded(customer=C), NoteTransfer(customer=C, part="invoices")),
        (InvitationResent(customer=C), RenewFirstInvitation(customer=C)),
        (InvitationRevoked(customer=C), RevokeFirstInvitation(customer=C)),
        (TransferFinished(customer=C, email=EMAIL), FIRST),
        (FirstInvitationRenewed(customer=C, email=EMAIL), FIRST),
        (
            FirstInvitationRevoked(customer=C, email=EMAIL),
            WithdrawInvitation(user=user_id(TENANT, EMAIL), customer=C),
        ),
    ],
)
def test_a_report_becomes_one_command(event: Event, command: Command) -> None:
    assert reactions.steps[type(event)](event, META) == [command]


def test_nothing_else_is_heard() -> None:
    assert len(reactions.steps) == 12
