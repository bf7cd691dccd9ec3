"""A mail waits while the portal does not yet know its reader, and only as long as there is something to wait for."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from contracts.values import Role
from gateway.mails.invitation import customer_of
from gateway.mails.letter import NotYetKnown, Reader, reader_of
from gateway.mails.orders import tell
from gateway.who import CustomerDoc, UserDoc, customers

TENANT, USER, CUSTOMER = UUID(int=1), UUID(int=2), UUID(int=3)
META: Any = SimpleNamespace(tenant=TENANT, customer=CUSTOMER)


class Itself(SimpleNamespace):
    """Equal to itself only, as a context is: who asks the same of one is answered together."""

    __eq__ = object.__eq__
    __hash__ = object.__hash__


def user(state: Any, customer: UUID = CUSTOMER) -> UserDoc:
    return UserDoc(user=USER, customer=customer, email="a@b.example", role=Role.reader, sites=None, state=state)


OPEN = CustomerDoc(customer=CUSTOMER, name="Bau Beck", active=True)
CLOSED = OPEN.model_copy(update={"active": False})


def context(*found: UserDoc | None, of: Sequence[CustomerDoc | None] = (OPEN,), lags: bool = False) -> Any:
    """`found`, `of`: what the views say of a user (or an order) and of the customer, at the first look, at the
    second …; `lags`: they have not heard everything."""
    looks: dict[bool, list[Any]] = {False: list(found), True: list(of)}

    async def get(view: Any, *_: Any) -> Any:
        look = looks[view is customers]
        return look.pop(0) if len(look) > 1 else look[0]

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
        (context(user("active"), of=(CLOSED,)), None),
        (context(user("active"), of=(None,)), None),
        (context(user("active"), of=(CLOSED, OPEN)), KNOWN),
    ],
    ids=[
        "known",
        "known, views lag",
        "heard meanwhile",
        "registered meanwhile",
        "removed",
        "at another customer",
        "never was one",
        "closed portal",
        "portal that never was opened",
        "opened meanwhile",
    ],
)
async def test_who_reads_a_mail_is_asked_again_before_it_is_nobody(ctx: Any, reader: Reader | None) -> None:
    assert await reader_of(ctx, META, USER) == reader
    assert await reader_of(ctx, META, None) is None


@pytest.mark.parametrize("found", [None, user("invited"), user("removed")], ids=["nobody", "invited", "removed"])
async def test_a_mail_waits_while_the_views_lag_behind(found: UserDoc | None) -> None:
    with pytest.raises(NotYetKnown):
        await reader_of(context(found, lags=True), META, USER)
    with pytest.raises(NotYetKnown):
        await reader_of(context(user("active"), of=(CLOSED,), lags=True), META, USER)


async def test_a_mail_about_an_order_waits_for_it_but_not_for_ever() -> None:
    write: Any = None
    with pytest.raises(NotYetKnown):
        await tell(context(None, lags=True), META, UUID(int=9), write)
    with pytest.raises(LookupError):
        await tell(context(None), META, UUID(int=9), write)


# C4
async def test_an_invitation_waits_for_the_open_portal_of_a_customer_with_a_name_but_not_for_ever() -> None:
    unnamed = OPEN.model_copy(update={"name": ""})
    for found, known in ((None, None), (CLOSED, None), (unnamed, unnamed)):
        with pytest.raises(NotYetKnown):
            await customer_of(context(of=(found,), lags=True), META, CUSTOMER)
        assert await customer_of(context(of=(found, OPEN)), META, CUSTOMER) == OPEN
        assert await customer_of(context(of=(found,)), META, CUSTOMER) == known
    assert await customer_of(context(of=(OPEN,), lags=True), META, CUSTOMER) == OPEN
