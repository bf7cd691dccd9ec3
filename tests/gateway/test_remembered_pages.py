"""Pages remember what has not changed; whoever changes something, or has it changed for him, sees it at once."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.asking import Answer
from chassis.room import Context, opened
from contracts.identity.site import RecordSite
from contracts.identity.user import FinishTour
from contracts.values import Role
from embedded.ports import any_free
from gateway.app import made
from gateway.page import Ask
from gateway.pages.site_view import sites
from gateway.words import translations
from pydantic import BaseModel
from visiting import HERE, Firm, Portal, Visitor, until

from gateway import gate, session, showing


@pytest.fixture
async def replica(portal: Portal) -> AsyncIterator[Context]:
    """A second gateway over the same database."""
    settings = portal.gateway.settings.model_copy(update={"port": any_free()})
    async with opened(made(), settings) as ctx:
        yield ctx


async def names(visitor: Visitor, url: str) -> list[str]:
    visitor.url = url
    read = await visitor.get("/sites", accept="application/json")
    assert read.status == 200
    return [card["site"]["name"] for card in json.loads(read.text)["sites"]]


async def record(firm: Firm, site: UUID, name: str, customer: UUID | None = None) -> None:
    recorded = RecordSite(customer=customer or firm.customer, site=site, number="S1", name=name, address=HERE)
    await firm.portal.identity.execute(recorded, firm.operator)

    async def folded() -> bool:
        doc = await firm.portal.gateway.rows.get(sites, firm.tenant, site)
        return doc is not None and doc.name == name

    await until(folded)


async def test_every_replica_shows_what_any_of_them_has_heard(firm: Firm, replica: Context) -> None:
    visitor = await firm.logged_in(firm.boss)
    portals = [firm.portal.url, f"http://127.0.0.1:{replica.settings.port}"]
    for name in ("Hafen", "Halle 2", "Hochofen"):
        await record(firm, firm.sites[0], name)
        for _ in range(2):
            for url in portals:
                assert name in await names(visitor, url)
    await record(firm, firm.sites[0], "Verkauft", customer=UUID(int=4711))
    for url in portals:
        assert await names(visitor, url) == ["Baustelle 2"]
    visitor.url = firm.portal.url


async def test_who_changes_something_sees_it_on_the_next_page_however_often_it_was_read_before(firm: Firm) -> None:
    visitor = await firm.logged_in(firm.boss)
    await visitor.get("/users")
    for number in range(8):
        for _ in range(3):
            await visitor.get("/users", accept="application/json")
        name = {"first_name": "Rita", "last_name": f"Radlader {number}", "language": "de"}
        saved = await visitor.post("/profile", name)
        assert saved.status == 200, saved.text
        shown = await visitor.get("/users", accept="application/json")
        assert f"Radlader {number}" in shown.text
        assert f"Radlader {number}" in (await visitor.get("/profile")).text


async def test_a_page_that_has_said_something_itself_no_longer_goes_by_what_was_true_on_arrival() -> None:
    fresh: Any = object()

    async def answer(command: object, who: object) -> Answer:
        return Answer("identity", "tenant:1", 1, 0, 1)

    ctx: Any = SimpleNamespace(room="gateway", rows=fresh, ask=answer)
    then: Any = object()
    ask = Ask(ctx, gate.NOBODY, None, then, "de", translations("de"), "/", {}, uuid4(), "", "", False, "")
    await ask.command(FinishTour(user=uuid4()))
    assert ask.rows is fresh


async def test_a_session_that_ends_by_time_ends_although_nothing_has_changed(firm: Firm, portal: Portal) -> None:
    visitor = await firm.logged_in(firm.boss)
    for _ in range(2):
        assert (await visitor.get("/profile")).path == "/profile"
    async with portal.gateway.single.connection() as conn:
        await conn.execute("UPDATE sessions SET ends = now() - %s WHERE tenant = %s", [timedelta(1), firm.tenant])
    assert (await visitor.get("/profile")).path.startswith("/login")


async def test_a_session_that_is_used_goes_on_being_noted(firm: Firm, portal: Portal) -> None:
    visitor = await firm.logged_in(firm.boss)
    await visitor.get("/profile")
    async with portal.gateway.single.connection() as conn:
        earlier = "UPDATE sessions SET seen = seen - %s, ends = ends - %s WHERE tenant = %s"
        await conn.execute(earlier, [2 * session.NOTED_EVERY, 2 * session.NOTED_EVERY, firm.tenant])
        await visitor.get("/profile")
        found = await conn.execute("SELECT now() - seen, ends - now() FROM sessions WHERE tenant = %s", [firm.tenant])
        seen, left = (await found.fetchone()) or (None, None)
    assert seen < session.NOTED_EVERY
    assert left > session.IDLE - session.NOTED_EVERY


async def test_a_known_session_is_nobody_at_another_firms_domain(firm: Firm, other_firm: Firm) -> None:
    visitor = await firm.logged_in(firm.boss)
    await visitor.get("/profile")
    visitor.host = other_firm.host
    assert (await visitor.get("/profile")).path.startswith("/login")
    visitor.host = firm.host
    assert (await visitor.get("/profile")).path == "/profile"


async def test_a_colleague_with_fewer_sites_sees_fewer_in_whatever_order_they_ask(firm: Firm) -> None:
    boss = await firm.logged_in(firm.boss)
    colleague = await firm.logged_in("kollege@beck.example", Role.reader, sites=(firm.sites[1],))
    for _ in range(2):
        assert len(await names(boss, firm.portal.url)) == 2
        assert await names(colleague, firm.portal.url) == ["Baustelle 2"]


class Line(BaseModel):
    name: str


class Lines(BaseModel):
    lines: list[Line]
    total: int


def test_the_same_bytes_are_given_for_an_equal_view_only() -> None:
    ask: Any = type("Asked", (), {"visitor": None, "path": "/lines", "query": {}})
    line = Line(name="a")
    first = showing.json_again(ask, Lines(lines=[line], total=1))
    assert showing.json_again(ask, Lines(lines=[line], total=1)) is first
    assert json.loads(showing.json_again(ask, Lines(lines=[line], total=2))) == {"lines": [{"name": "a"}], "total": 2}
    assert json.loads(showing.json_again(ask, Lines(lines=[Line(name="b")], total=2)))["lines"] == [{"name": "b"}]
    assert json.loads(showing.json_again(ask, line)) == {"name": "a"}
