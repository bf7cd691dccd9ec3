"""Turns an HTML mail into text that reads like a typed one, with its links."""

from __future__ import annotations

import re

import html2text
import nh3

from quotes.inbound.plain_text import plain_link, tidy

_LONGEST = 1_000_000  # characters of HTML; Word writes long style sheets
_LONGEST_CLEANED = 400_000
_DEEPEST = 300  # nh3 takes quadratic time for deep nesting, and html2text fills the memory
_DEEPEST_LIST = 12
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})")
_ANY_TAG = re.compile(r"<[^<>]*>")
_UNSEEN = {"script", "style", "title", "template"}
_ALONE = {"br", "img", "hr", "meta", "link", "input", "col", "area", "base", "wbr", "source", "p", "li"}
_ESCAPED = re.compile(r"^((?:> ?)*[ \t]*\d{0,9})\\(?=[.+-](?:\s|$))", re.MULTILINE)
_GAP = re.compile(r"\s{20,}")  # html2text takes quadratic time for long gaps
_CONTENT_ID = re.compile(r"cid:([^\"'\s>)]{1,300})", re.IGNORECASE)
_BLOCKS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "center", "address", "section", "article"}
_EMPHASIS = {"b", "strong", "i", "em", "u", "s", "del", "strike", "code", "tt", "kbd", "q", "sup", "sub", "abbr"}


def text_of_html(html: str) -> str:
    html = html[:_LONGEST]
    if _too_deep(html):
        return tidy(_ANY_TAG.sub(" ", html))
    cleaned = nh3.clean(html, clean_content_tags=_UNSEEN, strip_comments=True, link_rel=None)
    text = _PlainText().handle(_GAP.sub("\n", cleaned[:_LONGEST_CLEANED]))
    return tidy(_ESCAPED.sub(r"\1", "\n".join(line.rstrip() for line in text.split("\n"))))


def content_ids(html: str) -> frozenset[str]:
    """The pictures that the HTML shows in its text."""
    return frozenset(_CONTENT_ID.findall(html[: 4 * _LONGEST]))


def _too_deep(html: str) -> bool:
    depth = 0
    for tag in _TAG.finditer(html):
        if tag[2].lower() not in _ALONE:
            depth += -1 if tag[1] else 1
            if depth > _DEEPEST:
                return True
    return False


class _PlainText(html2text.HTML2Text):
    """html2text writes Markdown; this takes the marks away and keeps lines, lists, tables and links."""

    def __init__(self) -> None:
        super().__init__(bodywidth=0)
        self.ignore_emphasis = True
        self.ignore_images = True
        self.unicode_snob = True
        self.ul_item_mark = "-"
        self._links: list[tuple[str, int]] = []
        self._lists = 0
        self._row_began_at = 0
        self._cell_began_at = -1

    def handle_tag(self, tag: str, attrs: dict[str, str | None], start: bool) -> None:
        if not self._handled(tag, attrs, start):
            super().handle_tag(tag, attrs, start)

    def _handled(self, tag: str, attributes: dict[str, str | None], start: bool) -> bool:
        if tag in _BLOCKS:
            self._break(2)
        elif tag == "div":
            self._break(1)
        elif tag == "a":
            self._link(attributes.get("href") or "", start)
        elif tag in {"td", "th"}:
            self._cell(start)
        elif tag == "tr":
            self._break(1)
            self._row_began_at = self._cell_began_at = self.outcount
        elif tag == "hr":
            self._break(2)
        elif tag in {"ul", "ol"}:
            self._lists += 1 if start else -1
            return self._lists > _DEEPEST_LIST or (not start and self._lists == _DEEPEST_LIST)
        else:
            return tag in _EMPHASIS or tag in {"table", "tbody", "thead", "tfoot"}
        return True

    def _break(self, lines: int) -> None:
        # Outlook puts a paragraph into every cell: its line breaks would tear the row apart.
        if self.outcount != self._cell_began_at:
            self.p_p = max(self.p_p, lines)

    def _cell(self, start: bool) -> None:
        if self.outcount > self._row_began_at:
            self.p_p = 0
            if start:
                self.o(" | ")
        self._cell_began_at = self.outcount if start else -1

    def _link(self, target: str, start: bool) -> None:
        if start:
            self._links.append((target, len(self.outtextlist)))
        elif self._links:
            target, begin = self._links.pop()
            shown = "".join(self.outtextlist[begin:]).strip()
            if target and not target.startswith("#") and plain_link(target) not in plain_link(shown):
                self.o(f" ({target})" if shown else target)
