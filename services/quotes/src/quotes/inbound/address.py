"""Gives every quote conversation its own reply address and ids of mails that nobody else can make up."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from uuid import UUID

LONGEST_LOCAL_PART = 64  # RFC 5321
_MARK = 9  # bytes; with the 16 of an id 25 bytes, which are 40 letters of base32 without a spare bit
_TOKEN = re.compile(r"[a-z2-7]{40}")
_MESSAGE_ID = re.compile(r"<?([a-z2-7]{40})\.([a-z2-7]{26})@([^@<>\s]{1,253})>?")


def reply_address(secret: bytes, quote_address: str, conversation: UUID) -> str:
    """`angebote+<40 letters and digits>@firma.example`; ValueError if that is longer than mail allows."""
    local, domain = _split(quote_address)
    token = _token(secret, b"reply", conversation, f"{local}@{domain}")
    if len(local) + 1 + len(token) > LONGEST_LOCAL_PART:
        raise ValueError(f"the part of {quote_address} before the @ is too long for a reply address")
    return f"{quote_address.rpartition('@')[0]}+{token}@{domain}"


def conversation_of(secret: bytes, quote_address: str, recipient: str) -> UUID | None:
    """The conversation that the recipient stands for; None if it is another address, damaged or forged."""
    local, domain = _split(quote_address)
    their_local, their_domain = _split(recipient)
    prefix, _, token = their_local.rpartition("+")
    if (prefix, their_domain) != (local, domain):
        return None
    return _conversation(secret, b"reply", token, f"{local}@{domain}")


def message_id_for(secret: bytes, conversation: UUID, event_id: UUID, domain: str) -> str:
    """The Message-ID of the mail that an event causes: the same at every attempt, and proof of its conversation."""
    event = _letters(event_id.bytes)
    return f"<{_token(secret, b'message', conversation, f'{event}@{domain.lower()}')}.{event}@{domain.lower()}>"


def conversation_of_message_id(secret: bytes, message_id: str) -> UUID | None:
    """The conversation of a Message-ID that we issued; None for all others."""
    match = _MESSAGE_ID.fullmatch(message_id.strip().lower())
    return _conversation(secret, b"message", match[1], f"{match[2]}@{match[3]}") if match else None


def _split(address: str) -> tuple[str, str]:
    # Mail programs and servers change the case of both parts.
    local, _, domain = address.strip().lower().rpartition("@")
    return local, domain


def _token(secret: bytes, purpose: bytes, conversation: UUID, context: str) -> str:
    return _letters(conversation.bytes + _mark(secret, purpose, conversation.bytes, context))


def _conversation(secret: bytes, purpose: bytes, token: str, context: str) -> UUID | None:
    if not _TOKEN.fullmatch(token):
        return None
    try:
        data = base64.b32decode(token.upper())
    except binascii.Error:
        return None
    conversation, mark = data[:16], data[16:]
    genuine = hmac.compare_digest(mark, _mark(secret, purpose, conversation, context))
    return UUID(bytes=conversation) if genuine else None


def _mark(secret: bytes, purpose: bytes, conversation: bytes, context: str) -> bytes:
    if not secret:
        raise ValueError("the secret is empty")
    message = b"\0".join((b"hoftor", purpose, conversation, context.encode("utf-8", "surrogatepass")))
    return hmac.digest(secret, message, hashlib.sha256)[:_MARK]


def _letters(data: bytes) -> str:
    return base64.b32encode(data).decode("ascii").rstrip("=").lower()
