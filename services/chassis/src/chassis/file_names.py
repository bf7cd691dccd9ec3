"""File names that are safe everywhere: without path, without tricks, with their umlauts."""

from __future__ import annotations

import re

from chassis.clean_text import clean_line

_LONGEST = 120
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_DEVICES = re.compile(r"^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", re.IGNORECASE)


def safe_name(name: str, fallback: str = "Anhang") -> str:
    """The last part of the path, at most 120 characters, the ending kept."""
    line = clean_line(re.split(r"[/\\]", name.rstrip("/\\"))[-1], 1000)
    line = _DEVICES.sub(r"_\g<0>", _FORBIDDEN.sub("_", line).strip(" ."))
    if not line:
        return fallback
    ending = ending_of(line)
    stem = line[: -len(ending) - 1] if ending else line
    return f"{stem[: _LONGEST - len(ending) - 1].rstrip()}.{ending}" if ending else stem[:_LONGEST].rstrip()


def ending_of(name: str) -> str:
    """What stands after the last dot, in small letters; empty if it is no ending."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem and re.fullmatch(r"[A-Za-z0-9]{1,12}", ending) else ""
