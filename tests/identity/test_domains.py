"""A domain belongs to one firm, whoever claims it and whenever."""

import asyncio
from datetime import UTC, datetime

import pytest
from chassis.decider import Asked, Asker, Invalid
from chassis.store import Connection
from contracts.identity.tenant import ConfigureTenant, TenantConfigured
from given_firm import Firm
from identity import domains
from identity.knowledge import tenant_of


@pytest.fixture
async def other(firm: Firm) -> Firm:
    made = Firm(firm.rooms)
    await made.opens()
    return made


async def of(firm: Firm) -> set[str]:
    known = await tenant_of(firm.ctx, firm.id)
    return set(known.domains) if known else set()


async def test_a_domain_of_another_firm_is_refused_and_nothing_else_changes(firm: Firm, other: Firm) -> None:
    free = f"shop.{other.domain}"
    with pytest.raises(Invalid, match=f"{firm.domain} already belongs to another firm") as refused:
        await other.opens(free, firm.domain)
    assert refused.value.params["field"] == "domains"
    assert await of(other) == {other.domain}
    await firm.opens(firm.domain, free)
    assert await of(firm) == {firm.domain, free}


async def test_a_domain_that_a_firm_has_given_up_can_be_claimed(firm: Firm, other: Firm) -> None:
    given_up = firm.domain
    await firm.opens(f"new.{firm.domain}")
    await other.opens(other.domain, given_up)
    assert await of(other) == {other.domain, given_up}
    with pytest.raises(Invalid):
        await firm.opens(given_up)


async def test_of_two_firms_that_claim_a_domain_at_once_one_gets_it(firm: Firm, other: Firm) -> None:
    wanted = f"both.{firm.domain}"
    results = await asyncio.gather(*(one.opens(one.domain, wanted) for one in (firm, other)), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Invalid", "NoneType"]
    assert [wanted in await of(one) for one in (firm, other)] == [result is None for result in results]


async def claims(conn: Connection, firm: Firm, domain: str) -> None:
    known = await tenant_of(firm.ctx, firm.id)
    assert known is not None
    said: TenantConfigured = known.model_copy(update={"domains": (domain,)})
    await domains.along(
        conn, ConfigureTenant(**dict(said)), [said], Asked(Asker(firm.id, "operator"), datetime.now(UTC))
    )


@pytest.mark.parametrize("keeps", [True, False], ids=["and gets it", "and gives it up"])
async def test_who_claims_a_domain_waits_for_another_who_is_just_claiming_it(
    firm: Firm, other: Firm, keeps: bool
) -> None:
    wanted = f"both.{firm.domain}"

    async def second_claim() -> None:
        async with firm.ctx.pool.connection() as conn:
            await claims(conn, other, wanted)

    async with firm.ctx.pool.connection() as conn:
        await claims(conn, firm, wanted)
        second = asyncio.create_task(second_claim())
        assert not (await asyncio.wait([second], timeout=0.3))[0]
        if not keeps:
            await conn.rollback()
    if keeps:
        with pytest.raises(Invalid, match=wanted):
            await second
    else:
        await second


async def test_domains_that_were_claimed_before_there_was_a_list_of_them_are_known(firm: Firm, other: Firm) -> None:
    given_up = other.domain
    await other.opens(f"new.{given_up}")
    async with firm.ctx.pool.connection() as conn:
        await conn.execute("DELETE FROM domains")
        await conn.execute(domains.FILLED)
    with pytest.raises(Invalid, match=firm.domain):
        await other.opens(firm.domain)
    await firm.opens(firm.domain, given_up)
