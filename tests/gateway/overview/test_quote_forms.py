"""The form that asks for a quote, the one that goes on with it, and the list in which quotes are found again."""

from __future__ import annotations

import re

import pytest
from open_matters import answers, asks
from order_portal import SECOND, SITE, Browser, Portal, Seen, until

pytestmark = pytest.mark.xdist_group("overview-pages")


def asked(page: Seen) -> set[str]:
    """The fields that somebody can fill in."""
    return set(re.findall(r'<(?:input(?! type="hidden")|textarea|select)[^>]* name="([a-z_]+)"', page.text))


# C44 C45 C46
async def test_from_the_menu_of_the_quotes_one_comes_to_a_form_for_the_wish_and_the_place(maria: Browser) -> None:
    # Not only an empty list leads there.
    await asks(maria, "Schon eines")
    listed = await maria.get("/quotes")
    assert re.search(r'<a [^>]*href="/quotes/new"[^>]*>', listed.text)
    assert "Angebot anfordern" in listed.words
    form = await maria.get("/quotes/new")
    assert asked(form) >= {"subject", "description", "place", "site", "street", "postal_code", "city", "files"}
    assert re.findall(r'name="place" value="([a-z]+)"', form.text) == ["known", "new"]
    assert set(re.findall(r'<option value="([0-9a-f-]{36})"', form.text)) == {str(SITE), str(SECOND)}


# C57
async def test_below_the_conversation_one_can_go_on_with_it(maria: Browser, reader: Browser) -> None:
    quote = await asks(maria, "Mit Antwortfeld")
    page = await maria.get(f"/quotes/{quote}")
    assert asked(page) >= {"text", "files"}
    assert f'action="/quotes/{quote}/reply"' in page.text
    assert "text" not in asked(await reader.get(f"/quotes/{quote}"))


# C19
async def test_quotes_are_searched_filtered_and_sorted(portal: Portal, maria: Browser) -> None:
    first, second = await asks(maria, "Such-B"), await asks(maria, "Such-A", SECOND)
    await answers(portal, first, "Gern.")

    async def subjects(query: str) -> list[str]:
        return [line["row"]["subject"] for line in (await maria.json(f"/quotes?q=Such-&{query}"))["lines"]]

    async def heard() -> bool:
        return await subjects("status=answered") == ["Such-B"]

    await until(heard)
    assert await subjects("sort=subject") == ["Such-A", "Such-B"]
    assert await subjects("sort=-asked_at") == ["Such-A", "Such-B"]
    assert await subjects("sort=asked_at") == ["Such-B", "Such-A"]
    assert await subjects("status=asked") == ["Such-A"]
    assert await subjects(f"site={SECOND}") == ["Such-A"]
    assert (await maria.json("/quotes?q=such-a"))["total"] == 1
    listed = await maria.get("/quotes?q=Such-")
    for quote in (first, second):
        assert f'href="/quotes/{quote}"' in listed.text
