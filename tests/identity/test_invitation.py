"""Invitations work once, expire, can be sent again and taken back."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from chassis.decider import Asked, Invalid, NotAllowed, NotFound, Refused
from contracts.base import Command, Event
from contracts.identity.invitation import (
    InvitationFailed,
    InvitationWithdrawn,
    InviteUser,
    UserInvited,
    WithdrawInvitation,
)
from contracts.identity.user import user_id
from contracts.values import Role
from given_invitation import (
    ADMIN,
    BERT,
    ELSEWHERE,
    FACTS,
    FOREIGN,
    GUEST,
    INVITATION,
    INVITED,
    LATE,
    NORTH,
    NOW,
    OTHER,
    REGISTERED,
    ROOM,
    SOUTH,
    TENANT,
    C,
    at,
    base,
    invite,
    register,
    said,
)
from identity.account import Account, Status
from identity.user import user


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
def test_inviting_again_sends_a_new_link_and_the_old_one_dies() -> None:
    later = NOW + timedelta(days=1)
    state, [again] = said(INVITED, (invite(), at(later)))
    assert isinstance(again, UserInvited)
    assert again.invitation != INVITATION
    with pytest.raises(Refused, match="newer invitation"):
        user.decide(register(), state, at(later, GUEST, links=[str(INVITATION)]))
    known = [str(again.invitation)]
    assert user.decide(register(invitation=again.invitation), state, at(later, GUEST, links=known))


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
