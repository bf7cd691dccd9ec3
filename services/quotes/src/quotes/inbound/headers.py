"""Reads the head of a mail: senders, recipients, subject, date and the ids by which mails hang together."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from chassis.clean_text import clean_line

from quotes.inbound.charsets import decode_text

_LONGEST = 100_000  # characters of one header: room for a thousand recipients
_LONGEST_WORDS = 4_000  # characters that are searched for encoded words, which takes quadratic time
_ADDRESS = re.compile(r"[^@\s<>\"(),;:]{1,64}@[^@\s<>\"(),;:]{1,253}")
_LAST_IN_BRACKETS = re.compile(r"<([^<>]{1,400})>\s*$")
_ID = re.compile(r"<[^<>\s]{1,500}>")
_BARE_ID = re.compile(r"[^<>\s@]{1,250}@[^<>\s@]{1,250}")


class Headers:
    """The headers of one part, decoded leniently: raw bytes as UTF-8 or Western, encoded words, folded lines."""

    def __init__(self, part: Message) -> None:
        self._values: dict[str, list[str]] = defaultdict(list)
        for name, value in part.raw_items():
            values = self._values[name.lower().strip()]
            if len(values) < 50:
                raw = str(value)[:_LONGEST].encode("utf-8", "surrogateescape")
                values.append(" ".join(decode_text(raw, None).split()))

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __len__(self) -> int:
        return len(self._values)

    def names(self) -> frozenset[str]:
        return frozenset(self._values)

    def all(self, name: str) -> list[str]:
        return self._values.get(name, [])

    def first(self, name: str) -> str:
        return next(iter(self.all(name)), "")

    def text(self, name: str, limit: int) -> str:
        return clean_line(decode_words(self.first(name)), limit)

    def sender(self) -> tuple[str, str]:
        """Address and name of the one who writes; the address is empty if it is missing, broken or not one."""
        values = self.all("from")
        if len(values) != 1:
            return "", ""
        value = values[0][:_LONGEST_WORDS]
        pairs = [(name, address) for name, address in getaddresses([value]) if name or address]
        found = {plain for _, address in pairs if (plain := plain_address(address))}
        last = _LAST_IN_BRACKETS.search(value)
        if not found and last:
            found = {address for address in [plain_address(last[1])] if address}
        # `Müller, Max <max@firma.example>` without quotation marks is read as two people, of whom one has an address.
        name = pairs[0][0] if len(pairs) == 1 else value[: last.start()] if last else ""
        return (found.pop() if len(found) == 1 else ""), clean_line(decode_words(name).strip(" \"'"), 200)

    def addresses(self, *names: str) -> tuple[str, ...]:
        """All addresses of these headers, each once, in the order of the names."""
        texts = [text for name in names for text in self.all(name)]
        return tuple(dict.fromkeys(plain_address(found) for text in texts for found in _ADDRESS.findall(text)))[:1000]

    def ids(self, name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(found for text in self.all(name) for found in _ID.findall(text)))[-100:]

    def message_id(self) -> str | None:
        value = self.first("message-id")
        if found := _ID.search(value):
            return found[0]
        bare = _BARE_ID.fullmatch(value.strip())
        return f"<{bare[0]}>" if bare else None

    def date(self) -> datetime | None:
        try:
            date = parsedate_to_datetime(self.first("date")[:200])
            return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, OverflowError, IndexError):
            return None

    def parameter(self, header: str, name: str) -> str:
        """A parameter such as `filename`, in whatever way its umlauts were written down."""
        value = self.first(header)
        if not value:
            return ""
        # A second, clean message: the standard library would show raw bytes as question marks.
        part = Message()
        part["Content-Disposition"] = value
        try:
            found = part.get_param(name, "", "Content-Disposition")
            if isinstance(found, tuple):
                charset, _, quoted = found
                found = decode_text(quoted.encode("latin-1"), charset)
        except (ValueError, TypeError, LookupError, AssertionError, AttributeError):
            return ""
        return decode_words(found)


def plain_address(text: str) -> str:
    """The address with its domain in small letters, or nothing if it is not one."""
    match = _ADDRESS.fullmatch(text.strip())
    local, _, domain = text.strip().rpartition("@")
    return f"{local}@{domain.lower()}" if match and len(match[0]) <= 254 else ""


def decode_words(text: str) -> str:
    """Resolves `=?utf-8?Q?…?=`; what is broken stays as it stands."""
    if "=?" not in text or len(text) > _LONGEST_WORDS:
        return text
    try:
        pieces = decode_header(text)
    except (HeaderParseError, ValueError, LookupError):
        return text
    return "".join(piece if isinstance(piece, str) else decode_text(piece, charset) for piece, charset in pieces)
