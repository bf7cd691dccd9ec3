"""The door of the portal: from the tick in the ERP to the first login, and everything that must not open it."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from argon2 import PasswordHasher
from chassis import links
from chassis.decider import Asked, Asker, Invalid, NotAllowed, NotFound, Refused
from chassis.signing import NotSigned
from contracts.erp import PortalSwitchedOff, PortalSwitchedOn
from contracts.identity.invitation import InvitationFailed, InviteUser, WithdrawInvitation
from contracts.identity.password import ChangePassword, RequestPasswordReset, ResetPassword
from contracts.identity.user import ChangeProfile, ChangeRights, LogOutEverywhere, RemoveUser, UserRemoved, user_id
from contracts.values import Language, Role
from given_firm import PASSWORD, Firm, until
from identity import attempts, hashes, members


@pytest.fixture
def customer() -> UUID:
    return uuid4()


@pytest.fixture
def email() -> str:
    return f"anna.{uuid4().hex[:6]}@bau.example"


# C1, C2, C3, C4, C5, C6, C10, C12, C13, C14, C15
async def test_from_the_tick_in_the_erp_to_the_first_login(firm: Firm, customer: UUID, email: str) -> None:
    await firm.first_load(customer, email.title())
    account = await firm.account(email, "invited")
    assert (account.email, account.role, account.customer) == (email, Role.administrator, customer)
    link = {"invitation": account.invitation, "token": links.token(firm.ctx.key("invitation"), account.invitation)}
    shown = await firm.call("/invitation", **link)
    assert shown == {
        "email": email,
        "customer_name": "Bau Müller",
        "user": str(user_id(firm.id, email)),
        "state": "open",
    }
    await firm.ask(firm.registration(email, account))
    assert (await firm.call("/invitation", **link))["state"] == "used"
    assert await firm.call("/login", email=email.upper(), password=PASSWORD) == {
        "user": str(user_id(firm.id, email)),
        "customer": str(customer),
        "customer_name": "Bau Müller",
        "email": email,
        "name": "Anna Arndt",
        "role": "administrator",
        "sites": None,
        "language": "de",
        "tour_done": False,
    }


# C12
async def test_the_link_registers_once_and_a_forged_one_never(firm: Firm, customer: UUID, email: str) -> None:
    await firm.first_load(customer, email)
    account = await firm.account(email, "invited")
    foreign = links.token(firm.ctx.key("reset"), account.invitation)
    for token in ("", "ä", "A" * 43, foreign):
        with pytest.raises(NotFound, match="not valid"):
            await firm.ask(firm.registration(email, account, token=token))
        assert (await firm.call("/invitation", invitation=account.invitation, token=token))["state"] == "unknown"
    twice = [firm.ask(firm.registration(email, account)) for _ in range(2)]
    results = await asyncio.gather(*twice, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Answer", "Refused"]


# C15
async def test_no_password_and_no_hash_stands_in_the_log(firm: Firm, customer: UUID, email: str) -> None:
    await firm.administrator(customer, email)
    async with firm.ctx.pool.connection() as conn:
        found = await conn.execute("SELECT string_agg(body, ' ') FROM log WHERE tenant = %s", [firm.id])
        log = str((await found.fetchone() or ("",))[0])
        kept = await conn.execute(
            "SELECT hash FROM passwords WHERE tenant = %s AND user_id = %s", [firm.id, user_id(firm.id, email)]
        )
        [hashed] = await kept.fetchone() or ("",)
    assert "UserRegistered" not in log
    assert "Arndt" in log
    assert PASSWORD not in log
    assert "argon2" not in log
    assert PasswordHasher().verify(hashed, PASSWORD)


# C15
async def test_ten_wrong_passwords_close_the_door_for_a_while_also_when_they_come_at_once(
    firm: Firm, customer: UUID, email: str
) -> None:
    await firm.administrator(customer, email)
    with pytest.raises(Refused) as wrong:
        await firm.call("/login", email=email, password="not this one")
    assert (wrong.value.status, wrong.value.sentence) == (401, "The e-mail address or the password is not right.")
    await firm.call("/login", email=email, password=PASSWORD)
    for address in (email, f"nobody.{email}"):
        with pytest.raises(NotSigned):
            await firm.call("/login", email=address, password="not this one")
        tries = [attempts.begin(firm.ctx.pool, firm.id, user_id(firm.id, address)) for _ in range(14)]
        results = await asyncio.gather(*tries, return_exceptions=True)
        assert sorted(type(result).__name__ for result in results) == ["TooMany"] * 5 + ["UUID"] * 9
        with pytest.raises(Refused, match="again in 15 minutes") as locked:
            await firm.call("/login", email=address, password=PASSWORD)
        assert locked.value.status == 429
    async with firm.ctx.pool.connection() as conn:
        await conn.execute("UPDATE failed_logins SET at = at - interval '15 minutes' WHERE tenant = %s", [firm.id])
    assert (await firm.call("/login", email=email, password=PASSWORD))["email"] == email


# C1
async def test_a_closed_portal_lets_nobody_in(firm: Firm, customer: UUID, email: str) -> None:
    await firm.administrator(customer, email)
    await firm.says("erp-bridge", customer, PortalSwitchedOff(customer=customer))
    await until(lambda: firm.closed(customer))
    with pytest.raises(NotAllowed, match="The portal is closed for your firm"):
        await firm.call("/login", email=email, password=PASSWORD)
    with pytest.raises(NotSigned):
        await firm.call("/login", email=email, password="not this one")


async def test_a_user_of_one_firm_cannot_be_touched_from_another(firm: Firm, customer: UUID, email: str) -> None:
    anna = await firm.administrator(customer, email)
    other = Firm(firm.rooms)
    await other.opens()
    assert anna.user is not None
    commands = [
        ChangeRights(user=anna.user, customer=customer, role=Role.reader),
        RemoveUser(user=anna.user, customer=customer),
        WithdrawInvitation(user=anna.user, customer=customer),
        ChangeProfile(user=anna.user, first_name="X", last_name="Y", language=Language.german),
        LogOutEverywhere(user=anna.user),
        ChangePassword(user=anna.user, old=PASSWORD, password="acht blaue Kipper"),
    ]
    intruder = Asker(other.id, "user", user=anna.user, customer=customer, role=Role.administrator)
    for command in commands:
        with pytest.raises(NotFound):
            await other.ask(command, intruder)
    with pytest.raises(NotSigned):
        await other.call("/login", email=email, password=PASSWORD)
    assert (await firm.call("/login", email=email, password=PASSWORD))["role"] == "administrator"


# C11
async def test_two_administrators_who_remove_each_other_at_once_leave_one(
    firm: Firm, customer: UUID, email: str
) -> None:
    anna = await firm.administrator(customer, email)
    second = f"bert.{email}"
    await firm.ask(
        InviteUser(user=user_id(firm.id, second), customer=customer, email=second, role=Role.administrator), anna
    )
    await firm.ask(firm.registration(second, await firm.account(second), first_name="Bert"))
    bert = firm.user(customer, second)
    assert anna.user is not None
    assert bert.user is not None
    results = await asyncio.gather(
        firm.ask(RemoveUser(user=bert.user, customer=customer), anna),
        firm.ask(ChangeRights(user=anna.user, customer=customer, role=Role.reader), bert),
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in results) == ["Answer", "Refused"]


# C11
async def test_whoever_takes_away_an_administrator_waits_for_the_other_who_does(
    firm: Firm, customer: UUID, email: str
) -> None:
    anna = await firm.administrator(customer, email)
    assert anna.user is not None
    bert = uuid4()
    asked = Asked(anna, datetime.now(UTC))
    bert_leaves = UserRemoved(user=bert, customer=customer)
    anna_leaves = UserRemoved(user=anna.user, customer=customer)
    pool = firm.ctx.pool
    async with pool.connection() as conn:
        await conn.execute("INSERT INTO members VALUES (%s, %s, %s, true)", [firm.id, bert, customer])

    async def leaves(event: UserRemoved) -> None:
        async with pool.connection() as conn:
            await members.along(conn, RemoveUser(user=event.user, customer=customer), [event], asked)

    async with pool.connection() as conn:
        await members.along(conn, RemoveUser(user=bert, customer=customer), [bert_leaves], asked)
        second = asyncio.create_task(leaves(anna_leaves))
        assert not (await asyncio.wait([second], timeout=0.3))[0]
    with pytest.raises(Refused, match="at least one administrator"):
        await second


# C11
async def test_a_removed_user_is_out_and_can_come_back(firm: Firm, customer: UUID, email: str) -> None:
    anna = await firm.administrator(customer, email)
    second = f"bert.{email}"
    bert = user_id(firm.id, second)
    invitation = InviteUser(user=bert, customer=customer, email=second, role=Role.orderer)
    await firm.ask(invitation, anna)
    await firm.ask(firm.registration(second, await firm.account(second)))
    await firm.ask(RemoveUser(user=bert, customer=customer), anna)
    async with firm.ctx.pool.connection() as conn:
        assert await hashes.of(conn, firm.id, bert) is None
    with pytest.raises(NotSigned):
        await firm.call("/login", email=second, password=PASSWORD)
    await firm.ask(invitation, anna)
    await firm.ask(firm.registration(second, await firm.account(second), password="acht blaue Kipper"))
    assert (await firm.call("/login", email=second, password="acht blaue Kipper"))["role"] == "orderer"


# C28
async def test_sites_that_are_given_belong_to_the_customer(firm: Firm, customer: UUID, email: str) -> None:
    own, foreign = uuid4(), uuid4()
    await firm.first_load(customer, email, [own])
    await firm.first_load(uuid4(), f"other.{email}", [foreign])
    await firm.account(f"other.{email}", "invited")
    await firm.ask(firm.registration(email, await firm.account(email, "invited")))
    anna, second = firm.user(customer, email), f"bert.{email}"

    async def invite(*sites: UUID) -> None:
        command = InviteUser(
            user=user_id(firm.id, second), customer=customer, email=second, role=Role.orderer, sites=sites
        )
        await firm.ask(command, anna)

    with pytest.raises(Invalid, match="does not belong to your firm"):
        await invite(own, foreign)
    await invite(own)
    await firm.ask(firm.registration(second, await firm.account(second)))
    assert (await firm.call("/login", email=second, password=PASSWORD))["sites"] == [str(own)]


async def test_a_forgotten_password_is_set_by_the_link_once(firm: Firm, customer: UUID, email: str) -> None:
    anna = await firm.administrator(customer, email)
    nobody = f"nobody.{email}"
    unknown = await firm.ask(RequestPasswordReset(user=user_id(firm.id, nobody), email=nobody))
    assert (unknown.version, unknown.number) == (0, None)
    assert anna.user is not None
    await firm.ask(RequestPasswordReset(user=anna.user, email=email))
    reset = (await firm.account(email)).reset
    assert reset is not None
    token = links.token(firm.ctx.key("reset"), reset)
    command = ResetPassword(user=anna.user, reset=reset, token=token, password="acht blaue Kipper")
    with pytest.raises(NotFound):
        await firm.ask(command.model_copy(update={"token": links.token(firm.ctx.key("invitation"), reset)}))
    shown = await firm.call("/reset-link", reset=reset, token=token)
    assert (shown["email"], shown["state"]) == (email, "open")
    await firm.ask(command)
    assert (await firm.call("/reset-link", reset=reset, token=token))["state"] == "used"
    with pytest.raises(Refused, match="used already"):
        await firm.ask(command)
    with pytest.raises(NotSigned):
        await firm.call("/login", email=email, password=PASSWORD)
    await firm.call("/login", email=email, password="acht blaue Kipper")
    with pytest.raises(Invalid) as wrong:
        await firm.ask(ChangePassword(user=anna.user, old=PASSWORD, password="neun gelbe Kipper"), anna)
    assert wrong.value.params["field"] == "old"
    await firm.ask(ChangePassword(user=anna.user, old="acht blaue Kipper", password="neun gelbe Kipper"), anna)
    await firm.call("/login", email=email, password="neun gelbe Kipper")


# C4
async def test_what_the_erp_got_wrong_is_said_and_stops_nothing_behind_it(
    firm: Firm, customer: UUID, email: str
) -> None:
    await firm.administrator(uuid4(), email)
    await firm.first_load(customer, email)
    [body] = await until(lambda: firm.said(InvitationFailed))
    assert "portal of another customer" in body
    right = f"right.{email}"
    await firm.says("erp-bridge", customer, PortalSwitchedOn(customer=customer, email=right))
    assert (await firm.account(right, "invited")).customer == customer
    async with firm.ctx.pool.connection() as conn:
        parked = await conn.execute("SELECT count(*) FROM parked")
        assert await parked.fetchone() == (0,)
