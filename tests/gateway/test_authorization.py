"""Who may come in where: every page and action, asked by every role, for one's own things and for those of others.

A new page adds its row to ROWS, or the first test fails. A row names who is let in, and the view of the thing in the
address, whose rows of other customers, other sites and other firms must look exactly like things that do not exist.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.views import AnyView
from everybodys_things import MESSAGE, Whose, World, opened_world
from gateway.page import ROUTES, Needs
from gateway.pages.container_view import containers
from gateway.pages.invoice_view import invoices
from gateway.pages.order_view import orders
from gateway.pages.quote_view import conversations
from gateway.pages.site_view import sites
from visiting import Portal, Read, Visitor

from gateway import who


@dataclass(frozen=True)
class Row:
    needs: Needs
    thing: AnyView | None = None
    """The view of the thing in the address."""
    form: dict[str, Any] = field(default_factory=dict)


RIGHTS = {"role": "reader", "scope": "all"}
ORDER = {"kind": "exchange"}
ROWS: dict[str, Row] = {
    "GET /": Row("user"),
    "GET /app": Row("guest"),
    "GET /badges": Row("user"),
    "GET /containers": Row("user"),
    "GET /containers/{container:uuid}": Row("user", containers),
    "GET /containers/{container:uuid}/order": Row("user", containers),
    "POST /containers/{container:uuid}/order": Row("orderer", containers, ORDER),
    "GET /files/invoices/{invoice:uuid}": Row("user", invoices),
    "GET /files/quotes/{quote:uuid}/{message:uuid}/{place:int}": Row("user", conversations),
    "GET /forgot": Row("guest"),
    "POST /forgot": Row("guest"),
    "GET /invoices": Row("user"),
    "GET /invoices/{invoice:uuid}": Row("user", invoices),
    "POST /language": Row("guest"),
    "GET /legal/{name:str}": Row("guest"),
    "GET /login": Row("guest"),
    "POST /login": Row("guest"),
    "POST /logout": Row("guest"),
    "POST /logout-everywhere": Row("user"),
    "GET /orders": Row("user"),
    "GET /orders/{order:uuid}": Row("user", orders),
    "POST /orders/{order:uuid}/cancel": Row("orderer", orders),
    "GET /profile": Row("user"),
    "POST /profile": Row("user"),
    "POST /profile/password": Row("user"),
    "GET /quotes": Row("user"),
    "GET /quotes/new": Row("orderer"),
    "POST /quotes/new": Row("orderer"),
    "GET /quotes/{quote:uuid}": Row("user", conversations),
    "POST /quotes/{quote:uuid}/reply": Row("orderer", conversations, {"text": "…"}),
    "GET /register/{invitation:uuid}": Row("guest"),
    "POST /register/{invitation:uuid}": Row("guest"),
    "GET /reports": Row("user"),
    "GET /reports/excel": Row("user"),
    "GET /reset/{reset:uuid}": Row("guest"),
    "POST /reset/{reset:uuid}": Row("guest"),
    "GET /shop": Row("orderer"),
    "POST /shop": Row("orderer"),
    "GET /sites": Row("user"),
    "GET /sites/{site:uuid}": Row("user", sites),
    "POST /tour": Row("user"),
    "GET /users": Row("administrator"),
    "GET /users/new": Row("administrator"),
    "POST /users/new": Row("administrator"),
    "GET /users/{user:uuid}": Row("administrator", who.users),
    "POST /users/{user:uuid}/remove": Row("administrator", who.users),
    "POST /users/{user:uuid}/resend": Row("administrator", who.users),
    "POST /users/{user:uuid}/rights": Row("administrator", who.users, RIGHTS),
    "POST /users/{user:uuid}/withdraw": Row("administrator", who.users),
}
MAY: dict[Needs, set[str]] = {
    "guest": {"guest", "reader", "orderer", "administrator"},
    "user": {"reader", "orderer", "administrator"},
    "orderer": {"orderer", "administrator"},
    "administrator": {"administrator"},
}
WITH_A_THING = [name for name, row in ROWS.items() if row.thing]


@pytest.fixture(scope="module")
async def world(portal: Portal) -> AsyncIterator[World]:
    made = await opened_world(portal)
    yield made
    for visitor in made.firm.visitors:
        await visitor.session.close()


def address(path: str, thing: UUID) -> str:
    """The first place of the address is the thing."""
    path = re.sub(r"\{\w+:uuid\}", str(thing), path, count=1).replace("{message:uuid}", str(MESSAGE))
    return re.sub(r"\{(\w+):(\w+)\}", lambda place: {"int": "0", "str": "terms"}.get(place[2], str(uuid4())), path)


async def ask(visitor: Visitor, name: str, thing: UUID, **more: Any) -> Read:
    method, path = name.split(" ")
    if method == "GET":
        return await visitor.get(address(path, thing), follow=False, **more)
    if visitor.page is None or not visitor.page.csrf:
        await visitor.get("/profile" if "hoftor" in visitor.cookies else "/login")
    return await visitor.post(address(path, thing), more.pop("form", ROWS[name].form), follow=False, **more)


def without_tokens(text: str) -> str:
    return re.sub(r"[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "…", text)


def test_every_page_and_action_has_its_row() -> None:
    assert {f"{route.method} {route.path}" for route in ROUTES} == set(ROWS)


def test_every_page_lets_in_whom_its_row_says() -> None:
    assert {f"{route.method} {route.path}": route.needs for route in ROUTES} == {
        name: row.needs for name, row in ROWS.items()
    }


# What changes the session of the asker is asked by the tests of the sessions.
ENDING = {"POST /logout", "POST /logout-everywhere", "POST /profile/password", "POST /login"}


@pytest.mark.parametrize("role", ["guest", "reader", "orderer", "administrator"])
@pytest.mark.parametrize("name", [name for name in ROWS if name not in ENDING])
async def test_only_those_who_may_come_in_come_in(world: World, name: str, role: str) -> None:
    read = await ask(world.visitors[role], name, uuid4())
    if role in MAY[ROWS[name].needs]:
        assert read.status not in (401, 403)
        assert not read.headers.get("Location", "").startswith("/login") or name.startswith("POST /reset")
    elif role == "guest":
        assert read.status == 303
        assert read.headers["Location"].startswith("/login")
    else:
        assert read.status == 403


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
@pytest.mark.parametrize("whose", ["foreign customer's", "foreign tenant's", "colleague's"])
@pytest.mark.parametrize("name", WITH_A_THING)
async def test_what_belongs_to_others_looks_like_what_does_not_exist(
    world: World, name: str, whose: Whose, accept: str
) -> None:
    row = ROWS[name]
    assert row.thing is not None
    if whose == "colleague's" and row.needs == "administrator":
        return  # An administrator manages every user of the company, whatever sites they see.
    visitor = world.visitors["administrator" if row.needs == "administrator" else "orderer"]
    foreign = await ask(visitor, name, await world.thing(row.thing, whose), accept=accept)
    missing = await ask(visitor, name, uuid4(), accept=accept)
    assert foreign.status == missing.status == 404
    assert without_tokens(foreign.text) == without_tokens(missing.text)


WITH_A_FORM = [name for name in WITH_A_THING if ROWS[name].form]


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
@pytest.mark.parametrize("name", WITH_A_FORM)
async def test_a_wrong_form_does_not_tell_either_that_a_thing_of_others_exists(
    world: World, name: str, accept: str
) -> None:
    row = ROWS[name]
    assert row.thing is not None
    visitor = world.visitors["administrator" if row.needs == "administrator" else "orderer"]
    foreign = await ask(visitor, name, await world.thing(row.thing, "foreign customer's"), accept=accept, form={})
    missing = await ask(visitor, name, uuid4(), accept=accept, form={})
    own = await ask(visitor, name, await world.thing(row.thing, "own"), accept=accept, form={})
    assert foreign.status == missing.status == 404
    assert own.status == 422


SHOWN = [name for name in WITH_A_THING if name.startswith("GET")]


@pytest.mark.parametrize("name", SHOWN)
async def test_what_is_ones_own_is_shown(world: World, name: str) -> None:
    row = ROWS[name]
    assert row.thing is not None
    visitor = world.visitors["administrator" if row.needs == "administrator" else "reader"]
    assert (await ask(visitor, name, await world.thing(row.thing, "own"))).status == 200
