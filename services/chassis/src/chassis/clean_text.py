"""Text from outside becomes text that a database, a page and a reader can bear."""

from __future__ import annotations

import re
import unicodedata

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def clean_text(text: str) -> str:
    """Lines end with a line feed; nothing invisible, nothing that a database or a page would choke on."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
    text = text.replace("\x85", "\n").replace("\xa0", " ").replace("\u202f", " ")
    return _CONTROLS.sub("", _SURROGATES.sub("\ufffd", text))


def clean_line(text: str, limit: int) -> str:
    """One line of at most `limit` characters, umlauts composed (Apple sends them in two pieces)."""
    text = " ".join(clean_text(text[: 4 * limit]).split())
    return unicodedata.normalize("NFC", text)[:limit].strip()
