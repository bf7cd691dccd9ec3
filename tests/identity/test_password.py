"""Passwords are hard to guess, changed by who knows the old one, and set anew by a link that works once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.decider import Asked, Asker, Invalid, NotAllowed, NotFound, Refused
from contracts.base import Command, Event
from contracts.identity.password import (
    ChangePassword,
    PasswordChanged,
    PasswordResetRequested,
    RequestPasswordReset,
    ResetPassword,
)
from contracts.identity.user import (
    ChangeProfile,
    FinishTour,
    LoggedOutEverywhere,
    LogOutEverywhere,
    ProfileChanged,
    TourFinished,
    user_id,
)
from contracts.values import Language, Role
from identity.account import Account, Status
from identity.customer import Customer
from identity.password_rules import COMMON, accept
from identity.user import user

TENANT, C = uuid4(), UUID(int=1)
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
EMAIL = "anna@mueller.example"
ANNA = user_id(TENANT, EMAIL)
ACCOUNT = Account(
    status=Status.registered,
    customer=C,
    email=EMAIL,
    role=Role.orderer,
    first_name="Anna",
    last_name="Müller",
    language=Language.german,
)
HERSELF = Asker(TENANT, "user", user=ANNA, customer=C, role=Role.orderer)
GUEST = Asker(TENANT, "guest")
OPEN = {("customers", str(C)): Customer(active=True)}
GOOD = "sieben rote Kipper"


def asked(who: Asker = GUEST, now: datetime = NOW, **facts: Any) -> Asked:
    known: dict[tuple[str, str], Any] = dict(OPEN)
    known |= {("link", str(link)): True for link in facts.get("links", ())}
    known |= {("password", "old"): True} if facts.get("old") else {}
    return Asked(who, now, known)


# C15
@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("neunzeich", "at least 10"),
        ("x" * 129, "at most 128"),
        ("qwertzuiop", "too many people"),
        ("Passwort123", "too many people"),
        ("Willkommen2026!", "too many people"),
        ("aaaaaaaaaaaaaa", "too many people"),
        ("1234567890", "too many people"),
        ("anna.mueller", "is no password"),
        ("Anna.Mueller!", "is no password"),
        ("annamüller1", "is no password"),
        ("MÜLLERANNA", "is no password"),
        ("anna.mueller@bau.example", "is no password"),
        ("Nordhof Entsorgung", "is no password"),
        ("nordhofentsorgung24", "is no password"),
        ("Nordhof123", "is no password"),
    ],
)
def test_what_is_no_good_password(password: str, why: str) -> None:
    own = ["anna.mueller@bau.example", "Anna", "Müller", "Nordhof Entsorgung GmbH", "Nordhof Entsorgung"]
    with pytest.raises(Invalid) as refused:
        accept(password, own)
    assert why in str(refused.value)
    assert refused.value.params["field"] == "password"


# C15
@pytest.mark.parametrize(
    "password", [GOOD, "x7$92kd!83", "x" * 120 + "abcdefgh", "Anna isst gern Spargel", "пароль-не-очень"]
)
def test_what_is_a_good_password(password: str) -> None:
    accept(password, ["anna@bau.example", "Anna", "Müller", "Nordhof Entsorgung", "", "GmbH"])


def test_the_list_of_common_passwords_is_there() -> None:
    assert len(COMMON) > 5000
    assert {"passwort", "qwertzuiop", "1234567890"} <= COMMON


REQUEST = RequestPasswordReset(user=ANNA, email="Anna@Mueller.example")
REQUESTED = user.decide(REQUEST, ACCOUNT, asked())[0]
assert isinstance(REQUESTED, PasswordResetRequested)
WAITING = user.evolve(ACCOUNT, REQUESTED)


def test_a_reset_link_lives_for_two_hours() -> None:
    assert (REQUESTED.user, REQUESTED.customer, REQUESTED.email) == (ANNA, C, EMAIL)
    assert REQUESTED.expires == NOW + timedelta(hours=2)


@pytest.mark.parametrize(
    ("state", "circumstances"),
    [
        (Account(), asked()),
        (replace(ACCOUNT, status=Status.invited), asked()),
        (replace(ACCOUNT, status=Status.removed), asked()),
        (ACCOUNT, Asked(GUEST, NOW, {("customers", str(C)): Customer(active=False)})),
        (ACCOUNT, asked(Asker(uuid4(), "guest"))),
        (WAITING, asked(now=NOW + timedelta(minutes=1))),
    ],
)
def test_nothing_is_said_where_no_mail_is_due_and_nobody_is_refused(state: Account, circumstances: Asked) -> None:
    assert user.decide(REQUEST, state, circumstances) == []


def reset(link: UUID = REQUESTED.reset, password: str = GOOD) -> ResetPassword:
    return ResetPassword(user=ANNA, reset=link, token="checked before", password=password)


LINK = [REQUESTED.reset]


def test_a_reset_link_sets_the_password_once() -> None:
    events = user.decide(reset(), WAITING, asked(links=LINK))
    assert events == [PasswordChanged(user=ANNA, customer=C, email=EMAIL)]
    with pytest.raises(Refused, match="used already"):
        user.decide(reset(), user.evolve(WAITING, events[0]), asked(links=LINK))


def test_a_second_request_kills_the_first_link() -> None:
    later = NOW + timedelta(minutes=10)
    [again] = user.decide(REQUEST, WAITING, asked(now=later))
    with pytest.raises(Refused, match="expired"):
        user.decide(reset(), user.evolve(WAITING, again), asked(now=later, links=LINK))


@pytest.mark.parametrize(
    ("command", "circumstances", "kind"),
    [
        (reset(), asked(), NotFound),
        (reset(uuid4()), asked(links=LINK), NotFound),
        (reset(), asked(now=NOW + timedelta(hours=2), links=LINK), Refused),
        (reset(password="passwort123"), asked(links=LINK), Invalid),
    ],
)
def test_which_reset_sets_nothing(command: ResetPassword, circumstances: Asked, kind: type[Refused]) -> None:
    with pytest.raises(kind):
        user.decide(command, WAITING, circumstances)


CHANGE = ChangePassword(user=ANNA, old="old", password=GOOD)


def test_who_knows_the_old_password_sets_a_new_one_and_open_links_die() -> None:
    events = user.decide(CHANGE, WAITING, asked(HERSELF, old=True))
    assert events == [PasswordChanged(user=ANNA, customer=C, email=EMAIL)]
    assert user.evolve(WAITING, events[0]).reset is None
    with pytest.raises(Invalid) as refused:
        user.decide(CHANGE, WAITING, asked(HERSELF))
    assert refused.value.params["field"] == "old"


PROFILE = ChangeProfile(user=ANNA, first_name="Anna", last_name="Meier", phone="040 1", language=Language.english)


# C16
@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (PROFILE, ProfileChanged(customer=C, **dict(PROFILE))),
        (FinishTour(user=ANNA), TourFinished(user=ANNA, customer=C)),
        (LogOutEverywhere(user=ANNA), LoggedOutEverywhere(user=ANNA, customer=C)),
    ],
)
def test_what_a_user_does_about_oneself(command: Command, expected: Event) -> None:
    assert user.decide(command, ACCOUNT, asked(HERSELF)) == [expected]


# C16
@pytest.mark.parametrize("command", [PROFILE, FinishTour(user=ANNA)])
def test_the_same_again_says_nothing(command: Command) -> None:
    state = user.evolve(ACCOUNT, user.decide(command, ACCOUNT, asked(HERSELF))[0])
    assert user.decide(command, state, asked(HERSELF)) == []


@pytest.mark.parametrize("command", [PROFILE, FinishTour(user=ANNA), LogOutEverywhere(user=ANNA), CHANGE])
def test_nobody_else_does_it(command: Command) -> None:
    colleague = replace(HERSELF, user=uuid4(), role=Role.administrator)
    with pytest.raises(NotAllowed):
        user.decide(command, ACCOUNT, asked(colleague, old=True))
    for stranger in (replace(colleague, customer=UUID(int=2)), GUEST):
        with pytest.raises(NotFound):
            user.decide(command, ACCOUNT, asked(stranger, old=True))
    with pytest.raises(NotFound):
        user.decide(command, replace(ACCOUNT, status=Status.removed), asked(HERSELF, old=True))
