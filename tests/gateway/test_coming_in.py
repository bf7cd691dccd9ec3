"""How people come in and stay in, and how nobody else does."""

from __future__ import annotations

import re

from contracts.values import Role
from visiting import PASSWORD, Firm


async def test_the_door_is_in_the_design_of_the_firm(firm: Firm) -> None:
    read = await firm.visitor().get("/login")
    assert read.status == 200
    assert "Mulde &amp; Söhne" in read.text


async def test_who_is_not_logged_in_is_led_to_the_login_and_back(firm: Firm) -> None:
    await firm.member(firm.boss, Role.administrator)
    visitor = firm.visitor()
    read = await visitor.get("/users?q=rita")
    assert read.path == "/login?next=/users%3Fq%3Drita"
    assert re.search(r'name="next" value="/users\?q=rita"', read.text)


async def test_a_user_logs_in_and_out(firm: Firm) -> None:
    visitor = await firm.logged_in(firm.boss)
    read = await visitor.get("/profile")
    assert read.status == 200
    assert "Rita" in read.text
    read = await visitor.post("/logout")
    assert read.path == "/login"
    assert (await visitor.get("/profile")).path.startswith("/login")


# C17
async def test_who_logs_in_without_having_wanted_a_certain_page_arrives_at_the_dashboard(firm: Firm) -> None:
    await firm.member(firm.boss, Role.administrator)
    visitor = firm.visitor()
    await visitor.get("/login")
    assert visitor.page is not None
    wanted = re.search(r'name="next" value="([^"]*)"', visitor.page.text)
    assert wanted is not None
    read = await visitor.post("/login", {"email": firm.boss, "password": PASSWORD, "next": wanted[1]})
    assert read.path == "/"
    assert "So fangen Sie an" in read.text  # nothing has happened yet
    assert (await visitor.get("/login")).path == "/"
