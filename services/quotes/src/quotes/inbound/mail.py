"""What the portal understands of a mail: who writes, what is new, and the files that came along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chassis.file_kinds import Refusal

MAX_MAIL = 64 * 1024 * 1024  # bytes as they come over the wire: two files of 20 MB are 55 MB in base64
MAX_FILE = 25 * 1024 * 1024  # bytes of one file
MAX_FILES = 20
MAX_TEXT = 20_000  # characters: what a conversation takes
MAX_FULL_TEXT = 200_000
CUT = "[…]"


class UnreadableMail(Exception):
    """The mail cannot be understood; its text says why. The caller keeps the raw mail for a person to look at."""


class Automatic(StrEnum):
    """Why a mail was not written by a person, so that it is neither taken over nor answered."""

    loop = "The portal itself sent this mail."
    bounce = "This is a delivery report."
    answered_by_machine = "This is an automatic answer."
    absence = "This is an absence note."
    mailing_list = "This mail came over a mailing list."
    bulk = "This is bulk mail."


@dataclass(frozen=True)
class Attachment:
    """A file of the mail; the name holds no path and fits any file system."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class RefusedAttachment:
    name: str
    reason: Refusal


@dataclass(frozen=True)
class InboundMail:
    """A mail, understood.

    `message_id`, `in_reply_to` and `references` keep their angle brackets; a mail without an id gets one derived from
    its content, the same at every reading. `sender` is empty if From is missing, broken or names several people.
    `recipients` in the order of trust: Delivered-To, X-Original-To, Envelope-To, To, Cc. `date` is in UTC, None if
    missing or broken. `text` is what is new, at most MAX_TEXT characters; `full_text` has the quoted history too.
    `authentication`: the Authentication-Results, the one added last on top.
    """

    message_id: str
    in_reply_to: str | None
    references: tuple[str, ...]
    sender: str
    sender_name: str
    recipients: tuple[str, ...]
    subject: str
    date: datetime | None
    text: str
    full_text: str
    attachments: tuple[Attachment, ...]
    refused_attachments: tuple[RefusedAttachment, ...]
    automatic: Automatic | None
    authentication: tuple[str, ...] = ()
