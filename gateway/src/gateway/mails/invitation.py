"""The invitation to the portal, with the button „Jetzt anmelden“ that opens the registration."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from chassis import links
from chassis.events import Meta
from chassis.room import Context
from contracts.identity.invitation import UserInvited

from gateway import who
from gateway.mails import Letter, Pen, Reader, mails, post
from gateway.mails.letter import all_heard
from gateway.page import _
from gateway.who import CustomerDoc


async def customer_of(ctx: Context, meta: Meta, customer: UUID) -> CustomerDoc | None:
    """Whose portal it is, None if it is closed; NotYetKnown while the view may still hear of it."""
    found = await ctx.rows.get(who.customers, meta.tenant, customer)
    if found is None or not found.name or not found.active:
        await all_heard(ctx, "identity")
        found = await ctx.rows.get(who.customers, meta.tenant, customer)
    return found if found and found.active else None


@mails.on(UserInvited)
async def invited(event: UserInvited, meta: Meta, ctx: Context) -> None:
    """The link's secret is made now and stored nowhere. An invitation that nobody can use any more is not sent."""
    if event.expires < datetime.now(UTC):
        return
    customer = await customer_of(ctx, meta, event.customer)
    if customer is None:
        return
    known = await ctx.rows.get(who.users, meta.tenant, event.user)
    if known and (known.version > meta.version or (known.version == meta.version and known.state == "withdrawn")):
        return
    token = links.token(ctx.key("invitation"), event.invitation)

    def write(pen: Pen) -> Letter:
        firm = pen.tenant.name
        return Letter(
            subject=pen.say(_("Your access to the customer portal of %(firm)s"), firm=firm),
            heading=pen.say(_("Welcome to the customer portal")),
            paragraphs=[
                pen.say(
                    _("%(firm)s has set up an access to the customer portal for you, for %(customer)s."),
                    firm=firm,
                    customer=customer.name or event.email,
                ),
                pen.say(
                    _(
                        "There you see your containers, orders, quotes and invoices, and you can order at any hour. "
                        "It takes a minute: enter your name, choose a password, done."
                    )
                ),
            ],
            button=(pen.say(_("Register now")), pen.link(f"/register/{event.invitation}?token={token}")),
            after=[
                pen.say(_("The link works once and until %(day)s."), day=pen.day(event.expires)),
                pen.say(_("You did not expect this mail? Then simply ignore it.")),
            ],
        )

    language = known.language if known else "de"
    await post(ctx, meta, Reader(event.email, language=language), write, thread=event.user)
