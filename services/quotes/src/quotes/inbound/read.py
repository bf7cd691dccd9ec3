"""Reads an answer from a salesperson's mail program: what is new in it, its files, and where it belongs."""

from __future__ import annotations

import hashlib
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message

from chassis.clean_text import clean_text
from chassis.file_kinds import Refusal, kind_of, named
from chassis.file_names import ending_of, safe_name

from quotes.inbound.automatic import why_automatic
from quotes.inbound.charsets import cut_text
from quotes.inbound.headers import Headers
from quotes.inbound.history import new_text
from quotes.inbound.html_text import content_ids, text_of_html
from quotes.inbound.mail import (
    CUT,
    MAX_FILE,
    MAX_FILES,
    MAX_FULL_TEXT,
    MAX_MAIL,
    MAX_TEXT,
    Attachment,
    InboundMail,
    RefusedAttachment,
    UnreadableMail,
)
from quotes.inbound.parts import Parts, Piece, parts_of
from quotes.inbound.winmail import UnreadableWinmail, is_winmail, unpack

# The standard library looks for every open boundary in every line.
_MOST_LINES = 1_500_000
_MOST_BOUNDARIES = 60
_MOST_PARTS = 500
_MOST_REFUSED = 50
_EXPECTED = {"from", "to", "subject", "date", "message-id", "received", "delivered-to", "return-path"}


def read_mail(raw: bytes) -> InboundMail:
    """Understands a mail as it came over the wire; raises UnreadableMail and nothing else."""
    try:
        message = _parsed(raw)
        headers = Headers(message)
        if not _EXPECTED & headers.names():
            raise UnreadableMail("It has none of the headers of a mail.")
        parts = parts_of(message)
    except RecursionError:
        raise UnreadableMail("Its parts are nested too deeply.") from None
    except (MessageError, ValueError, TypeError, LookupError, AttributeError, AssertionError) as error:
        raise UnreadableMail(f"Its structure is broken ({type(error).__name__}).") from error
    unread = _unpack_winmail(parts)
    attachments, refused = _judged(parts)
    full_text = cut_text(parts.text, MAX_FULL_TEXT, CUT)
    text = new_text(full_text)
    if not text and not attachments:
        # Better too much than nothing: perhaps the answer stands where only history is expected.
        text = full_text.strip()
    sender, sender_name = headers.sender()
    subject = headers.text("subject", 300)
    return InboundMail(
        message_id=headers.message_id() or _derived_id(raw, headers),
        in_reply_to=next(iter(headers.ids("in-reply-to")), None),
        references=headers.ids("references"),
        sender=sender,
        sender_name=sender_name,
        recipients=headers.addresses("delivered-to", "x-original-to", "envelope-to", "to", "cc"),
        subject=subject,
        date=headers.date(),
        text=cut_text(text, MAX_TEXT, CUT),
        full_text=full_text,
        attachments=tuple(attachments),
        refused_attachments=tuple([*refused, *unread][:_MOST_REFUSED]),
        automatic=why_automatic(headers, sender, subject, text),
        authentication=tuple(headers.all("authentication-results")),
    )


def _parsed(raw: bytes) -> Message:
    if len(raw) > MAX_MAIL:
        raise UnreadableMail("It is too large.")
    if raw.count(b"\n") > _MOST_LINES or raw.lower().count(b"boundary=") > _MOST_BOUNDARIES:
        raise UnreadableMail("It has too many lines or parts.")
    count = 0

    class Counted(Message):
        def __init__(self) -> None:
            super().__init__()
            nonlocal count
            count += 1
            if count > _MOST_PARTS:
                raise UnreadableMail("It has too many lines or parts.")

    return message_from_bytes(raw, _class=Counted)


def _derived_id(raw: bytes, headers: Headers) -> str:
    """An id for a mail without one, the same however often and by whichever way the mail arrives."""
    body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
    head = "\n".join(headers.first(name) for name in ("from", "date", "subject"))
    digest = hashlib.sha256(head.encode("utf-8", "replace") + b"\n\n" + body.strip())
    return f"<{digest.hexdigest()[:40]}@without-id.invalid>"


def _unpack_winmail(parts: Parts) -> list[RefusedAttachment]:
    """Replaces winmail.dat by what lies inside it."""
    pieces: list[Piece] = []
    unread: list[RefusedAttachment] = []
    for piece in parts.pieces:
        if not is_winmail(piece.content):
            pieces.append(piece)
            continue
        try:
            inside = unpack(piece.content)
        except UnreadableWinmail:
            unread.append(RefusedAttachment(safe_name(piece.name, "winmail.dat"), Refusal.broken))
            continue
        shown = content_ids(inside.html)
        parts.shown |= shown
        pieces += [Piece(name, "application/octet-stream", content) for name, content in inside.files]
        unread += [RefusedAttachment(safe_name(name), Refusal.kind) for name in inside.unread]
        if not parts.text.strip():
            parts.text = clean_text(inside.text or text_of_html(clean_text(inside.html)))
    parts.pieces = pieces
    return unread


def _judged(parts: Parts) -> tuple[list[Attachment], list[RefusedAttachment]]:
    accepted: list[Attachment] = []
    refused: list[RefusedAttachment] = []
    if parts.is_encrypted:
        refused.append(RefusedAttachment("E-Mail", Refusal.encrypted))
    for piece in parts.files():
        name = safe_name(piece.name)
        kind = _kind_of(name, piece.content, len(accepted))
        if isinstance(kind, Refusal):
            refused.append(RefusedAttachment(name, kind))
        else:
            accepted.append(Attachment(_unique(named(name, kind), accepted), kind, piece.content))
    return accepted, refused


def _kind_of(name: str, content: bytes, before: int) -> str | Refusal:
    if before == MAX_FILES:
        return Refusal.too_many
    return Refusal.too_large if len(content) > MAX_FILE else kind_of(name, content)


def _unique(name: str, others: list[Attachment]) -> str:
    taken = {other.name.casefold() for other in others}
    ending = ending_of(name)
    stem = name.removesuffix(f".{ending}") if ending else name
    numbered = (f"{stem} ({number}){'.' if ending else ''}{ending}" for number in range(2, MAX_FILES + 2))
    return next(found for found in (name, *numbered) if found.casefold() not in taken)
