"""A mail waits while the portal does not yet know its reader, and only as long as there is something to wait for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from contracts.values import Role
from gateway.mails.invitation import name_of
from gateway.mails.letter import NotYetKnown, Reader, reader_of
from gateway.mails.orders import tell
from gateway.who import UserDoc

TENANT, USER, CUSTOMER = UUID(int=1), UUID(int=2), UUID(int=3)
META: Any = SimpleNamespace(tenant=TENANT, customer=CUSTOMER)


class Itself(SimpleNamespace):
    """Equal to itself only, as a context is: who asks the same of one is answered together."""

    __eq__ = object.__eq__
    __hash__ = object.__hash__


def user(state: Any, customer: UUID = CUSTOMER) -> UserDoc:
    return UserDoc(user=USER, customer=customer, email="a@b.example", role=Role.reader, sites=None, state=state)


def context(*found: UserDoc | None, lags: bool = False) -> Any:
    """`found`: what the view says at the first look, at the second …; `lags`: it has not heard everything."""
    looks = list(found)

    async def get(*_: Any) -> UserDoc | None:
        return looks.pop(0) if len(looks) > 1 else looks[0]

    async def heads(room: str) -> dict[int, int]:
        return {0: 7, 1: 0}

    async def reached(room: str, partition: int, number: int, within: float = 0) -> bool:
        return not (lags and number == 7)

    return Itself(rows=SimpleNamespace(get=get), feeds=SimpleNamespace(heads=heads), reached=reached)


KNOWN = Reader("a@b.example", "a@b.example", "de")


@pytest.mark.parametrize(
    ("ctx", "reader"),
    [
        (context(user("active")), KNOWN),
        (context(user("active"), lags=True), KNOWN),
        (context(None, user("active")), KNOWN),
        (context(user("invited"), user("active")), KNOWN),
        (context(user("removed")), None),
        (context(user("active", UUID(int=4))), None),
        (context(None), None),
    ],
    ids=[
        "known",
        "known, views lag",
        "heard meanwhile",
        "registered meanwhile",
        "removed",
        "at another customer",
        "never was one",
    ],
)
async def test_who_reads_a_mail_is_asked_again_before_it_is_nobody(ctx: Any, reader: Reader | None) -> None:
    assert await reader_of(ctx, META, USER) == reader
    assert await reader_of(ctx, META, None) is None


@pytest.mark.parametrize("found", [None, user("invited"), user("removed")], ids=["nobody", "invited", "removed"])
async def test_a_mail_waits_while_the_views_lag_behind(found: UserDoc | None) -> None:
    with pytest.raises(NotYetKnown):
        await reader_of(context(found, lags=True), META, USER)


async def test_a_mail_about_an_order_waits_for_it_but_not_for_ever() -> None:
    write: Any = None
    with pytest.raises(NotYetKnown):
        await tell(context(None, lags=True), META, UUID(int=9), write)
    with pytest.raises(LookupError):
        await tell(context(None), META, UUID(int=9), write)


# C4
async def test_an_invitation_waits_for_the_name_of_the_customer_but_not_for_ever() -> None:
    named: Any = SimpleNamespace(name="Bau Beck")
    unnamed: Any = SimpleNamespace(name="")
    for found in (None, unnamed):
        with pytest.raises(NotYetKnown):
            await name_of(context(found, lags=True), META, CUSTOMER)
        assert await name_of(context(found, named), META, CUSTOMER) == "Bau Beck"
        assert await name_of(context(found), META, CUSTOMER) == ""
    assert await name_of(context(named, lags=True), META, CUSTOMER) == "Bau Beck"
