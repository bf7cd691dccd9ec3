"""Unpacks winmail.dat, in which Outlook hides text and files from all other mail programs.

tnefparse trusts every count in the file; a forged one would keep it busy for hours. So only the pieces that are
needed reach it, and only after their counts were checked.
"""

from __future__ import annotations

import logging
import struct
from dataclasses import dataclass

from tnefparse import TNEF
from tnefparse.mapi import GUID_EXISTS_FLAG, IMESSAGE_SIG, MULTI_VALUE_FLAG
from tnefparse.properties import MAPI_ATTACH_LONG_FILENAME

from quotes.inbound.charsets import decode_text

_MOST_PIECES = 400
_MOST_PROPERTIES = 5_000
_WANTED = {
    TNEF.ATTOEMCODEPAGE,
    TNEF.ATTBODY,
    TNEF.ATTMAPIPROPS,
    TNEF.ATTATTACHRENDDATA,
    TNEF.ATTATTACHTITLE,
    TNEF.ATTATTACHDATA,
    TNEF.ATTATTACHMENT,
}
_SIZES = {0x02: 2, 0x0B: 2, 0x03: 4, 0x04: 4, 0x0A: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x14: 8, 0x40: 8, 0x48: 16}
_LONG = {0x00, 0x0D, 0x1E, 0x1F, 0x0102}

logging.getLogger("tnefparse").setLevel(logging.CRITICAL)  # it warns of every oddity of every mail


class UnreadableWinmail(Exception):
    """The file is no TNEF or is damaged beyond use."""


@dataclass(frozen=True)
class Winmail:
    """`unread`: names of what lies inside and cannot be taken out (messages as attachments, Rich Text)."""

    text: str
    html: str
    files: tuple[tuple[str, bytes], ...]
    unread: tuple[str, ...]


def is_winmail(content: bytes) -> bool:
    return content.startswith(struct.pack("<I", TNEF.TNEF_SIGNATURE))


def unpack(content: bytes) -> Winmail:
    try:
        tnef = TNEF(_checked(content), do_checksum=False)
        titles = _titles(tnef)
        files, unread = [], []
        for number, attachment in enumerate(tnef.attachments):
            long_names = [item.data for item in attachment.mapi_attrs if item.name == MAPI_ATTACH_LONG_FILENAME]
            name = next((name for name in long_names if isinstance(name, str) and name), titles.get(number, ""))
            if isinstance(attachment.data, bytes) and attachment.data:
                files.append((name, attachment.data))
            else:
                unread.append(name)
        text, html = _text(tnef.body), _text(tnef.htmlbody)
        if not text and not html and tnef.has_body():
            unread.append("winmail.rtf")
        return Winmail(text, html, tuple(files), tuple(unread))
    except (struct.error, ValueError, TypeError, LookupError, AttributeError, NameError, RecursionError) as error:
        raise UnreadableWinmail(str(error)) from error


def _text(body: bytes | str | None) -> str:
    return (decode_text(body, None) if isinstance(body, bytes) else body or "").rstrip("\0")


def _titles(tnef: TNEF) -> dict[int, str]:
    """The short names by the number of the attachment."""
    titles: dict[int, str] = {}
    number = -1
    for piece in tnef.objects:
        if piece.name == TNEF.ATTATTACHRENDDATA:
            number += 1
        elif piece.name == TNEF.ATTATTACHTITLE:
            titles[number] = decode_text(piece.data, tnef.codepage).rstrip("\0")
    return titles


def _checked(content: bytes) -> bytes:
    """The stream with the wanted pieces alone; messages as attachments are left out, their names stay."""
    if not is_winmail(content):
        raise UnreadableWinmail("no TNEF signature")
    kept, offset, pieces = [content[:6]], 6, 0
    while offset + 11 <= len(content):
        level, name, _, length = struct.unpack_from("<BHHI", content, offset)
        end = offset + 9 + length + 2
        pieces += 1
        if pieces > _MOST_PIECES or end > len(content) or level not in {TNEF.LVL_MESSAGE, TNEF.LVL_ATTACHMENT}:
            raise UnreadableWinmail("damaged")
        data = content[offset + 9 : end - 2]
        if name in _WANTED and not (name == TNEF.ATTATTACHMENT and IMESSAGE_SIG in data):
            if name in {TNEF.ATTMAPIPROPS, TNEF.ATTATTACHMENT}:
                _check_properties(data)
            kept.append(content[offset:end])
        offset = end
    # tnefparse overlooks a last piece of the smallest size without something behind it.
    return b"".join([*kept, b"\0\0"])


def _check_properties(data: bytes) -> None:
    """Walks the properties as tnefparse will, and refuses counts that lead out of the data."""
    (count,) = struct.unpack_from("<I", data)
    offset, seen = 4, 0
    for _ in range(min(count, _MOST_PROPERTIES + 1)):
        if offset >= len(data):
            raise UnreadableWinmail("more properties promised than present")
        kind, name = struct.unpack_from("<HH", data, offset)
        offset += 4
        if name >= GUID_EXISTS_FLAG:
            named, length = struct.unpack_from("<II", data, offset + 16)
            offset += 24 + (-(-length // 4) * 4 if named else 0)
        many = 1
        if kind & MULTI_VALUE_FLAG:
            (many,) = struct.unpack_from("<I", data, offset)
            offset += 4
        for _ in range(min(many, _MOST_PROPERTIES + 1)):
            seen += 1
            if seen > _MOST_PROPERTIES or offset > len(data):
                raise UnreadableWinmail("too many properties")
            offset = _after_value(data, offset, kind & ~MULTI_VALUE_FLAG, bool(kind & MULTI_VALUE_FLAG))
        if many % 2 and kind & ~MULTI_VALUE_FLAG in {0x02, 0x0B}:
            offset += 2


def _after_value(data: bytes, offset: int, kind: int, is_one_of_many: bool) -> int:
    if kind in _SIZES:
        return offset + _SIZES[kind]
    if kind not in _LONG:
        raise UnreadableWinmail("unknown type of property")
    values = 1
    if not is_one_of_many:
        (values,) = struct.unpack_from("<I", data, offset)
        offset += 4
    if values > _MOST_PROPERTIES:
        raise UnreadableWinmail("too many values")
    for _ in range(values):
        (length,) = struct.unpack_from("<I", data, offset)
        offset += 4 + -(-length // 4) * 4
    return offset
