"""Finds the conversation that a mail belongs to; a subject alone is never enough."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from quotes.inbound.address import conversation_of, conversation_of_message_id
from quotes.inbound.mail import InboundMail

Known = Mapping[str, UUID] | Callable[[str], UUID | None]


class How(StrEnum):
    reply_address = "reply address"
    in_reply_to = "In-Reply-To"
    references = "References"


@dataclass(frozen=True)
class Found:
    conversation: UUID
    how: How


def which_conversation(mail: InboundMail, secret: bytes, quote_address: str, known: Known) -> Found | None:
    """By the reply address, else by the ids of the mails before it: ours by their proof, others if `known`."""
    for recipient in mail.recipients:
        if conversation := conversation_of(secret, quote_address, recipient):
            return Found(conversation, How.reply_address)
    earlier = [(mail.in_reply_to, How.in_reply_to)] if mail.in_reply_to else []
    # The last reference is the nearest.
    earlier += [(reference, How.references) for reference in reversed(mail.references)]
    look_up = known.get if isinstance(known, Mapping) else known
    for message_id, how in earlier:
        if conversation := conversation_of_message_id(secret, message_id) or look_up(message_id):
            return Found(conversation, how)
    return None
