"""Turns the bytes of a mail into clean text, whatever the mail program claims about them."""

from __future__ import annotations

import codecs
import re

# Python also knows codecs that unpack archives or take quadratic time (zlib, punycode): only alphabets are let in.
_ALPHABETS = re.compile(r"utf-|iso|cp\d|koi8|mac-|gb|big5|euc|shift|ascii|tis|johab|hz|ptcp|kz|latin")
_WESTERN = {"ascii", "iso8859-1", "latin-1"}


def decode_text(data: bytes, charset: str | None) -> str:
    """The text of the bytes: by the claimed charset if it fits, else UTF-8, else the Western one of Windows."""
    for candidate in (_alphabet(charset), "utf-8", "cp1252"):
        if candidate:
            try:
                return data.decode(candidate)
            except (UnicodeError, LookupError):
                continue
    return data.decode("latin-1")


def _alphabet(charset: str | None) -> str | None:
    try:
        name = codecs.lookup((charset or "").strip().strip("\"'")).name
    except (LookupError, ValueError, UnicodeError):
        return None
    # Mail programs write ISO-8859-1 and mean Windows-1252, or claim ASCII and send UTF-8.
    return name if _ALPHABETS.match(name) and name not in _WESTERN else None


def cut_text(text: str, limit: int, mark: str) -> str:
    """The text, or its beginning and the mark: together at most `limit` characters."""
    return text if len(text) <= limit else f"{text[: limit - len(mark) - 2].rstrip()}\n\n{mark}"
