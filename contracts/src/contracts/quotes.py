"""Quotes as a conversation: asked in the portal, answered by mail."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.base import Command, Event
from contracts.values import Address, Email, File, Text

Body = Annotated[str, Field(max_length=20_000)]


class RequestQuote(Command):
    """Asks for a quote, for a known site or a new one."""

    quote: UUID
    customer: UUID
    subject: Text
    description: Annotated[str, Field(min_length=1, max_length=20_000)]
    site: UUID | None = None
    new_site: Address | None = None
    files: tuple[File, ...] = Field(default=(), max_length=20)


class ReplyToQuote(Command):
    """Goes on with the conversation from the portal."""

    quote: UUID
    customer: UUID
    message: UUID
    text: Annotated[str, Field(min_length=1, max_length=20_000)]
    files: tuple[File, ...] = Field(default=(), max_length=20)


class TakeAnswer(Command):
    """Takes over a mail of the firm as a message of the conversation."""

    quote: UUID
    message: UUID
    sender: Email
    sender_name: str
    text: Body
    files: tuple[File, ...] = ()
    refused_files: tuple[str, ...] = ()
    message_id: str


class MarkQuoteRead(Command):
    """Notes that a user has read the conversation up to a message."""

    quote: UUID
    customer: UUID
    user: UUID
    message: UUID


class QuoteRequested(Event):
    """A customer asked for a quote."""

    quote: UUID
    customer: UUID
    site: UUID | None
    site_name: str
    new_site: Address | None
    subject: str
    description: str
    files: tuple[File, ...]
    user: UUID
    user_name: str
    user_email: Email
    message: UUID


class QuoteReplied(Event):
    """The customer went on with the conversation."""

    quote: UUID
    customer: UUID
    site: UUID | None
    message: UUID
    text: str
    files: tuple[File, ...]
    user: UUID
    user_name: str


class QuoteAnswered(Event):
    """The firm answered by mail; the user who asked is told."""

    quote: UUID
    customer: UUID
    site: UUID | None
    message: UUID
    user: UUID = Field(description="who asked and is told")
    subject: str
    sender_name: str
    text: str
    files: tuple[File, ...]
    refused_files: tuple[str, ...]


class QuoteRead(Event):
    """A user has read the conversation up to a message."""

    quote: UUID
    customer: UUID
    site: UUID | None
    user: UUID
    message: UUID
