"""The whole conversation about one quote: what was asked and answered, each with its files, and the reply."""

from __future__ import annotations

from uuid import UUID

import structlog
from chassis.backoff import TRANSIENT
from chassis.decider import NotFound
from contracts.quotes import MarkQuoteRead, ReplyToQuote
from contracts.values import File
from pydantic import BaseModel, Field

from gateway.page import Ask, Sent, Upload, _, action, page
from gateway.pages.attached_files import ACCEPT, stored
from gateway.pages.mine import may_order
from gateway.pages.quote_view import Conversation, Message, conversations

WITHIN = 0.5
"""Seconds that the page waits until its own red number has gone."""


class AttachedFile(BaseModel):
    name: str
    size: int
    type: str
    href: str


class MessageLine(BaseModel):
    message: UUID
    author: str
    at: str
    text: str
    mine: bool
    by_mail: bool
    unread: bool
    files: list[AttachedFile]
    refused_files: tuple[str, ...]


class QuotePage(BaseModel):
    quote: UUID
    subject: str
    site_name: str
    site: UUID | None
    is_new_site: bool
    user_name: str
    asked_at: str
    waiting: bool
    messages: list[MessageLine]
    may_reply: bool
    accept: str


class ReplyForm(BaseModel):
    text: str = Field(min_length=1, max_length=20_000)
    files: list[Upload] = []


async def my_quote(ask: Ask, quote: UUID) -> Conversation:
    """NotFound also for a quote of somebody else."""
    doc = await ask.rows.get(conversations, ask.tenant_id, quote)
    if doc is None or not ask.me.asker.may_see(doc.customer, doc.site):
        raise NotFound()
    return doc


def attached(quote: UUID, message: Message) -> list[AttachedFile]:
    return [_attached(quote, message.message, place, file) for place, file in enumerate(message.files)]


def _attached(quote: UUID, message: UUID, place: int, file: File) -> AttachedFile:
    href = f"/files/quotes/{quote}/{message}/{place}"
    return AttachedFile(name=file.name, size=file.size, type=file.media_type, href=href)


@page("/quotes/{quote:uuid}", template="pages/quote.html")
async def one_quote(ask: Ask, quote: UUID) -> QuotePage:
    """The conversation from the beginning. Whoever opens it has read it."""
    doc = await my_quote(ask, quote)
    unread = doc.unread(ask.me.user)
    if unread:
        await note_reading(ask, doc)
    return QuotePage(
        quote=doc.quote,
        subject=doc.subject,
        site_name=doc.site_name,
        site=doc.site,
        is_new_site=doc.new_site is not None,
        user_name=doc.user_name,
        asked_at=doc.asked_at.isoformat(),
        waiting=doc.messages[-1].user is not None,
        messages=[
            MessageLine(
                message=each.message,
                author=each.author,
                at=each.at.isoformat(),
                text=each.text,
                mine=each.user is not None,
                by_mail=each.user is None,
                unread=each.message in unread,
                files=attached(doc.quote, each),
                refused_files=each.refused_files,
            )
            for each in doc.messages
        ],
        may_reply=may_order(ask),
        accept=ACCEPT,
    )


async def note_reading(ask: Ask, doc: Conversation) -> None:
    """The page is shown even if quotes cannot note it now: the number then stays until it is opened again."""
    read = MarkQuoteRead(quote=doc.quote, customer=doc.customer, user=ask.me.user, message=doc.messages[-1].message)
    try:
        answer = await ask.command(read)
    except TRANSIENT as error:
        structlog.get_logger().warning("reading could not be noted", quote=str(doc.quote), why=repr(error))
        return
    if answer.partition is not None and answer.number is not None:
        await ask.ctx.reached(answer.room, answer.partition, answer.number, within=WITHIN)


@action("/quotes/{quote:uuid}/reply", back="/quotes/{quote}", needs="orderer")
async def reply(ask: Ask, quote: UUID, form: ReplyForm) -> Sent:
    """Goes on with the conversation."""
    doc = await my_quote(ask, quote)
    await ask.command(
        ReplyToQuote(
            quote=quote,
            customer=doc.customer,
            message=ask.key,
            text=form.text,
            files=await stored(ask.ctx.files, form.files),
        )
    )
    return Sent(f"/quotes/{quote}#reply", _("Your reply has been sent."))
