"""A customer asks for a quote, the firm answers by mail, and both go on until all is clear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never
from uuid import UUID

from chassis.decider import Asked, Decider, Invalid, NotAllowed, NotFound, Refused
from chassis.file_kinds import refused_by_name
from contracts.base import Event
from contracts.quotes import (
    MarkQuoteRead,
    QuoteAnswered,
    QuoteRead,
    QuoteReplied,
    QuoteRequested,
    ReplyToQuote,
    RequestQuote,
    TakeAnswer,
)
from contracts.values import File, derived_id

LARGEST = 20 * 1024 * 1024  # bytes of all files together: base64 makes 27 MB of it, which mail servers still take

Commands = RequestQuote | ReplyToQuote | TakeAnswer | MarkQuoteRead


@dataclass(frozen=True)
class Quote:
    """The conversation: what was asked, its messages in order, and how far each user has read."""

    requested: QuoteRequested | None = None
    messages: tuple[UUID, ...] = ()
    read: Mapping[UUID, UUID] = field(default_factory=dict)


def decide(command: Commands, state: Quote, asked: Asked) -> list[Event]:
    match command:
        case RequestQuote():
            return request(command, state, asked)
        case ReplyToQuote():
            return reply(command, seen(command, state, asked), state, asked)
        case TakeAnswer():
            return take_answer(command, state, asked)
        case MarkQuoteRead():
            return mark_read(command, seen(command, state, asked), state, asked)
        case _:
            assert_never(command)


def request(command: RequestQuote, state: Quote, asked: Asked) -> list[Event]:
    who = asked.who
    if not who.may_see(command.customer, command.site):
        raise NotFound()
    user = asking_user(asked)
    if (command.site is None) == (command.new_site is None):
        raise Invalid("Please choose a site, or enter the address of a new one.", field="site")
    site_name = name_of_site(command, asked)
    check_files(command.files)
    event = QuoteRequested(
        quote=command.quote,
        customer=command.customer,
        site=command.site,
        site_name=site_name,
        new_site=command.new_site,
        subject=command.subject,
        description=command.description,
        files=command.files,
        user=user,
        user_name=who.name,
        user_email=who.email,
        message=derived_id(command.quote, "message", "request"),
    )
    if state.requested is None:
        return [event]
    if state.requested == event:
        return []
    raise Refused("This quote has already been asked for.")


def name_of_site(command: RequestQuote, asked: Asked) -> str:
    if command.site is None:
        return command.new_site.line() if command.new_site else ""
    site = asked.fact("sites", command.site)
    if site is None or site.customer != command.customer:
        raise NotFound()
    if not site.active:
        raise Refused("The site %(site)s is closed. Please choose another one.", site=site.name)
    return str(site.name)


def reply(command: ReplyToQuote, requested: QuoteRequested, state: Quote, asked: Asked) -> list[Event]:
    user = asking_user(asked)
    if command.message in state.messages:
        return []
    check_files(command.files)
    return [
        QuoteReplied(
            quote=command.quote,
            customer=command.customer,
            site=requested.site,
            message=command.message,
            text=command.text,
            files=command.files,
            user=user,
            user_name=asked.who.name,
        )
    ]


def take_answer(command: TakeAnswer, state: Quote, asked: Asked) -> list[Event]:
    if not asked.who.trusted or state.requested is None:
        raise NotFound()
    if command.message in state.messages:
        return []
    requested = state.requested
    return [
        QuoteAnswered(
            quote=command.quote,
            customer=requested.customer,
            site=requested.site,
            message=command.message,
            user=requested.user,
            subject=requested.subject,
            sender_name=command.sender_name or command.sender,
            text=command.text,
            files=command.files,
            refused_files=command.refused_files,
        )
    ]


def mark_read(command: MarkQuoteRead, requested: QuoteRequested, state: Quote, asked: Asked) -> list[Event]:
    if not asked.who.trusted and command.user != asked.who.user:
        raise NotFound()
    if command.message not in state.messages:
        raise NotFound()
    before = state.read.get(command.user)
    if before and state.messages.index(command.message) <= state.messages.index(before):
        return []
    return [
        QuoteRead(
            quote=command.quote,
            customer=command.customer,
            site=requested.site,
            user=command.user,
            message=command.message,
        )
    ]


def seen(command: ReplyToQuote | MarkQuoteRead, state: Quote, asked: Asked) -> QuoteRequested:
    """The conversation, if it exists and the asker may see it."""
    requested = state.requested
    if requested is None or requested.customer != command.customer:
        raise NotFound()
    if not asked.who.may_see(requested.customer, requested.site):
        raise NotFound()
    return requested


def asking_user(asked: Asked) -> UUID:
    who = asked.who
    if who.user is None or not who.email or not who.may_order():
        raise NotAllowed("You may read quotes, but not ask for them.")
    return who.user


def check_files(files: tuple[File, ...]) -> None:
    for file in files:
        if refused_by_name(file.name):
            raise Invalid("The file %(name)s is of a kind that cannot be sent.", name=file.name, field="files")
    if sum(file.size for file in files) > LARGEST:
        raise Invalid("All files together may have at most %(size)s MB.", size=LARGEST // 1024 // 1024, field="files")


def evolve(state: Quote, event: Event) -> Quote:
    match event:
        case QuoteRequested():
            return replace(state, requested=event, messages=(event.message,))
        case QuoteReplied() | QuoteAnswered():
            return replace(state, messages=(*state.messages, event.message))
        case QuoteRead():
            return replace(state, read={**state.read, event.user: event.message})
        case _:
            return state


quote = Decider(
    name="quote",
    commands=(RequestQuote, ReplyToQuote, TakeAnswer, MarkQuoteRead),
    initial=Quote(),
    decide=decide,
    evolve=evolve,
    stream=lambda command: f"quote:{command.quote}",
    needs=lambda command: (
        [("sites", command.site)] if isinstance(command, RequestQuote) and command.site is not None else []
    ),
)
