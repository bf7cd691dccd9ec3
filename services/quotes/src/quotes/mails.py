"""What the customer writes in the portal goes to sales as a mail of the conversation."""

from __future__ import annotations

from email.utils import parseaddr
from urllib.parse import unquote, urlsplit
from uuid import UUID

from chassis.events import Meta
from chassis.room import Context, Effects
from chassis.sending import MailServerBusy, Outgoing, is_settled, send
from contracts.quotes import QuoteReplied, QuoteRequested
from contracts.values import File
from pydantic_settings import BaseSettings, SettingsConfigDict

from quotes.inbound.address import message_id_for, reply_address
from quotes.letter import Ids, Known, Said, letter
from quotes.views import conversations, customers, sites, tenants, users

effects = Effects("mails")

_REMEMBERED = 20  # Message-IDs in References: the first and the latest


class QuoteSettings(BaseSettings):
    """`HOFTOR_QUOTES_…`."""

    model_config = SettingsConfigDict(env_prefix="HOFTOR_QUOTES_", extra="ignore")

    reply_address: str = ""
    """Where answers arrive, with anything behind a plus; empty: the user of the IMAP server is that address."""
    poll_seconds: float = 20.0
    """How often the mailbox is looked through, beside what the server tells of its own accord."""


def reply_mailbox(imap_url: str) -> str:
    """The address behind which the portal's mailbox lies."""
    given = QuoteSettings().reply_address or unquote(urlsplit(imap_url).username or "")
    if not parseaddr(given)[1].count("@") == 1:
        raise ValueError("HOFTOR_QUOTES_REPLY_ADDRESS must name the address of the mailbox in which answers arrive.")
    return given


@effects.on(QuoteRequested)
async def quote_requested(event: QuoteRequested, meta: Meta, ctx: Context) -> None:
    await tell_sales(event, event, meta, ctx)


@effects.on(QuoteReplied)
async def quote_replied(event: QuoteReplied, meta: Meta, ctx: Context) -> None:
    conversation = await ctx.rows.get(conversations, meta.tenant, event.quote)
    if conversation is None:
        raise MailServerBusy("The beginning of the conversation has not been read yet.")
    await tell_sales(conversation.request, event, meta, ctx)


async def tell_sales(request: QuoteRequested, event: QuoteRequested | QuoteReplied, meta: Meta, ctx: Context) -> None:
    if await is_settled(ctx.single, meta.id):
        return
    tenant = await ctx.rows.get(tenants, meta.tenant, meta.tenant)
    if tenant is None:
        raise MailServerBusy("The firm's quote address has not arrived yet.")
    user = await ctx.rows.get(users, meta.tenant, event.user)
    known = Known(
        tenant,
        await ctx.rows.get(customers, meta.tenant, event.customer),
        await ctx.rows.get(sites, meta.tenant, event.site) if event.site else None,
        user,
    )
    first = isinstance(event, QuoteRequested)
    said = Said(
        text=event.description if isinstance(event, QuoteRequested) else event.text,
        user_name=event.user_name,
        user_email=request.user_email if first or event.user == request.user else user.email if user else "",
        at=meta.time,
        files=[(file, await content_of(file, ctx)) for file in event.files],
    )
    secret = ctx.key("quotes")
    domain = tenant.sender.rpartition("@")[2]
    ids = Ids(
        conversation=event.quote,
        message_id=message_id_for(secret, event.quote, meta.id, domain),
        reply_to=reply_address(secret, reply_mailbox(ctx.settings.imap_url), event.quote),
        earlier=() if first else await earlier(ctx, event.quote),
    )
    mail = letter(request, said, known, ids)
    await send(
        ctx.single,
        ctx.settings.smtp_url,
        Outgoing(meta.id, meta.tenant, event.quote, tenant.sender, tenant.quote_address, mail),
    )


async def content_of(file: File, ctx: Context) -> bytes:
    try:
        return await ctx.files.get(file.sha256)
    except FileNotFoundError as error:
        # Waiting will not bring it: this conversation is parked for the operator, the others go on.
        raise LookupError(f"the file {file.name} of this conversation is missing from the file store") from error


async def earlier(ctx: Context, quote: UUID) -> tuple[str, ...]:
    """The Message-IDs of the conversation in their order, ours and those of sales."""
    async with ctx.pool.connection() as conn:
        found = await conn.execute(
            "SELECT message_id FROM (SELECT message_id, began AS at FROM sent_mails WHERE thread = %(quote)s"
            " UNION ALL SELECT message_id, arrived FROM inbound_mails WHERE quote = %(quote)s AND status = 'taken')"
            " AS mails ORDER BY at",
            {"quote": quote},
        )
        ids = [row[0] for row in await found.fetchall()]
    return tuple(ids if len(ids) <= _REMEMBERED else [ids[0], *ids[1 - _REMEMBERED :]])
