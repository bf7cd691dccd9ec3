"""Every quote of a customer: what was asked, all that was said since, and who has read it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from chassis.events import Meta
from chassis.views import View
from contracts.quotes import QuoteAnswered, QuoteRead, QuoteReplied, QuoteRequested
from contracts.values import Address, File
from pydantic import BaseModel

from gateway.page import Ask, badge
from gateway.pages.mine import scope
from gateway.who import users

MOST_ANSWERS = 500


class QuoteRow(BaseModel):
    """A line of the list. `status`: whose turn it is; `unread_for` asks for a user's own state."""

    quote: UUID
    customer: UUID
    site: UUID | None
    site_name: str
    subject: str
    description: str
    user_name: str
    status: Literal["asked", "answered"] = "asked"
    messages: int = 1
    files: int = 0
    asked_at: datetime
    last_at: datetime
    answered_at: datetime | None = None
    since_answer: tuple[UUID, ...] = ()
    """The latest answer and what was said after it: who has read one of these has read the answer."""
    read_by: tuple[UUID, ...] = ()


class Message(BaseModel):
    """`user` is empty for a message of the firm."""

    message: UUID
    author: str
    user: UUID | None = None
    at: datetime
    text: str
    files: tuple[File, ...] = ()
    refused_files: tuple[str, ...] = ()


class Conversation(BaseModel):
    quote: UUID
    customer: UUID
    site: UUID | None
    site_name: str
    new_site: Address | None
    subject: str
    user_name: str
    asked_at: datetime
    messages: tuple[Message, ...]
    read: dict[UUID, UUID] = {}
    """How far each user has read."""

    def unread(self, user: UUID) -> tuple[UUID, ...]:
        """Messages of the firm that the user has not seen."""
        ids = [each.message for each in self.messages]
        seen = self.read.get(user)
        start = ids.index(seen) + 1 if seen in ids else 0
        return tuple(each.message for each in self.messages[start:] if each.user is None)


quotes = View(
    "quotes",
    QuoteRow,
    customer=lambda doc: doc.customer,
    site=lambda doc: doc.site,
    columns={
        "quote": ("text", lambda doc: str(doc.quote)),
        "status": ("text", lambda doc: doc.status),
        "site": ("text", lambda doc: str(doc.site) if doc.site else None),
        "subject": ("text", lambda doc: doc.subject.lower()),
        "site_name": ("text", lambda doc: doc.site_name.lower()),
        "asked_at": ("timestamptz", lambda doc: doc.asked_at),
        "last_at": ("timestamptz", lambda doc: doc.last_at),
        "answered_at": ("timestamptz", lambda doc: doc.answered_at),
        "answered": ("bool", lambda doc: doc.answered_at is not None),
    },
    search=lambda doc: f"{doc.subject} {doc.site_name} {doc.user_name} {doc.description}",
)

conversations = View("quote-conversations", Conversation, customer=lambda doc: doc.customer, site=lambda doc: doc.site)


def _quote(event: Any, meta: Meta) -> UUID:
    return UUID(str(event.quote))


@quotes.on(QuoteRequested, key=_quote)
def quote_listed(doc: QuoteRow | None, event: QuoteRequested, meta: Meta) -> QuoteRow:
    return QuoteRow(
        quote=event.quote,
        customer=event.customer,
        site=event.site,
        site_name=event.site_name,
        subject=event.subject,
        description=event.description,
        user_name=event.user_name,
        files=len(event.files),
        asked_at=meta.time,
        last_at=meta.time,
    )


@quotes.on(QuoteReplied, key=_quote)
def reply_listed(doc: QuoteRow | None, event: QuoteReplied, meta: Meta) -> QuoteRow | None:
    return doc and doc.model_copy(
        update={
            "status": "asked",
            "messages": doc.messages + 1,
            "files": doc.files + len(event.files),
            "last_at": meta.time,
            "since_answer": (*doc.since_answer, event.message) if doc.since_answer else (),
        }
    )


@quotes.on(QuoteAnswered, key=_quote)
def answer_listed(doc: QuoteRow | None, event: QuoteAnswered, meta: Meta) -> QuoteRow | None:
    return doc and doc.model_copy(
        update={
            "status": "answered",
            "messages": doc.messages + 1,
            "files": doc.files + len(event.files),
            "last_at": meta.time,
            "answered_at": meta.time,
            "since_answer": (event.message,),
            "read_by": (),
        }
    )


@quotes.on(QuoteRead, key=_quote)
def reading_listed(doc: QuoteRow | None, event: QuoteRead, meta: Meta) -> QuoteRow | None:
    # A message from before the latest answer: the user has not seen that answer yet.
    if doc is None or event.message not in doc.since_answer or event.user in doc.read_by:
        return doc
    return doc.model_copy(update={"read_by": (*doc.read_by, event.user)})


@conversations.on(QuoteRequested, key=_quote)
def conversation_began(doc: Conversation | None, event: QuoteRequested, meta: Meta) -> Conversation:
    return Conversation(
        quote=event.quote,
        customer=event.customer,
        site=event.site,
        site_name=event.site_name,
        new_site=event.new_site,
        subject=event.subject,
        user_name=event.user_name,
        asked_at=meta.time,
        messages=(
            Message(
                message=event.message,
                author=event.user_name,
                user=event.user,
                at=meta.time,
                text=event.description,
                files=event.files,
            ),
        ),
    )


@conversations.on(QuoteReplied, key=_quote)
def customer_replied(doc: Conversation | None, event: QuoteReplied, meta: Meta) -> Conversation | None:
    said = Message(
        message=event.message,
        author=event.user_name,
        user=event.user,
        at=meta.time,
        text=event.text,
        files=event.files,
    )
    return doc and doc.model_copy(update={"messages": (*doc.messages, said)})


@conversations.on(QuoteAnswered, key=_quote)
def firm_answered(doc: Conversation | None, event: QuoteAnswered, meta: Meta) -> Conversation | None:
    said = Message(
        message=event.message,
        author=event.sender_name,
        at=meta.time,
        text=event.text,
        files=event.files,
        refused_files=event.refused_files,
    )
    return doc and doc.model_copy(update={"messages": (*doc.messages, said)})


@conversations.on(QuoteRead, key=_quote)
def user_read(doc: Conversation | None, event: QuoteRead, meta: Meta) -> Conversation | None:
    return doc and doc.model_copy(update={"read": {**doc.read, event.user: event.message}})


async def unread_quotes(ask: Ask) -> list[UUID]:
    """With an answer that the user has not seen, newest first; what was answered before the user came is no news."""
    answered = await ask.rows.all(
        quotes, ask.tenant_id, **scope(ask), where={"answered": True}, sort="-answered_at", limit=MOST_ANSWERS
    )
    unread = [row for row in answered if ask.me.user not in row.read_by]
    if not unread:
        return []
    user = await ask.rows.get(users, ask.tenant_id, ask.me.user)
    since = user.registered_on if user else None
    return [row.quote for row in unread if since is None or row.answered_at is None or row.answered_at >= since]


@badge("quotes")
async def unread_number(ask: Ask) -> int:
    return len(await unread_quotes(ask))
