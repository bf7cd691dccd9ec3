"""Invitations work once, expire, can be sent again and taken back; who registers accepts the terms in force."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.decider import Asked, Asker, Invalid, NotAllowed, NotFound, Refused
from contracts.base import Command, Event
from contracts.identity import (
    CustomerRecorded,
    InvitationFailed,
    InvitationWithdrawn,
    InviteUser,
    RegisterUser,
    SiteRecorded,
    TenantConfigured,
    UserInvited,
    UserRegistered,
    UserRemoved,
    WithdrawInvitation,
    user_id,
)
from contracts.values import Address, Language, LegalText, Role, derived_id
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


# C4, C11, C12
def test_an_invitation_names_address_role_and_sites_and_ends_after_two_weeks() -> None:
    [event] = user.decide(invite(sites=(SOUTH,)), Account(), at())
    assert event == UserInvited(
        user=BERT,
        customer=C,
        email="bert@mueller.example",
        role=Role.orderer,
        sites=(SOUTH,),
        invitation=event.invitation,
        expires=NOW + timedelta(days=14),
    )


# C12
@pytest.mark.parametrize("spelled", ["Jörg@Straße.example", "jörg@xn--strae-oqa.example", " JÖRG@straße.example "])
def test_one_address_is_one_user_however_it_is_spelled(spelled: str) -> None:
    assert user_id(TENANT, spelled) == user_id(TENANT, "jörg@straße.example")
    assert user_id(TENANT, spelled) != user_id(TENANT, "jörg@strasse.example")
    assert user_id(TENANT, "bert@mueller.example") == derived_id(TENANT, "user", "bert@mueller.example")


# C12
def test_a_domain_with_umlauts_is_written_as_mail_can_carry_it() -> None:
    email = "bert@müller.example"
    state, [event] = said(Account(), (invite(email=email, user=user_id(TENANT, email)), at()))
    assert isinstance(event, UserInvited)
    assert event.email == "bert@xn--mller-kva.example"
    assert user.decide(invite(email=event.email, user=event.user), state, at())


# C12
def test_inviting_again_sends_a_new_link_and_the_old_one_dies() -> None:
    later = NOW + timedelta(days=1)
    state, [again] = said(INVITED, (invite(), at(later)))
    assert isinstance(again, UserInvited)
    assert again.invitation != INVITATION
    with pytest.raises(Refused, match="newer invitation"):
        user.decide(register(), state, at(later, GUEST, links=[str(INVITATION)]))
    known = [str(again.invitation)]
    assert user.decide(register(invitation=again.invitation), state, at(later, GUEST, links=known))


LATE = NOW + timedelta(days=14)


# C11
@pytest.mark.parametrize(
    ("state", "now"),
    [
        (replace(REGISTERED, status=Status.removed), NOW),
        (replace(INVITED, status=Status.withdrawn), NOW),
        (replace(ELSEWHERE, status=Status.removed), NOW),
        (ELSEWHERE, LATE),
        (INVITED, LATE),
    ],
)
def test_who_was_removed_or_has_let_an_invitation_pass_can_be_invited(state: Account, now: datetime) -> None:
    after, [event] = said(state, (invite(), at(now)))
    assert isinstance(event, UserInvited)
    assert (after.status, after.customer, after.first_name) == (Status.invited, C, "")


# C11
@pytest.mark.parametrize(
    ("state", "command", "kind", "sentence"),
    [
        (REGISTERED, invite(), Refused, "registered already"),
        (replace(REGISTERED, customer=OTHER), invite(), Invalid, "portal of another customer"),
        (ELSEWHERE, invite(), Invalid, "portal of another customer"),
        (Account(), invite(user=uuid4()), Invalid, "does not belong to this e-mail"),
        (Account(), invite(customer=OTHER), NotFound, "does not exist"),
        (Account(), invite(sites=(SOUTH, FOREIGN)), Invalid, "does not belong to your firm"),
        (Account(), invite(sites=(uuid4(),)), Invalid, "does not belong to your firm"),
        (Account(), invite(sites=()), Invalid, "at least one site"),
    ],
)
def test_whom_an_administrator_cannot_invite(
    state: Account, command: InviteUser, kind: type[Refused], sentence: str
) -> None:
    with pytest.raises(kind, match=sentence):
        user.decide(command, state, at())


# C4
@pytest.mark.parametrize("email", ["bert@mueller", "bert@.example", "b..t@mueller.de", "bert@müller_x.de", "b@x.test"])
def test_an_impossible_address_is_answered_clearly(email: str) -> None:
    with pytest.raises(Invalid, match="not a valid e-mail address") as refused:
        user.decide(invite(email=email, user=user_id(TENANT, email)), Account(), at())
    assert refused.value.params["field"] == "email"


# C11
@pytest.mark.parametrize("role", [Role.orderer, Role.reader])
def test_only_administrators_invite_and_withdraw(role: Role) -> None:
    for command in (invite(), WithdrawInvitation(user=BERT, customer=C)):
        with pytest.raises(NotAllowed):
            user.decide(command, INVITED, at(who=replace(ADMIN, role=role)))
        with pytest.raises(NotFound):
            user.decide(command, INVITED, at(who=replace(ADMIN, customer=OTHER)))
        with pytest.raises(NotFound):
            user.decide(command, INVITED, at(who=GUEST))


# C28
def test_nobody_gives_access_to_more_sites_than_they_have() -> None:
    limited = at(who=replace(ADMIN, sites=frozenset({SOUTH})))
    assert user.decide(invite(sites=(SOUTH,)), Account(), limited)
    for sites in ((NORTH,), (SOUTH, NORTH), None):
        with pytest.raises(NotAllowed):
            user.decide(invite(sites=sites), Account(), limited)


def test_nobody_is_invited_into_a_closed_portal() -> None:
    closed = FACTS | {("customers", str(C)): replace(base(C, "x"), active=False)}
    with pytest.raises(Refused, match="closed"):
        user.decide(invite(), Account(), Asked(ADMIN, NOW, closed))


# C4, C10
@pytest.mark.parametrize(
    ("state", "command", "expected"),
    [
        (Account(), invite(), [UserInvited]),
        (INVITED, invite(), [UserInvited]),
        (REGISTERED, invite(), []),
        (replace(REGISTERED, customer=OTHER), invite(), [InvitationFailed]),
        (ELSEWHERE, invite(), [InvitationFailed]),
        (Account(), invite(email="a@b", user=user_id(TENANT, "a@b")), [InvitationFailed]),
        (INVITED, WithdrawInvitation(user=BERT, customer=C), [InvitationWithdrawn]),
        (Account(), WithdrawInvitation(user=BERT, customer=C), []),
        (REGISTERED, WithdrawInvitation(user=BERT, customer=C), []),
        (ELSEWHERE, WithdrawInvitation(user=BERT, customer=C), []),
        (replace(INVITED, status=Status.withdrawn), WithdrawInvitation(user=BERT, customer=C), []),
    ],
)
def test_what_the_erp_caused_is_never_refused(state: Account, command: Command, expected: list[type[Event]]) -> None:
    # Reactions bring no facts with them.
    assert [type(event) for event in user.decide(command, state, Asked(ROOM, NOW))] == expected


# C11
def test_an_invitation_is_taken_back_once() -> None:
    command = WithdrawInvitation(user=BERT, customer=C)
    state, events = said(INVITED, (command, at()))
    assert events == [InvitationWithdrawn(user=BERT, customer=C, invitation=INVITATION)]
    assert user.decide(command, state, at()) == []
    with pytest.raises(Refused, match="taken back"):
        user.decide(register(), state, at(NOW, GUEST, links=[str(INVITATION)]))
    with pytest.raises(Refused, match="registered already"):
        user.decide(command, REGISTERED, at())


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
