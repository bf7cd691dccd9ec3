"""Imprint, privacy policy and terms, in the version that holds now."""

from __future__ import annotations

from typing import Literal

from chassis.decider import NotFound
from pydantic import BaseModel

from gateway import who
from gateway.page import Ask, _, page

TITLES = {"imprint": _("Imprint"), "privacy": _("Privacy policy"), "terms": _("Terms and conditions")}


class Block(BaseModel):
    """A heading, a paragraph or a list of the text."""

    kind: Literal["heading", "paragraph", "list"]
    lines: list[str]


class LegalPage(BaseModel):
    title: str
    version: str
    blocks: list[Block]


def blocks(text: str) -> list[Block]:
    """Blank lines part the blocks; `#` begins a heading, `-` a line of a list."""
    made: list[Block] = []
    for part in text.replace("\r\n", "\n").split("\n\n"):
        lines = [line.strip() for line in part.splitlines() if line.strip()]
        while lines and lines[0].startswith("#"):
            made.append(Block(kind="heading", lines=[lines.pop(0).lstrip("# ")]))
        if lines and all(line.startswith(("- ", "* ")) for line in lines):
            made.append(Block(kind="list", lines=[line[2:] for line in lines]))
        elif lines:
            made.append(Block(kind="paragraph", lines=lines))
    return made


@page("/legal/{name:str}", template="pages/legal.html", needs="guest")
async def legal(ask: Ask, name: str) -> LegalPage:
    if name not in TITLES or (texts := await ask.rows.get(who.legal, ask.tenant_id, ask.tenant_id)) is None:
        raise NotFound()
    text = getattr(texts, name)
    return LegalPage(title=TITLES[name], version=text.version, blocks=blocks(text.text))
