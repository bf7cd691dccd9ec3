"""Makes the plain text of a mail readable: joins flowed lines and drops what Outlook leaves of pictures and links."""

from __future__ import annotations

import re

_QUOTES = re.compile(r"(?:> ?)*")
_PICTURE = re.compile(r"\[cid:[^\]\s]{1,300}\]")
_LINK = re.compile(r" ?<(?:mailto:|tel:)?([^\s<>]{3,300})>", re.IGNORECASE)
_SCHEME = re.compile(r"^(?:mailto:|tel:|https?://(?:www\.)?)")
_BLANK_LINES = re.compile(r"\n{4,}")


def unflow(text: str, delete_space: bool) -> str:
    """Joins the soft line breaks of format=flowed (RFC 3676); `delete_space` is its DelSp parameter."""
    joined: list[str] = []
    open_depth: int | None = None
    for line in text.split("\n"):
        depth, content = 0, line
        while content.startswith(">"):
            depth, content = depth + 1, content[1:]
        content = content.removeprefix(" ")
        soft = content.endswith(" ") and content != "-- "
        written = content[:-1] if soft and delete_space else content
        if open_depth == depth and content != "-- ":
            joined[-1] += written
        else:
            joined.append((">" * depth + " " if depth else "") + written)
        open_depth = depth if soft else None
    return "\n".join(joined)


def tidy(text: str) -> str:
    """Without places of pictures, links written twice, blanks at line ends and runs of empty lines."""
    lines = (_LINK.sub(_once, _PICTURE.sub("", line)).rstrip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n\n", "\n".join(lines)).strip("\n")


def _once(link: re.Match[str]) -> str:
    target = plain_link(link[1])
    before = link.string[max(0, link.start() - 320) : link.start()]
    return "" if plain_link(before).endswith(target) else link[0]


def plain_link(text: str) -> str:
    """A link as people write it: without scheme, blanks and the last slash, in small letters."""
    return _SCHEME.sub("", "".join(text.lower().split()).rstrip("/"))
