"""Takes one mail over as a message of its conversation, or says why not."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, replace
from uuid import UUID

import structlog
from chassis.backoff import TRANSIENT
from chassis.decider import Asker, Refused
from chassis.files import Files
from chassis.room import Context
from contracts.quotes import TakeAnswer
from contracts.values import File, derived_id
from obstore.exceptions import BaseError

from quotes import inbox
from quotes.inbound.mail import InboundMail, UnreadableMail
from quotes.inbound.read import read_mail
from quotes.inbound.thread import which_conversation
from quotes.inbound.trust import Doubt, Firm, doubt_about
from quotes.inbox import Record, Status
from quotes.mailbox import Fetched
from quotes.mails import reply_mailbox
from quotes.views import tenants

TAKEN_ALREADY = "The same mail has been taken over already."


class NotYet(ConnectionError):
    """What is needed to judge the mail has not arrived here yet."""


@dataclass(frozen=True)
class Judged:
    """`mail` is None where the mail cannot be read."""

    record: Record
    mail: InboundMail | None = None


async def take(ctx: Context, fetched: Fetched) -> Record:
    """What became of the mail; it is on record, and the mail itself in the files, when this returns."""
    raw = await stored(ctx.files, fetched.raw)
    async with ctx.single.connection() as conn:
        # A mailbox that was numbered anew is read from its beginning: what was decided about a mail stays.
        if known := await inbox.known(conn, inbox.id_of(raw)):
            return known
    judged = await judge(ctx, raw, fetched)
    row = judged.record
    if row.status is Status.taken and judged.mail is not None:
        who = Asker(row.tenant or UUID(int=0), "room", judged.mail.sender_name or judged.mail.sender)
        try:
            await ctx.execute(await answer_of(ctx.files, judged.mail, row), who)
        except (Refused, ValueError) as error:
            row = replace(row, status=Status.quarantined, reason=f"{Doubt.failed} {error}"[:1000])
    async with ctx.single.connection() as conn:
        await inbox.record(conn, row)
    structlog.get_logger().info("a mail arrived", mail=str(row.id), status=str(row.status), why=row.reason)
    return row


async def judge(ctx: Context, raw: str, fetched: Fetched) -> Judged:
    """What should become of the mail. A fault of ours in reading it puts it aside: those behind it go on."""
    row = Record(inbox.id_of(raw), raw, Status.quarantined, body=digest_of_body(fetched.raw))
    try:
        mail = await asyncio.to_thread(read_mail, fetched.raw)
    except UnreadableMail as error:
        return Judged(replace(row, reason=f"{Doubt.unreadable} {error}"))
    except Exception as error:
        structlog.get_logger().error("a mail could not be read", mail=str(row.id), why=repr(error), exc_info=error)
        return Judged(replace(row, reason=f"{Doubt.failed} {error!r}"[:1000]))
    row = replace(row, message_id=mail.message_id, sender=mail.sender, subject=mail.subject)
    quote = await conversation_of(ctx, mail)
    firm = await firm_of(ctx, quote) if quote else None
    row = replace(row, quote=quote if firm else None, tenant=firm.tenant if firm else None)
    if mail.automatic:
        return Judged(replace(row, status=Status.automatic, reason=str(mail.automatic)))
    doubt = Doubt.too_large if fetched.too_large else doubt_about(mail, firm)
    if doubt or quote is None:
        return Judged(replace(row, reason=str(doubt)))
    async with ctx.single.connection() as conn:
        before = await inbox.taken_before(conn, quote, mail.message_id)
    if before == row.body:
        return Judged(replace(row, status=Status.ignored, reason=TAKEN_ALREADY))
    if before is not None:
        return Judged(replace(row, reason=str(Doubt.altered)))
    return Judged(replace(row, status=Status.taken, message=message_of(quote, mail)), mail)


def message_of(quote: UUID, mail: InboundMail) -> UUID:
    """The same at every attempt, so that a mail is said once however often its taking is begun."""
    return derived_id(quote, "mail", mail.message_id)


def repeated_as(quote: UUID, raw: str) -> UUID:
    """For a mail with the id of another one, which a person lets in nevertheless."""
    return derived_id(quote, "mail", raw)


async def answer_of(store: Files, mail: InboundMail, row: Record) -> TakeAnswer:
    files = [
        File(
            sha256=await stored(store, file.content),
            name=file.name,
            media_type=file.media_type,
            size=len(file.content),
        )
        for file in mail.attachments
    ]
    return TakeAnswer.model_validate(
        {
            "quote": row.quote,
            "message": row.message,
            "sender": mail.sender,
            "sender_name": mail.sender_name,
            "text": mail.text,
            "files": tuple(files),
            "refused_files": tuple(file.name for file in mail.refused_attachments),
            "message_id": mail.message_id,
        }
    )


async def conversation_of(ctx: Context, mail: InboundMail) -> UUID | None:
    mentioned = [*mail.references, *([mail.in_reply_to] if mail.in_reply_to else [])]
    async with ctx.single.connection() as conn:
        known = await inbox.conversations_of(conn, mentioned)
    found = which_conversation(mail, ctx.key("quotes"), reply_mailbox(ctx.settings.imap_url), known)
    return found.conversation if found else None


async def firm_of(ctx: Context, quote: UUID) -> Firm | None:
    async with ctx.single.connection() as conn:
        tenant = await inbox.firm_of(conn, quote)
    if tenant is None:
        return None
    facts = await ctx.rows.get(tenants, tenant, tenant)
    if facts is None:
        raise NotYet("The firm's addresses have not arrived yet.")
    return Firm(tenant, facts.quote_address, facts.sender)


async def stored(store: Files, content: bytes) -> str:
    try:
        return await store.put(content)
    except TRANSIENT:
        raise
    except BaseError as error:
        raise NotYet(f"The file store does not answer: {error}") from error


def digest_of_body(raw: bytes) -> str:
    """Of what follows the head, in which each server on the way writes a line of its own."""
    return hashlib.sha256(raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2].strip()).hexdigest()
