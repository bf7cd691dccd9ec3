"""What every answer carries, and how the portal speaks when something is not there or not working."""

from __future__ import annotations

import asyncio
import json

import pytest
from contracts.values import Role
from gateway.look.files import VERSION
from gateway.showing import inside
from visiting import Firm
from yarl import URL

PAGES = ["/login", "/forgot", "/legal/imprint", "/profile", "/users", "/users/new", "/app", "/nowhere", "/offline"]


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_carries_a_strict_policy(firm: Firm, path: str) -> None:
    visitor = await firm.logged_in(firm.boss)
    read = await visitor.get(path, follow=False)
    policy = read.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert read.headers["X-Content-Type-Options"] == "nosniff"
    assert read.headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in read.headers["Permissions-Policy"]
    assert read.headers["Cache-Control"] == "no-store"
    assert " style=" not in read.text
    assert " onclick=" not in read.text


async def test_an_unknown_page_is_said_in_the_design_of_the_firm(firm: Firm) -> None:
    visitor = await firm.logged_in(firm.boss)
    for path in ("/nowhere", "/users/not-an-id", "/users/00000000-0000-0000-0000-000000000000", "/login/x/y"):
        read = await visitor.get(path)
        assert read.status == 404, path
        assert "Mulde &amp; Söhne" in read.text
        assert "Diese Seite gibt es nicht" in read.text


async def test_programs_get_problems_as_json(firm: Firm) -> None:
    visitor = firm.visitor()
    read = await visitor.get("/profile", accept="application/json")
    assert read.status == 401
    assert read.headers["Content-Type"] == "application/problem+json"
    assert json.loads(read.text)["detail"] == "Bitte melden Sie sich erneut an."
    assert (await visitor.get("/nowhere", accept="application/json")).status == 404


async def test_a_domain_that_belongs_to_nobody_gets_a_clear_page(firm: Firm) -> None:
    visitor = firm.visitor()
    visitor.host = "stranger.example"
    read = await visitor.get("/login")
    assert read.status == 404
    assert "gibt es kein Kundenportal" in read.text
    assert "Mulde" not in read.text


async def test_the_same_page_is_html_for_people_and_json_for_programs(firm: Firm) -> None:
    visitor = await firm.logged_in(firm.boss)
    read = await visitor.get("/profile", accept="application/json")
    assert json.loads(read.text)["email"] == firm.boss
    token = read.headers["X-CSRF-Token"]
    changed = {"first_name": "Ida", "last_name": "Beck", "language": "de", "csrf": ""}
    async with visitor.session.post(
        visitor.url + "/profile",
        json=changed,
        headers={"Host": visitor.host, "Accept": "application/json", "X-CSRF-Token": token},
    ) as answer:
        assert answer.status == 200
        assert (await answer.json())["to"] == "/profile"
    assert json.loads((await visitor.get("/profile", accept="application/json")).text)["first_name"] == "Ida"


async def test_a_room_that_is_down_costs_no_entry(firm: Firm) -> None:
    visitor = await firm.logged_in(firm.boss)
    settings = firm.portal.gateway.settings
    before = settings.identity_url
    settings.identity_url = "http://127.0.0.1:9"
    try:
        await visitor.get("/profile")
        read = await visitor.post("/profile", {"first_name": "Neu", "last_name": "Name", "language": "de"})
        assert read.status == 503
        assert "gerade nicht erreichbar" in read.text
        assert 'value="Neu"' in read.text
        read = await firm.visitor().get("/register/00000000-0000-0000-0000-000000000001?token=x")
        assert read.status == 503
        assert "gerade nicht erreichbar" in read.text
    finally:
        settings.identity_url = before


async def test_a_reader_is_told_what_is_missing(firm: Firm) -> None:
    visitor = await firm.logged_in("leser@beck.example", role=Role.reader)
    read = await visitor.get("/users")
    assert read.status == 403
    assert "Administrator" in read.text


async def test_files_of_the_look_are_kept_for_ever_and_nothing_else_is_there(firm: Firm) -> None:
    visitor = firm.visitor()
    read = await visitor.get(f"/look/{VERSION}/portal.css", Accept_Encoding="gzip")
    assert read.status == 200
    assert "immutable" in read.headers["Cache-Control"]
    assert (await visitor.get(f"/look/{VERSION}/../files.py")).status == 404
    assert (await visitor.get(f"/look/{VERSION}/%2e%2e/files.py")).status == 404
    assert "--tenant-primary: #14532d" in (await visitor.get("/look/tenant.css")).text
    manifest = json.loads((await visitor.get("/manifest.webmanifest")).text)
    assert manifest["name"] == "Mulde & Söhne"
    assert (await visitor.get("/sw.js")).headers["Content-Type"].startswith("text/javascript")


@pytest.mark.parametrize(
    "address", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1", "/a\nb", ""]
)
def test_nobody_is_led_out_of_the_portal(address: str) -> None:
    assert inside(address) == "/"
    assert inside("/orders?page=2") == "/orders?page=2"


async def test_programs_find_every_page_described(firm: Firm) -> None:
    described = json.loads((await firm.visitor().get("/openapi.json", accept="application/json")).text)
    assert described["openapi"] == "3.1.0"
    assert "/users/{user}" in described["paths"]
    assert described["paths"]["/users/new"]["post"]["requestBody"]


async def test_the_legal_texts_are_open_to_everybody(firm: Firm) -> None:
    read = await firm.visitor().get("/legal/terms")
    assert read.status == 200
    assert "<h2>Geltung</h2>" in read.text
    assert "Fassung 1" in read.text
    assert (await firm.visitor().get("/legal/nothing")).status == 404


async def test_nobody_makes_the_portal_read_large_things(firm: Firm) -> None:
    visitor = firm.visitor()
    assert (await visitor.post("/quotes/new", {"description": "x" * 3_000_000})).path.startswith("/login")
    url = URL(visitor.url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    kind = "application/x-www-form-urlencoded"
    writer.write(f"POST /login HTTP/1.1\r\nHost: {firm.host}\r\nContent-Type: {kind}\r\n".encode())
    writer.write(b"Content-Length: 300000\r\n\r\nemail=")
    assert b" 413 " in await asyncio.wait_for(reader.readline(), 20)
    writer.close()


async def test_signs_that_no_database_keeps_are_no_fault_of_the_portal(firm: Firm) -> None:
    visitor = await firm.logged_in(firm.boss)
    assert (await visitor.get("/users?q=%00Rita")).status == 200
    assert (await visitor.get("/users?q=" + "+Rita" * 500)).status == 200
    assert (await visitor.log_in(f"rita\0@{firm.host}", "wrong")).status == 401
