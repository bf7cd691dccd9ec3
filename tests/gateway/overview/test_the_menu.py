"""From every page everything can be reached: by the menu on top, the tabs below it and the bar of the phone."""

from __future__ import annotations

import re
from html import unescape

import pytest
from order_portal import Browser, Seen

pytestmark = pytest.mark.xdist_group("overview-pages")

CHAPTERS = ["/", "/sites", "/orders", "/quotes", "/invoices", "/reports"]
INSIDE = {"/containers": "/sites", "/shop": "/sites", "/quotes/new": "/quotes", "/reports?period=3": "/reports"}


def links(page: Seen, name: str, more: str = "") -> list[str]:
    """Where the entries of a menu or of tabs lead; nothing if the page has none of that name."""
    found = re.search(rf'<nav class="[a-z]+" aria-label="{name}">(.*?)</nav>', unescape(page.text), re.DOTALL)
    return re.findall(rf'<a [^>]*href="([^"]+)"{more}', found[1]) if found else []


def here(page: Seen, name: str) -> list[str]:
    return links(page, name, ' aria-current="page"')


# C23
@pytest.mark.parametrize("path", [*CHAPTERS, *INSIDE])
async def test_the_menu_on_top_leads_to_every_chapter_and_says_where_one_is(maria: Browser, path: str) -> None:
    page = await maria.get(path)
    assert page.status == 200
    assert links(page, "Hauptmenü") == CHAPTERS
    assert here(page, "Hauptmenü") == [INSIDE.get(path, path)]


# C23
async def test_on_a_phone_the_bar_at_the_bottom_leads_to_every_chapter(maria: Browser) -> None:
    page = await maria.get("/")
    assert set(CHAPTERS) <= set(links(page, "Schnellzugriff"))


# C20 C23 C54
@pytest.mark.parametrize(
    ("path", "chapter", "tabs"),
    [
        ("/sites", "Behälter & Standorte", ["/sites", "/containers"]),
        ("/containers", "Behälter & Standorte", ["/sites", "/containers"]),
        ("/quotes", "Welche Angebote", ["/quotes", "/quotes?tab=unread"]),
        ("/quotes?tab=unread", "Welche Angebote", ["/quotes", "/quotes?tab=unread"]),
    ],
)
async def test_a_chapter_has_its_tabs(maria: Browser, path: str, chapter: str, tabs: list[str]) -> None:
    page = await maria.get(path)
    assert links(page, chapter) == tabs
    assert here(page, chapter) == [path]
