"""Mails as mail programs write them, byte by byte."""

from __future__ import annotations

import base64
import struct
import zlib

HEAD = {
    "From": "Jens Krüger <jens@firma.example>",
    "To": "portal@hoftor.example",
    "Subject": "AW: Angebotsanfrage",
    "Date": "Tue, 24 Nov 2026 10:12:00 +0100",
    "Message-ID": "<1@firma.example>",
}


def head(**changes: str | None) -> bytes:
    """Header names with _ for -; None leaves one out. Raw UTF-8, as many programs send it."""
    given = HEAD | {name.replace("_", "-"): value for name, value in changes.items()}
    return "".join(f"{name}: {value}\r\n" for name, value in given.items() if value is not None).encode()


def plain(text: str, charset: str = "utf-8", **changes: str | None) -> bytes:
    kind = f"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n".encode()
    return head(**changes) + kind + text.replace("\n", "\r\n").encode(charset)


def html(text: str, **changes: str | None) -> bytes:
    return head(**changes) + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + text.encode()


def alternative(text: str, page: str) -> bytes:
    return head() + _parts(
        "alternative",
        b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + text.encode(),
        b"Content-Type: text/html; charset=utf-8\r\n\r\n" + page.encode(),
    )


def with_files(text: str, *files: bytes, **changes: str | None) -> bytes:
    return head(**changes) + _parts("mixed", b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + text.encode(), *files)


def file(disposition: str, content: bytes, kind: str = "application/pdf") -> bytes:
    """`disposition` as it stands in the header, with the name of the file."""
    coded = base64.encodebytes(content).replace(b"\n", b"\r\n")
    return (
        f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: {disposition}\r\n\r\n"
    ).encode() + coded


def _parts(kind: str, *parts: bytes) -> bytes:
    inner = b"".join(b"--=_border\r\n" + part + b"\r\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="=_border"\r\n\r\n'.encode() + inner + b"--=_border--\r\n"


BOUNCE = (
    b"Return-Path: <>\r\nFrom: MAILER-DAEMON@mail.example (Mail Delivery System)\r\nTo: portal@hoftor.example\r\n"
    b"Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <2@mail.example>\r\n"
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain\r\n\r\nI'm sorry: your message could not be delivered.\r\n"
    b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example\r\n\r\nAction: failed\r\n"
    b"--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: Angebotsanfrage\r\n\r\nZwei Mulden\r\n--b--\r\n"
)


# -- winmail.dat -------------------------------------------------------------------------------------------------


def winmail(text: str, *files: tuple[str, bytes]) -> bytes:
    """TNEF as Outlook writes it (MS-OXTNEF): the text, and files with a short and a long name."""
    pieces = [_piece(1, 0x00089006, struct.pack("<I", 0x00010000)), _piece(1, 0x00069007, struct.pack("<II", 1252, 0))]
    pieces.append(_piece(1, 0x0002800C, text.encode("cp1252") + b"\0"))
    for name, content in files:
        pieces += [
            _piece(2, 0x00069002, struct.pack("<HIHHI", 1, 0, 32, 32, 0)),
            _piece(2, 0x00018010, name[:8].encode("cp1252", "replace") + b"\0"),
            _piece(2, 0x0006800F, content),
            _piece(2, 0x00069005, struct.pack("<I", 1) + _string(0x3707, name)),
        ]
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(pieces)


def _piece(level: int, name: int, data: bytes) -> bytes:
    return struct.pack("<BII", level, name, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def _string(property_id: int, text: str) -> bytes:
    data = text.encode("utf-16-le") + b"\0\0"
    return struct.pack("<HHII", 0x001F, property_id, 1, len(data)) + data + b"\0" * (-len(data) % 4)


# -- files -------------------------------------------------------------------------------------------------------

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"


def picture(size: int = 200) -> bytes:
    """A PNG of about so many bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixel = chunk(b"IDAT", zlib.compress(b"\0\0\0\0\0"))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 6, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"tEXt", b"c\0" + b"x" * size) + pixel + chunk(b"IEND", b"")
