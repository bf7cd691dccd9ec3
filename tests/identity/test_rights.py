"""Administrators give and take rights; one administrator always remains."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.decider import Asked, Asker, Invalid, NotAllowed, NotFound, Refused
from contracts.base import Command, Event
from contracts.identity.invitation import InvitationWithdrawn
from contracts.identity.site import SiteRecorded
from contracts.identity.user import ChangeRights, RemoveUser, RightsChanged, UserRemoved
from contracts.values import Address, Role
from identity.account import Account, Status
from identity.user import user

TENANT, C, OTHER = uuid4(), UUID(int=1), UUID(int=2)
ANNA, BERT = UUID(int=21), UUID(int=22)
SOUTH, FOREIGN = UUID(int=11), UUID(int=13)
INVITATION = uuid4()
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ADMIN = Asker(TENANT, "user", user=ANNA, customer=C, role=Role.administrator)
FIRM = Asker(TENANT, "operator")
ORDERER = Account(status=Status.registered, customer=C, role=Role.orderer, invitation=INVITATION)
CHIEF = replace(ORDERER, role=Role.administrator)
INVITED = replace(ORDERER, status=Status.invited)


def site(number: UUID, of: UUID) -> SiteRecorded:
    home = Address(street="Hafenstraße 1", postal_code="20457", city="Hamburg")
    return SiteRecorded(customer=of, site=number, number="1", name="W", address=home, coordinates=None, active=True)


def asked(who: Asker = ADMIN, administrators: frozenset[UUID] = frozenset({ANNA, BERT})) -> Asked:
    facts: dict[tuple[str, str], Any] = {
        ("sites", str(SOUTH)): site(SOUTH, C),
        ("sites", str(FOREIGN)): site(FOREIGN, OTHER),
        ("administrators", str(C)): administrators,
    }
    return Asked(who, NOW, facts)


def rights(role: Role, sites: tuple[UUID, ...] | None = None, of: UUID = BERT) -> ChangeRights:
    return ChangeRights(user=of, customer=C, role=role, sites=sites)


REMOVE = RemoveUser(user=BERT, customer=C)


# C11, C28
@pytest.mark.parametrize(
    ("state", "command", "expected"),
    [
        (ORDERER, rights(Role.reader), [RightsChanged(user=BERT, customer=C, role=Role.reader, sites=None)]),
        (
            ORDERER,
            rights(Role.orderer, (SOUTH,)),
            [RightsChanged(user=BERT, customer=C, role=Role.orderer, sites=(SOUTH,))],
        ),
        (ORDERER, rights(Role.orderer), []),
        (INVITED, rights(Role.reader), [RightsChanged(user=BERT, customer=C, role=Role.reader, sites=None)]),
        (CHIEF, rights(Role.orderer), [RightsChanged(user=BERT, customer=C, role=Role.orderer, sites=None)]),
        (ORDERER, REMOVE, [UserRemoved(user=BERT, customer=C)]),
        (CHIEF, REMOVE, [UserRemoved(user=BERT, customer=C)]),
        (INVITED, REMOVE, [InvitationWithdrawn(user=BERT, customer=C, invitation=INVITATION)]),
        (replace(ORDERER, status=Status.removed), REMOVE, []),
        (replace(ORDERER, status=Status.withdrawn), REMOVE, []),
    ],
)
def test_what_an_administrator_does(state: Account, command: Command, expected: list[Event]) -> None:
    assert user.decide(command, state, asked()) == expected


# C11, C28
@pytest.mark.parametrize(
    ("state", "command", "kind"),
    [
        (ORDERER, rights(Role.orderer, (FOREIGN,)), Invalid),
        (ORDERER, rights(Role.orderer, (uuid4(),)), Invalid),
        (ORDERER, rights(Role.orderer, ()), Invalid),
        (Account(), rights(Role.reader), NotFound),
        (replace(ORDERER, customer=OTHER), rights(Role.reader), NotFound),
        (replace(ORDERER, status=Status.removed), rights(Role.reader), NotFound),
        (Account(), REMOVE, NotFound),
        (replace(ORDERER, customer=OTHER), REMOVE, NotFound),
    ],
)
def test_what_is_refused_to_an_administrator(state: Account, command: Command, kind: type[Refused]) -> None:
    with pytest.raises(kind):
        user.decide(command, state, asked())


# C11
@pytest.mark.parametrize("command", [rights(Role.orderer, of=ANNA), RemoveUser(user=ANNA, customer=C)])
def test_the_last_administrator_can_neither_go_nor_step_back(command: Command) -> None:
    with pytest.raises(Refused, match="at least one administrator"):
        user.decide(command, CHIEF, asked(administrators=frozenset({ANNA})))
    assert user.decide(command, CHIEF, asked(administrators=frozenset({ANNA, BERT})))
    # The firm may: it also closes portals.
    assert user.decide(command, CHIEF, asked(FIRM, administrators=frozenset({ANNA})))


# C11
@pytest.mark.parametrize("command", [rights(Role.administrator), REMOVE])
def test_others_neither_see_nor_touch_users(command: Command) -> None:
    for role in (Role.orderer, Role.reader):
        with pytest.raises(NotAllowed):
            user.decide(command, ORDERER, asked(replace(ADMIN, role=role)))
    for stranger in (replace(ADMIN, customer=OTHER), Asker(TENANT, "guest")):
        with pytest.raises(NotFound):
            user.decide(command, ORDERER, asked(stranger))


# C28
def test_an_administrator_of_some_sites_gives_only_these() -> None:
    limited = asked(replace(ADMIN, sites=frozenset({SOUTH})))
    assert user.decide(rights(Role.reader, (SOUTH,)), ORDERER, limited)
    with pytest.raises(NotAllowed):
        user.decide(rights(Role.reader, None), replace(ORDERER, sites=(SOUTH,)), limited)
