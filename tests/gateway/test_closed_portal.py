"""Once the firm has closed the portal of a customer, nobody there is written to, until it is opened again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from chassis.events import Meta
from contracts.base import Event
from contracts.identity.customer import ActivateCustomer, DeactivateCustomer
from contracts.identity.invitation import UserInvited
from contracts.identity.user import user_id
from contracts.quotes import QuoteAnswered
from contracts.values import Role
from gateway.mails import mails
from visiting import Firm, until

from gateway import who


async def hears(firm: Firm, event: Event, *threads: UUID) -> list[str]:
    """Of which mails about these there are records when the gateway has dealt with the event: their subjects."""
    ctx, now = firm.portal.gateway, datetime.now(UTC)
    meta = Meta(
        uuid4(), firm.tenant, "quote:1", 1, type(event).__name__, "quotes", 0, 1, now,
        None, "", firm.customer, None, None, None,
    )  # fmt: skip
    await mails.steps[type(event)](event, meta, ctx)
    async with ctx.single.connection() as conn:
        found = await conn.execute(
            "SELECT subject FROM sent_mails WHERE tenant = %s AND thread = ANY(%s) ORDER BY began",
            [firm.tenant, list(threads)],
        )
        return [row[0] for row in await found.fetchall()]


async def test_a_closed_portal_sends_no_mails_until_it_is_opened_again(firm: Firm) -> None:
    maria = await firm.member("maria@beck.example", Role.orderer)
    answered = QuoteAnswered(
        quote=uuid4(),
        customer=firm.customer,
        site=None,
        message=uuid4(),
        user=maria,
        subject="Presse mieten",
        sender_name="Viktor Vertrieb",
        text="Gern.",
        files=(),
        refused_files=(),
    )
    invited = UserInvited(
        user=user_id(firm.tenant, "dora@beck.example"),
        customer=firm.customer,
        email="dora@beck.example",
        role=Role.reader,
        sites=None,
        invitation=uuid4(),
        expires=datetime.now(UTC) + timedelta(days=1),
    )

    async def portal_is(active: bool) -> None:
        async def known() -> bool:
            found = await firm.portal.gateway.rows.get(who.customers, firm.tenant, firm.customer)
            return found is not None and found.active is active

        await until(known)

    invitation, answer = "Ihr Zugang zum Kundenportal von Mulde & Söhne", "Antwort auf Ihre Anfrage: Presse mieten"
    about = answered.quote, invited.user
    assert await hears(firm, answered, *about) == [answer]
    await firm.portal.identity.execute(DeactivateCustomer(customer=firm.customer), firm.operator)
    await portal_is(active=False)
    assert await hears(firm, answered, *about) == [answer]
    assert await hears(firm, invited, *about) == [answer]
    await firm.portal.identity.execute(ActivateCustomer(customer=firm.customer, email=firm.boss), firm.operator)
    await portal_is(active=True)
    assert await hears(firm, answered, *about) == [answer, answer]
    assert await hears(firm, invited, *about) == [answer, answer, invitation]
