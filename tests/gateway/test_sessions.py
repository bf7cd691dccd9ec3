"""A session cannot be lent, guessed, kept alive or borrowed by another site."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from contracts.identity.user import LogOutEverywhere, RemoveUser, user_id
from contracts.values import Role
from visiting import PASSWORD, Firm, Visitor, until

from gateway import limits, session


async def in_the_database(firm: Firm) -> list[tuple[bytes, bool]]:
    async with firm.portal.gateway.single.connection() as conn:
        found = await conn.execute("SELECT hash, remembered FROM sessions WHERE tenant = %s", [firm.tenant])
        return await found.fetchall()


async def is_out(visitor: Visitor) -> bool:
    return (await visitor.get("/profile")).path.startswith("/login")


async def test_only_the_hash_of_a_session_is_stored(firm: Firm) -> None:
    visitor = await firm.logged_in(firm.boss)
    token = visitor.cookies["hoftor"]
    assert len(token) >= 43  # 256 bits
    assert [row[0] for row in await in_the_database(firm)] == [hashlib.sha256(token.encode()).digest()]


async def test_a_session_that_an_attacker_has_planted_is_not_logged_in(firm: Firm) -> None:
    await firm.member(firm.boss, Role.administrator)
    visitor = firm.visitor()
    await visitor.get("/login")
    planted = session.new_token()
    visitor.plant(planted)
    await visitor.post("/login", {"email": firm.boss, "password": PASSWORD, "next": "/profile"})
    assert visitor.cookies["hoftor"] != planted
    attacker = firm.visitor()
    attacker.plant(planted)
    assert await is_out(attacker)


async def test_every_login_makes_a_new_session_and_ends_the_one_before(firm: Firm) -> None:
    visitor = await firm.logged_in(firm.boss)
    first = visitor.cookies["hoftor"]
    await visitor.get("/profile")
    await visitor.post("/login", {"email": firm.boss, "password": PASSWORD, "next": "/profile"})
    assert visitor.cookies["hoftor"] != first
    thief = firm.visitor()
    thief.plant(first)
    assert await is_out(thief)


async def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(firm: Firm) -> None:
    await firm.member(firm.boss, Role.administrator)
    visitor = firm.visitor()
    read = await visitor.get("/login")
    read = await visitor.post("/login", {"email": firm.boss, "password": PASSWORD}, follow=False)
    cookie = read.cookies["hoftor"]
    assert cookie["httponly"]
    assert cookie["samesite"].lower() == "lax"
    assert cookie["path"] == "/"
    assert not cookie["domain"]
    assert not cookie["max-age"]


def test_over_https_the_cookie_is_bound_to_the_host() -> None:
    cookie = session.cookie(True, "secret")
    assert cookie.key == "__Host-hoftor"
    assert cookie.secure
    assert cookie.httponly
    assert cookie.path == "/"
    assert cookie.domain is None


async def test_staying_logged_in_lasts_thirty_days_and_no_longer(firm: Firm) -> None:
    await firm.member(firm.boss, Role.administrator)
    visitor = firm.visitor()
    await visitor.get("/login")
    read = await visitor.post("/login", {"email": firm.boss, "password": PASSWORD, "remember": "yes"}, follow=False)
    assert int(read.cookies["hoftor"]["max-age"]) == int(timedelta(days=30).total_seconds())
    async with firm.portal.gateway.single.connection() as conn:
        await conn.execute("UPDATE sessions SET ends = now() - interval '1 second' WHERE tenant = %s", [firm.tenant])
    assert await is_out(visitor)


async def test_a_session_nobody_uses_ends_after_twelve_hours(firm: Firm) -> None:
    visitor = await firm.logged_in(firm.boss)
    async with firm.portal.gateway.single.connection() as conn:
        await conn.execute(
            "UPDATE sessions SET seen = now() - interval '11 hours', ends = now() + interval '1 hour'"
            " WHERE tenant = %s",
            [firm.tenant],
        )
        assert not await is_out(visitor)  # used: twelve hours more
        found = await conn.execute(
            "SELECT ends > now() + interval '11 hours' FROM sessions WHERE tenant = %s", [firm.tenant]
        )
        assert await found.fetchone() == (True,)
        await conn.execute("UPDATE sessions SET ends = now() - interval '1 second' WHERE tenant = %s", [firm.tenant])
    assert await is_out(visitor)


@pytest.mark.parametrize("csrf", ["", "0" * 64])
async def test_a_form_without_the_right_token_is_refused(firm: Firm, csrf: str) -> None:
    visitor = await firm.logged_in(firm.boss)
    read = await visitor.post("/profile", {"first_name": "Eva", "last_name": "X", "language": "de"}, csrf=csrf)
    assert read.status == 403
    assert "Rita" in (await visitor.get("/profile")).text


async def test_the_token_of_somebody_else_is_refused(firm: Firm) -> None:
    visitor = await firm.logged_in(firm.boss)
    other = await firm.logged_in("anna@beck.example", Role.orderer)
    foreign = (await other.get("/profile")).csrf
    form = {"first_name": "Eva", "last_name": "X", "language": "de"}
    assert (await visitor.post("/profile", form, csrf=foreign)).status == 403
    guest = (await firm.visitor().get("/login")).csrf
    assert (await visitor.post("/profile", form, csrf=guest)).status == 403


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"}]
)
async def test_a_form_from_another_site_is_refused_even_with_the_token(firm: Firm, headers: dict[str, str]) -> None:
    visitor = await firm.logged_in(firm.boss)
    await visitor.get("/profile")
    form = {"first_name": "Eva", "last_name": "X", "language": "de"}
    assert (await visitor.post("/profile", form, **headers)).status == 403
    assert (await visitor.post("/profile", form, Origin=f"http://{firm.host}")).status == 200


async def test_logging_out_everywhere_ends_all_devices_at_once(firm: Firm) -> None:
    visitor = await firm.logged_in(firm.boss)
    second = firm.visitor()
    await second.log_in(firm.boss)
    await visitor.get("/profile")
    read = await visitor.post("/logout-everywhere")
    assert read.path == "/login"
    assert await is_out(visitor)
    assert await is_out(second)


async def test_what_another_machine_says_ends_sessions_too(firm: Firm) -> None:
    visitor = await firm.logged_in(firm.boss)
    user = user_id(firm.tenant, firm.boss)
    who_asks = await firm.asker(firm.boss)
    await firm.portal.identity.execute(LogOutEverywhere(user=user), who_asks)

    async def out() -> bool:
        return await is_out(visitor)

    await until(out)
    assert await in_the_database(firm) == []


async def test_a_new_password_ends_the_other_devices_and_keeps_this_one(firm: Firm) -> None:
    visitor = await firm.logged_in(firm.boss)
    second = firm.visitor()
    await second.log_in(firm.boss)
    await visitor.get("/profile")
    read = await visitor.post("/profile/password", {"old": PASSWORD, "password": "Bauschutt im Garten"})
    assert read.status == 200
    assert "Ihr Passwort ist geändert" in read.text
    assert await is_out(second)
    assert not await is_out(visitor)


async def test_a_removed_user_is_out_at_once(firm: Firm) -> None:
    boss = await firm.logged_in(firm.boss)
    anna = await firm.logged_in("anna@beck.example", Role.orderer)
    user = user_id(firm.tenant, "anna@beck.example")
    await boss.get(f"/users/{user}")
    read = await boss.post(f"/users/{user}/remove")
    assert read.status == 200
    assert await is_out(anna)
    await boss.get("/users")
    assert (await anna.log_in("anna@beck.example")).status == 401


async def test_a_user_removed_by_the_firm_is_out(firm: Firm) -> None:
    anna = await firm.logged_in("anna@beck.example", Role.orderer)
    user = user_id(firm.tenant, "anna@beck.example")
    await firm.portal.identity.execute(RemoveUser(user=user, customer=firm.customer), firm.operator)

    async def out() -> bool:
        return await is_out(anna)

    await until(out)


async def test_whoever_tries_passwords_is_slowed_down(firm: Firm) -> None:
    await firm.member(firm.boss, Role.administrator)
    visitor = firm.visitor()
    statuses = [(await visitor.log_in(firm.boss, f"wrong {number}")).status for number in range(11)]
    assert statuses[0] == 401
    assert statuses[-1] == 429
    read = await visitor.log_in(firm.boss)
    assert read.status == 429
    assert "Viertelstunde" in read.text or "Minuten" in read.text


async def test_a_login_of_ones_own_does_not_clear_the_guesses_from_the_same_place(firm: Firm) -> None:
    await firm.member(firm.boss, Role.administrator)
    visitor = firm.visitor()
    for number in range(3):
        await visitor.log_in(f"nobody-{number}@beck.example", "wrong")
    assert (await visitor.log_in(firm.boss)).status == 200
    async with firm.portal.gateway.single.connection() as conn:
        found = await conn.execute(
            "SELECT count FROM attempts WHERE tenant = %s AND what = %s", [firm.tenant, limits.LOGIN_FROM_IP.what]
        )
        assert await found.fetchall() == [(3,)]


async def test_a_session_of_one_firm_is_none_at_another(firm: Firm, other_firm: Firm) -> None:
    visitor = await firm.logged_in(firm.boss)
    stranger = other_firm.visitor()
    stranger.plant(visitor.cookies["hoftor"])
    assert await is_out(stranger)
