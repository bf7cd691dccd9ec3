"""A customer asks for a quote, sees that an answer has come, reads it and goes on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest
from contracts.values import File, Role
from gateway.pages.quote_view import conversations, quotes
from open_matters import PDF, PNG, answers, asks, sends, shown, stored, unread
from order_portal import FOREIGN, SECOND, SITE, Browser, Portal, Seen, until

pytestmark = pytest.mark.xdist_group("overview-pages")


def badge(page: Seen) -> int:
    """The red number at „Angebote“ in the menu."""
    found = re.search(r'data-count="quotes"( hidden)?><span data-number>(\d+)</span>', page.text.replace("\n", ""))
    assert found
    return 0 if found[1] else int(found[2])


async def answered(portal: Portal, quote: UUID, files: Sequence[File] = (), refused: Sequence[str] = ()) -> UUID:
    """An answer that the page has heard of."""
    message = await answers(portal, quote, "Gern, 50 € im Monat.", files, refused)
    rows = portal.gateway.rows

    async def heard() -> bool:
        doc = await rows.get(conversations, portal.tenant, quote)
        line = await rows.get(quotes, portal.tenant, quote)
        return bool(doc and line and doc.messages[-1].message == message == line.since_answer[-1])

    await until(heard)
    return message


# C44, C45, C46
async def test_a_quote_is_asked_for_with_a_description_a_site_and_files(portal: Portal, maria: Browser) -> None:
    listed = await maria.get("/quotes")
    assert "Angebot anfordern" in listed.words
    form = await maria.get("/quotes/new")
    assert "Werk Hafen" in form.words
    assert "Altes Werk" not in form.words
    fields = {"subject": "Presse", "description": "Was kostet\neine Presse?", "place": "known", "site": str(SITE)}
    sent = await sends(maria, form, "/quotes/new", fields, [("Lageplan Süd.pdf", PDF), ("Hof.png", PNG)])
    assert sent.status == 200
    assert "Ihre Anfrage ist gesendet" in sent.words
    for word in ("Presse", "eine Presse?", "Werk Hafen", "Lageplan Süd.pdf", "Hof.png", "Wartet auf Antwort"):
        assert word in sent.words


# C46
async def test_a_new_site_is_typed_in(portal: Portal, maria: Browser) -> None:
    form = await maria.get("/quotes/new")
    fields = {
        "subject": "Neubau",
        "description": "Mulden",
        "place": "new",
        "street": "Neue Str. 7",
        "postal_code": "44137",
        "city": "Dortmund",
    }
    sent = await sends(maria, form, "/quotes/new", fields)
    assert "Neue Str. 7, 44137 Dortmund" in sent.words
    assert "Neuer Standort" in sent.words


@pytest.mark.parametrize(
    ("changes", "files", "sentence"),
    [
        ({"subject": ""}, [], "Bitte füllen Sie dieses Feld aus"),
        ({"description": " "}, [], "Bitte füllen Sie dieses Feld aus"),
        ({"site": ""}, [], "Bitte wählen Sie einen Standort"),
        ({"place": "new", "street": "Neue Str. 7"}, [], "Bitte füllen Sie dieses Feld aus"),
        ({"place": "new", "street": "A", "postal_code": "?", "city": "B"}, [], "gültige Postleitzahl"),
        ({}, [("virus.pdf", b"MZ\x90")], "Die Datei virus.pdf kann nicht gesendet werden"),
        ({}, [("leer.pdf", b"")], "Die Datei leer.pdf ist leer"),
        ({}, [("a.pdf", PDF + bytes(21_000_000))], "höchstens 20 MB"),
    ],
)
async def test_what_is_wrong_is_said_beside_the_kept_input(
    maria: Browser, changes: dict[str, str], files: list[tuple[str, bytes]], sentence: str
) -> None:
    form = await maria.get("/quotes/new")
    fields = {"subject": "Kippt nicht", "description": "Bleibt stehen", "place": "known", "site": str(SITE)}
    sent = await sends(maria, form, "/quotes/new", fields | changes, files)
    assert sent.status == 422
    assert sentence in sent.words
    if "subject" not in changes:
        assert 'value="Kippt nicht"' in sent.text
    assert not [one for one in (await maria.json("/quotes?q=kippt"))["lines"] if one["row"]["subject"] == "Kippt nicht"]


async def test_a_second_click_asks_once(maria: Browser) -> None:
    form = await maria.get("/quotes/new")
    fields = {"subject": "Doppelklick", "description": "Einmal", "place": "known", "site": str(SITE)}
    first = await sends(maria, form, "/quotes/new", fields)
    second = await sends(maria, form, "/quotes/new", fields)
    assert first.url == second.url
    assert (await maria.json("/quotes?q=doppelklick"))["total"] == 1


# C53, C54, C58
async def test_an_answer_raises_the_red_number_until_each_user_has_read_it(
    portal: Portal, maria: Browser, karl: Browser, elsewhere: Browser
) -> None:
    quote = await asks(maria, "Mit roter Zahl")
    await maria.get(f"/quotes/{quote}")
    before, karls, others = await unread(maria), await unread(karl), await unread(elsewhere)
    await answered(portal, quote)
    assert badge(await maria.get("/orders")) == before + 1
    assert await unread(elsewhere) == others
    tab = await maria.json("/quotes?tab=unread")
    assert str(quote) in [line["row"]["quote"] for line in tab["lines"]]
    page = await maria.get(f"/quotes/{quote}")
    assert "Gern, 50 € im Monat." in page.words
    assert badge(page) == before
    assert str(quote) not in [line["row"]["quote"] for line in (await maria.json("/quotes?tab=unread"))["lines"]]
    assert await unread(karl) == karls + 1
    await karl.get(f"/quotes/{quote}")
    assert await unread(karl) == karls


# C58
async def test_answers_from_before_a_user_came_are_no_news(portal: Portal, maria: Browser) -> None:
    quote = await asks(maria, "Längst beantwortet")
    await answered(portal, quote)
    late = await portal.user("Lara", Role.reader)
    assert await unread(late) == 0
    await answered(portal, quote)
    assert await unread(late) == 1


# C55, C56, C57
async def test_the_whole_conversation_stands_there_each_file_in_its_message(portal: Portal, maria: Browser) -> None:
    quote = await asks(maria, "Ein Gespräch", files=[("Plan.pdf", PDF)])
    offer = await stored(portal, "Angebot Nr. 5.pdf", PDF + b"offer", "application/pdf")
    message = await answered(portal, quote, [offer], ["preise.xlsm"])
    page = await maria.get(f"/quotes/{quote}")
    sent = await sends(maria, page, f"/quotes/{quote}/reply", {"text": "Und mit Deckel?"}, [("Deckel.png", PNG)])
    assert "Ihre Antwort ist gesendet" in sent.words
    said = (await maria.json(f"/quotes/{quote}"))["messages"]
    assert [(each["author"], each["mine"], [file["name"] for file in each["files"]]) for each in said] == [
        ("Maria Schulz", True, ["Plan.pdf"]),
        ("Viktor Vertrieb", False, ["Angebot Nr. 5.pdf"]),
        ("Maria Schulz", True, ["Deckel.png"]),
    ]
    block = (await maria.get(f"/quotes/{quote}")).text.split(f'id="m-{message}"')[1].split("</article>")[0]
    assert "Angebot Nr. 5.pdf" in block
    assert "preise.xlsm" in block
    assert await maria.bytes(said[1]["files"][0]["href"]) == PDF + b"offer"


async def test_who_may_not_see_a_site_sees_no_quote_for_it(
    portal: Portal, maria: Browser, elsewhere: Browser, stranger: Browser, reader: Browser
) -> None:
    here, there = await asks(maria, "Für Werk Hafen", files=[("Plan.pdf", PDF)]), await asks(maria, "Für Unna", SECOND)
    file = (await maria.json(f"/quotes/{here}"))["messages"][0]["files"][0]["href"]
    for path in (f"/quotes/{here}", file):
        missing = await stranger.get(re.sub(str(here), str(uuid4()), path))
        for other in (elsewhere, stranger):
            foreign = await other.get(path)
            assert (foreign.status, missing.status) == (404, 404)
        assert (await reader.get(path)).status == 200
    assert (await elsewhere.get(f"/quotes/{there}")).status == 200
    guard = await stranger.get("/orders")
    assert (await sends(stranger, guard, f"/quotes/{here}/reply", {"text": "Ich auch"})).status == 404
    assert not (await stranger.json("/quotes"))["lines"]


async def test_nobody_asks_for_a_site_of_somebody_else(maria: Browser) -> None:
    form = await maria.get("/quotes/new")
    fields = {"subject": "Fremd", "description": "x", "place": "known", "site": str(FOREIGN)}
    assert (await sends(maria, form, "/quotes/new", fields)).status == 404


async def test_a_reader_reads_but_does_not_ask(maria: Browser, reader: Browser) -> None:
    quote = await asks(maria, "Nur lesen")
    page = await reader.get(f"/quotes/{quote}")
    assert "Antwort senden" not in page.words
    assert (await reader.get("/quotes/new")).status == 403
    guard = await reader.get("/orders")
    assert (await sends(reader, guard, f"/quotes/{quote}/reply", {"text": "Doch"})).status == 403
    assert "Angebot anfordern" not in (await reader.get("/quotes")).words


# C51, C52
async def test_who_asked_learns_by_mail_that_there_is_an_answer(portal: Portal, maria: Browser) -> None:
    quote = await asks(maria, "Bitte mailen")
    await answered(portal, quote)

    async def sent() -> bool:
        return ("maria@kunde.example", "Antwort auf Ihre Anfrage: Bitte mailen", "sent") in await portal.mails()

    await until(sent)


async def test_a_place_beyond_the_files_of_a_message_is_not_there(maria: Browser) -> None:
    quote = await asks(maria, "Eine Datei", files=[("Plan.pdf", PDF)])
    href = (await maria.json(f"/quotes/{quote}"))["messages"][0]["files"][0]["href"]
    assert await shown(maria, href)
    assert (await maria.get(href[:-1] + "1")).status == 404
    assert (await maria.get(href[:-1] + "-1")).status == 404
