"""Walks through the parts of a mail: which are its text, which are files, which belong to a signature."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from email.message import Message

from chassis.clean_text import clean_text

from quotes.inbound.charsets import decode_text
from quotes.inbound.headers import Headers
from quotes.inbound.html_text import content_ids, text_of_html
from quotes.inbound.plain_text import tidy, unflow

_LONGEST_BODY = 2_000_000  # bytes of one text part
_SIGNATURE_PICTURE = 150_000  # bytes: logos are smaller, photographs pasted into the text are larger
_SEALS = {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
_SEALED = {"application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted", "application/pgp-encrypted"}
_META_CHARSET = re.compile(rb"<meta[^<>]{0,200}charset=[\"']?([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)


@dataclass
class Piece:
    """A file of the mail before anybody judged it."""

    name: str
    declared: str
    content: bytes
    content_id: str = ""
    is_attached: bool = False

    def is_decoration(self, shown: frozenset[str]) -> bool:
        """A picture that the HTML shows in its text, such as the logo of a signature."""
        if self.is_attached or not self.declared.startswith("image/") or len(self.content) > _SIGNATURE_PICTURE:
            return False
        return self.content_id in shown


@dataclass
class Parts:
    text: str = ""
    pieces: list[Piece] = field(default_factory=list)
    shown: frozenset[str] = frozenset()
    is_encrypted: bool = False

    def files(self) -> list[Piece]:
        return [piece for piece in self.pieces if not piece.is_decoration(self.shown)]


@dataclass(frozen=True)
class _Body:
    text: str
    is_html: bool


def parts_of(message: Message) -> Parts:
    """The text (plain rather than HTML) and all files, in the order of the mail."""
    parts = Parts()
    parts.text = "\n\n".join(body.text.strip("\n") for body in _collect(message, parts) if body.text.strip())
    return parts


def _collect(part: Message, parts: Parts) -> list[_Body]:
    kind = part.get_content_type()
    children = part.get_payload() if part.is_multipart() else None
    if kind in _SEALED:
        parts.is_encrypted = True
        return []
    if kind == "message/rfc822":
        parts.pieces.append(_nested_mail(part))
        return []
    if isinstance(children, list):
        if kind == "multipart/report":
            children = children[:1]
        bodies = [_collect(child, parts) for child in children if isinstance(child, Message)]
        return _best(bodies) if kind == "multipart/alternative" else [body for found in bodies for body in found]
    if kind in _SEALS:
        return []
    if not _is_body(part, kind):
        parts.pieces.append(_piece(part, kind))
        return []
    data = part.get_payload(decode=True)
    content = data[:_LONGEST_BODY] if isinstance(data, bytes) else b""
    return [_html(part, content, parts) if kind == "text/html" else _plain(part, content)]


def _best(alternatives: list[list[_Body]]) -> list[_Body]:
    """The plain one, unless it is empty or but the beginning of a sentence about HTML."""
    filled = [bodies for bodies in alternatives if any(body.text.strip() for body in bodies)]
    plain = [bodies for bodies in filled if not any(body.is_html for body in bodies)]
    return next(iter(plain or filled), [])


def _is_body(part: Message, kind: str) -> bool:
    if part.get_content_disposition() == "attachment" or name_of(part):
        return False
    return kind in {"text/plain", "text/html", "text/enriched"} or kind.startswith("multipart/")


def _plain(part: Message, content: bytes) -> _Body:
    text = clean_text(decode_text(content, _charset(part)))
    headers = Headers(part)
    if headers.parameter("content-type", "format").lower() == "flowed":
        text = unflow(text, headers.parameter("content-type", "delsp").lower() == "yes")
    return _Body(tidy(text), False)


def _html(part: Message, content: bytes, parts: Parts) -> _Body:
    meta = _META_CHARSET.search(content[:4096])
    html = decode_text(content, _charset(part) or (meta[1].decode("ascii") if meta else None))
    parts.shown |= content_ids(html)
    return _Body(clean_text(text_of_html(clean_text(html))), True)


def _charset(part: Message) -> str | None:
    return Headers(part).parameter("content-type", "charset") or None


def _piece(part: Message, kind: str) -> Piece:
    data = part.get_payload(decode=True)
    return Piece(
        name=name_of(part),
        declared=kind,
        content=data if isinstance(data, bytes) else b"",
        content_id=Headers(part).first("content-id").strip("<> "),
        is_attached=part.get_content_disposition() == "attachment",
    )


def _nested_mail(part: Message) -> Piece:
    """A mail as an attachment stays one file, and is not read."""
    children = part.get_payload()
    nested = children[0] if isinstance(children, list) and children else None
    content = b""
    if isinstance(nested, Message):
        try:
            content = nested.as_bytes()
        except (ValueError, LookupError, TypeError, AttributeError):
            content = nested.as_string().encode("utf-8", "replace")
        if not nested.keys():
            content = _unpacked(part, content)
    subject = Headers(nested).text("subject", 80) if isinstance(nested, Message) else ""
    return Piece(name_of(part) or f"{subject or 'E-Mail'}.eml", "message/rfc822", content, "", True)


def _unpacked(part: Message, content: bytes) -> bytes:
    """Some programs encode an attached mail in base64, which the standard forbids and the parser does not expect."""
    if Headers(part).first("content-transfer-encoding").lower() != "base64":
        return content
    try:
        return base64.b64decode(content)
    except binascii.Error:
        return content


def name_of(part: Message) -> str:
    """The name that the mail gives to a part, as it stands there; empty if it has none."""
    headers = Headers(part)
    return headers.parameter("content-disposition", "filename") or headers.parameter("content-type", "name")
