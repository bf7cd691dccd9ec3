"""Who is invited registers once, with personal data and a password, and accepts the terms in force."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from chassis.decider import Asked, Invalid, NotFound, Refused
from contracts.identity.invitation import UserRegistered
from contracts.identity.user import UserRemoved
from contracts.values import Language, Role
from given_invitation import BERT, FACTS, GUEST, INVITATION, INVITED, LATE, NOW, REGISTERED, C, at, base, register, said
from identity.account import Account, Status
from identity.user import user


# C12, C13, C14, C15
def test_who_registers_completes_the_data_and_accepts_the_terms_in_force() -> None:
    state, [event] = said(INVITED, (register(), at(NOW, GUEST, links=[str(INVITATION)])))
    assert event == UserRegistered(
        user=BERT,
        customer=C,
        email="bert@mueller.example",
        first_name="Bert",
        last_name="Brecht",
        phone="+49 40 123456",
        language=Language.english,
        role=Role.orderer,
        sites=None,
        terms="2026-01",
        privacy="2025-07",
    )
    assert "Kräne" not in event.model_dump_json()
    assert (state.status, state.name) == (Status.registered, "Bert Brecht")
    with pytest.raises(Refused, match="registered already"):
        user.decide(register(), state, at(NOW, GUEST, links=[str(INVITATION)]))


# C12, C14, C15
@pytest.mark.parametrize(
    ("changes", "kind", "field"),
    [
        ({"terms": "2025-01"}, Invalid, "terms"),
        ({"privacy": "2024-01"}, Invalid, "privacy"),
        ({"first_name": "Be\0rt"}, Invalid, "first_name"),
        ({"last_name": "  "}, Invalid, "last_name"),
        ({"phone": "040\n1"}, Invalid, "phone"),
        ({"password": "kurz"}, Invalid, "password"),
        ({"password": "bert.brecht"}, Invalid, "password"),
        ({"invitation": uuid4()}, NotFound, None),
    ],
)
def test_a_registration_that_lacks_something_changes_nothing(
    changes: dict[str, Any], kind: type[Refused], field: str | None
) -> None:
    with pytest.raises(kind) as refused:
        user.decide(register(**changes), INVITED, at(NOW, GUEST, links=[str(INVITATION)]))
    assert refused.value.params.get("field") == field


# C12
def test_a_link_that_is_forged_or_too_old_registers_nobody() -> None:
    with pytest.raises(NotFound, match="not valid"):
        user.decide(register(), INVITED, at(NOW, GUEST))
    with pytest.raises(Refused, match="expired"):
        user.decide(register(), INVITED, at(LATE, GUEST, links=[str(INVITATION)]))
    with pytest.raises(NotFound):
        user.decide(register(), Account(), at(NOW, GUEST, links=[str(INVITATION)]))


def test_nobody_registers_while_the_portal_is_closed() -> None:
    facts = FACTS | {
        ("customers", str(C)): replace(base(C, "x"), active=False),
        ("link", str(INVITATION)): True,
    }
    with pytest.raises(Refused, match="closed"):
        user.decide(register(), INVITED, Asked(GUEST, NOW, facts))


def test_a_removed_user_is_gone_until_invited_again() -> None:
    state = user.evolve(REGISTERED, UserRemoved(user=BERT, customer=C))
    assert state.status is Status.removed
    with pytest.raises(Refused, match="taken back"):
        user.decide(register(), state, at(NOW, GUEST, links=[str(INVITATION)]))
