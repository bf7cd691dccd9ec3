"""Where an order begins, what its forms ask for, and what lists and mails say of it afterwards."""

from __future__ import annotations

import asyncio
import re
from datetime import time
from email.message import EmailMessage
from uuid import uuid4

import pytest
from berlin import today
from contracts.orders import NoteAcceptance, NoteDispatch
from contracts.values import Window
from embedded.stack import Stack
from mailbox_read import mails_in, text_of
from order_portal import CUSTOMER, RUBBLE, SECOND, SITE, SKIP, Browser, Portal, Seen, form, until
from order_steps import order_of, placed, stands, tells, working_day

pytestmark = pytest.mark.xdist_group("order-pages")


def asked(page: Seen) -> set[str]:
    """The fields that somebody can fill in."""
    return set(re.findall(r'<(?:input(?! type="hidden")|textarea|select)[^>]* name="([a-z_]+)"', page.text))


# C25
@pytest.mark.parametrize("path", ["/sites", "/containers", f"/sites/{SITE}"])
async def test_a_button_above_every_overview_opens_the_shop(maria: Browser, reader: Browser, path: str) -> None:
    page = await maria.get(path)
    above = page.text.split("</header>", 1)[1].split('id="list"')[0]
    assert re.search(r'<a [^>]*href="/shop(\?site=[0-9a-f-]+)?"', above)
    assert "Container bestellen" in Seen(200, above, "").words
    assert 'href="/shop' not in (await reader.get(path)).text


# C29 C30
async def test_the_shop_asks_for_the_day_and_for_a_note(maria: Browser) -> None:
    page = await maria.get(form("/shop", waste=RUBBLE, type=SKIP, site=SITE))
    assert {"desired", "note"} <= asked(page)


# C29
async def test_without_a_day_there_is_no_summary_and_no_order(maria: Browser) -> None:
    chosen = {"waste": RUBBLE, "type": SKIP, "site": SITE, "note": "ohne Termin"}
    page = await maria.get(form("/shop", **chosen, at=5))
    assert "Bitte geben Sie ein Datum ein." in page.words
    assert "Verbindlich bestellen" not in page.words
    forced = await maria.send(page, "/shop", **chosen)
    assert forced.status == 422
    assert (await maria.json("/orders?q=ohne+Termin"))["total"] == 0


# C40 C41 C42
async def test_for_a_standing_container_kind_day_and_note_are_asked(portal: Portal, maria: Browser) -> None:
    container = await stands(portal, "Q1")
    page = await maria.get(f"/containers/{container}/order")
    assert {"kind", "desired", "note"} <= asked(page)
    assert re.findall(r'name="kind" value="([a-z]+)"', page.text) == ["exchange", "removal"]


# C41 C42
async def test_wish_and_note_are_kept_with_the_order(portal: Portal, maria: Browser) -> None:
    container = await stands(portal, "Q2")
    chosen = {"kind": "exchange", "desired": working_day(), "note": "Schlüssel beim Pförtner"}
    summary = await maria.get(form(f"/containers/{container}/order", **chosen, check="yes"))
    await maria.send(summary, f"/containers/{container}/order", **chosen)
    order = await order_of(maria, container)
    assert (order["desired"], order["note"]) == (str(chosen["desired"]), "Schlüssel beim Pförtner")
    assert "Schlüssel beim Pförtner" in (await maria.get(f"/orders/{order['order']}")).words


# C24 C39
async def test_the_page_of_a_site_lists_what_stands_there_and_nothing_else(portal: Portal, maria: Browser) -> None:
    here, there = await stands(portal, "Q3"), await stands(portal, "Q4", SECOND)
    page = await maria.get(f"/sites/{SITE}")
    assert f'href="/containers/{here}"' in page.text
    assert f'href="/containers/{there}"' not in page.text
    assert f'href="/containers/{there}"' in (await maria.get(f"/sites/{SECOND}")).text


# C36 C37
async def test_the_planned_day_stands_in_every_list_and_in_the_mail(
    stack: Stack, portal: Portal, maria: Browser
) -> None:
    note = f"Tor 7, bitte hupen ({uuid4().hex[:6]})"
    container = await placed(portal, maria, note)
    order = (await order_of(maria, container))["order"]
    day, later = working_day(5), working_day(8)
    ids = {"container": container, "order": order, "customer": CUSTOMER}
    await tells(portal, NoteDispatch(**ids, planned=Window(day=day, begins=time(8), ends=time(10))))
    for path in (f"/orders?q={note[-7:-1]}", f"/containers/{container}", f"/sites/{SITE}", f"/orders/{order}"):
        # What holds now, and not only the history of how it came to be.
        words = Seen(200, (await maria.get(path)).text.split('<ol class="history">')[0], path).words
        assert f"{day:%d.%m.%Y}" in words or f"{day.day}. " in words, path
        assert "08:00" in words, path
    await tells(portal, NoteDispatch(**ids, planned=Window(day=later, begins=time(13), ends=time(15))))

    async def both() -> list[EmailMessage]:
        found = await asyncio.to_thread(mails_in, stack.settings, "maria@kunde.example")
        told = [mail for mail in found if note in text_of(mail)]
        return told if len(told) == 2 else []

    await until(both)
    for mail, when, begins, ends in zip(
        await both(), (day, later), ("08:00", "13:00"), ("10:00", "15:00"), strict=True
    ):
        for kind in ("plain", "html"):
            said = text_of(mail, kind)
            for words in (f"{when.day}. ", str(when.year), begins, ends, "Werk Hafen", f"/orders/{order}"):
                assert words in said, words


# C37
async def test_the_history_of_an_order_says_of_every_change_what_when_and_who(portal: Portal, maria: Browser) -> None:
    container = await placed(portal, maria, "mit Geschichte")
    order = (await order_of(maria, container))["order"]
    ids = {"container": container, "order": order, "customer": CUSTOMER}
    await tells(portal, NoteAcceptance(**ids, number="FA-90"))
    page = await maria.get(f"/orders/{order}")
    await maria.send(page, f"/orders/{order}/cancel")
    shown = (await maria.get(f"/orders/{order}")).text.split('<ol class="history">')[1].split("</ol>")[0]
    said = [Seen(200, entry, "").words for entry in shown.split("<li ")[1:]]
    expected = [("Storniert", "Maria Schulz"), ("Bestätigt", "Ruhrtal Entsorgung"), ("Bestellt", "Maria Schulz")]
    assert len(said) == 3
    for entry, (what, who) in zip(said, expected, strict=True):
        assert re.search(rf"{what} .*{today():%d.%m.%Y}, \d\d:\d\d · {who}$", entry), entry


# C24
async def test_containers_are_filtered_by_what_has_become_of_them(portal: Portal, maria: Browser) -> None:
    standing, busy = await stands(portal, "Q7-steht"), await stands(portal, "Q7-belegt")
    await maria.send(await maria.csrf(), f"/containers/{busy}/order", kind="exchange", key=uuid4())
    coming, gone = await placed(portal, maria, "Q7 kommt"), await placed(portal, maria, "Q7 kommt nicht")
    order = (await order_of(maria, gone))["order"]
    await maria.send(await maria.get(f"/orders/{order}"), f"/orders/{order}/cancel")

    async def found(state: str) -> set[str]:
        lines = (await maria.json(f"/containers?state={state}"))["lines"]
        return {line["row"]["container"] for line in lines} & {str(one) for one in (standing, busy, coming, gone)}

    assert await found("standing") == {str(standing)}
    assert await found("busy") == {str(busy)}
    assert await found("ordered") == {str(coming)}
    assert await found("gone") == {str(gone)}
    assert await found("") == {str(standing), str(busy), str(coming)}
    assert len(await found("any")) == 4
