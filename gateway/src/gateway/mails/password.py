"""The link for a forgotten password, and the notice that a password was changed."""

from __future__ import annotations

from datetime import UTC, datetime

from chassis import links
from chassis.events import Meta
from chassis.room import Context
from contracts.identity.password import PasswordChanged, PasswordResetRequested

from gateway.mails import Letter, Pen, mails, post, reader_of
from gateway.page import _


@mails.on(PasswordResetRequested)
async def forgotten(event: PasswordResetRequested, meta: Meta, ctx: Context) -> None:
    reader = await reader_of(ctx, meta, event.user)
    if reader is None or event.expires < datetime.now(UTC):
        return
    token = links.token(ctx.key("reset"), event.reset)

    def write(pen: Pen) -> Letter:
        return Letter(
            subject=pen.say(_("Set a new password")),
            paragraphs=[
                pen.say(
                    _("A new password for your access to the customer portal of %(firm)s was asked for."),
                    firm=pen.tenant.name,
                )
            ],
            button=(pen.say(_("Set a new password")), pen.link(f"/reset/{event.reset}?token={token}")),
            after=[
                pen.say(_("The link works once and until %(moment)s."), moment=pen.moment(event.expires)),
                pen.say(_("That was not you? Then you need not do anything; your password stays as it is.")),
            ],
        )

    await post(ctx, meta, reader, write, thread=event.user)


@mails.on(PasswordChanged)
async def changed(event: PasswordChanged, meta: Meta, ctx: Context) -> None:
    reader = await reader_of(ctx, meta, event.user)
    if reader is None:
        return

    def write(pen: Pen) -> Letter:
        return Letter(
            subject=pen.say(_("Your password was changed")),
            paragraphs=[
                pen.say(
                    _("The password of your access was changed on %(moment)s. All other devices were logged out."),
                    moment=pen.moment(meta.time),
                ),
            ],
            after=[
                pen.say(_("That was not you? Then set a new password at once and call us.")),
            ],
            button=(pen.say(_("I did not do this")), pen.link("/forgot")),
        )

    await post(ctx, meta, reader, write, thread=event.user)
