"""The whole story on the running system, as customer, dispatcher and salesperson live it: portal, desk and mail."""

from __future__ import annotations

import re
import smtplib
from datetime import date, timedelta
from email.message import EmailMessage

import holidays
import pytest
from berlin import today
from playwright.async_api import Page, expect

from tests.system.conftest import Running, Visit, skip_the_tour, text_of

pytestmark = pytest.mark.xdist_group("system")
CUSTOMER = "10038"
FIRST = "verwaltung@wohnbau-aatal.example"
SALES = "angebote@brinkhage-entsorgung.example"
PASSWORD = "Kies Schotter Sand 7"
expect.set_options(timeout=60_000)


def working_day(after: int) -> date:
    """The first day from so many days on at which the firm drives."""
    day = today() + timedelta(days=after)
    while day.weekday() > 4 or day in holidays.country_holidays("DE", subdiv="NW", years=day.year):
        day += timedelta(days=1)
    return day


def german(day: date) -> str:
    return f"{day:%d.%m.%Y}"


async def reloaded_until(page: Page, words: str | re.Pattern[str]) -> None:
    """What another part of the system does is seen after a while; a person would press F5."""
    for _ in range(120):
        if await page.get_by_text(words).count():
            return
        await page.wait_for_timeout(500)
        await page.reload()
    raise AssertionError(f"{words!r} never appeared on {page.url}:\n{await page.inner_text('main')}")


# C1, C2, C3, C4, C5, C6, C7, C8, C9, C10, C11, C12, C13, C14, C15, C16, C17, C18, C19, C20, C22, C23, C24, C25, C26,
# C27, C28, C29, C30, C31, C32, C33, C34, C35, C36, C37, C38, C39, C40, C41, C42, C43, C44, C45, C46, C47, C48, C49,
# C50, C51, C52, C53, C54, C55, C56, C57, C58
async def test_a_customer_is_activated_registers_orders_and_gets_a_quote(running: Running, visit: Visit) -> None:
    desk, portal = await visit(), await visit()
    await activate(desk, running)
    await register(portal, running)
    await look_round(portal, running)
    place, note = working_day(6), "Bitte neben die Garagen stellen."
    container = await order_a_container(portal, running, place, note)
    await dispatch(desk, running, note, "Gestellung", place)
    await told_about(running, "Ihr Auftrag ist eingeplant", place, "08:00")
    await portal.goto(f"{running.url}/containers/{container}")
    await reloaded_until(portal, re.compile("Eingeplant"))
    await expect(portal.get_by_text(german(place)).first).to_be_visible()
    # C38: no follow-up before the placement is completed.
    assert await portal.get_by_role("link", name="Auftrag erstellen").count() == 0
    await plan_again(desk, working_day(9))
    await told_about(running, "Neuer Termin", working_day(9), "10:00")
    await complete(desk, weight="")
    await portal.goto(f"{running.url}/containers/{container}")
    await reloaded_until(portal, "Auftrag erstellen")
    await follow_up(portal, running, container, working_day(12))
    await desk_refuses(desk, running, "Wechsel am Zaun")
    refusal = await running.mail(FIRST, "nicht annehmen")
    assert "Die Zufahrt ist gesperrt." in text_of(refusal)
    await portal.goto(f"{running.url}/containers/{container}")
    await reloaded_until(portal, "Auftrag erstellen")
    await ask_for_a_quote(portal, running)
    await sales_answer(running)
    await read_the_answer(portal, running)


async def activate(desk: Page, running: Running) -> None:
    await desk.goto(f"{running.desk}/customers/{CUSTOMER}")
    # A bad address is answered clearly and harms nothing.
    await desk.get_by_label("Online-Portal").check()
    await desk.get_by_label("E-Mail des ersten Benutzers").fill("verwaltung@")
    await desk.get_by_role("button", name="Speichern", exact=True).click()
    await expect(desk.get_by_text(re.compile("E-Mail|Adresse|address", re.IGNORECASE)).first).to_be_visible()
    await desk.goto(f"{running.desk}/customers/{CUSTOMER}")
    await desk.get_by_label("Online-Portal").check()
    await desk.get_by_label("E-Mail des ersten Benutzers").fill(FIRST)
    await desk.get_by_role("button", name="Speichern", exact=True).click()
    await expect(desk.get_by_text("Alles ist übertragen").first).to_be_visible()


async def register(portal: Page, running: Running) -> None:
    mail = await running.mail(FIRST, "Zugang zum Kundenportal")
    assert "Brinkhage" in str(mail["From"])
    html = mail.get_body(("html",))
    assert html is not None
    assert "Jetzt anmelden" in html.get_content()
    link = re.search(r"https?://\S+/register/\S+", text_of(mail))
    assert link, text_of(mail)
    await portal.goto(link[0])
    await portal.get_by_label("Vorname").fill("Sabine")
    await portal.get_by_label("Nachname").fill("Aumann")
    await portal.locator("[name=password]").fill("passwort1234")
    await portal.locator("[name=terms]").check()
    await portal.locator("[name=privacy]").check()
    await portal.get_by_role("button", name="Zugang anlegen").click()
    await expect(portal.locator(".field-error").first).to_be_visible()
    await portal.locator("[name=password]").fill(PASSWORD)
    await portal.locator("main button[type=submit]").click()
    await portal.wait_for_url(f"{running.url}/")
    tour = portal.locator("dialog.tour[open]")
    await expect(tour).to_be_visible()
    await expect(tour).to_contain_text("Sabine Aumann")
    await skip_the_tour(portal)
    # The link works once.
    other = await portal.context.browser.new_context(locale="de-DE")  # type: ignore[union-attr]
    again = await other.new_page()
    await again.goto(link[0])
    await expect(again.get_by_text("Sie sind bereits registriert")).to_be_visible()
    await other.close()


async def look_round(portal: Page, running: Running) -> None:
    await portal.goto(running.url)
    assert await portal.locator("dialog.tour[open]").count() == 0
    await portal.get_by_role("navigation", name="Hauptmenü").get_by_role("link", name="Aufträge").click()
    await expect(portal.get_by_text("260 Einträge")).to_be_visible()
    await portal.get_by_role("navigation", name="Hauptmenü").get_by_role("link", name="Rechnungen").click()
    await expect(portal.get_by_text("52 Einträge")).to_be_visible()
    async with portal.expect_download() as download:
        await portal.locator("table.list a.row-link").first.click()
        await portal.get_by_role("link", name="PDF herunterladen").click()
    assert (await download.value).suggested_filename.endswith(".pdf")
    await portal.get_by_role("navigation", name="Hauptmenü").get_by_role("link", name="Behälter & Standorte").click()
    for site in ("Coerde", "Kinderhaus", "Gievenbeck", "Berg Fidel"):
        await expect(portal.get_by_role("heading", name=f"Quartier {site}")).to_be_visible()


async def order_a_container(portal: Page, running: Running, day: date, note: str) -> str:
    await portal.goto(f"{running.url}/sites")
    await portal.get_by_role("link", name="Container bestellen").click()
    await portal.get_by_role("searchbox").fill("Bauschutt")
    # Whoever clicks in the very moment in which the list is exchanged has clicked at nothing.
    await portal.wait_for_url(re.compile("q=Bauschutt"))
    await portal.get_by_role("link", name=re.compile("Bauschutt")).first.click()
    await expect(portal.get_by_text("Umleerbehälter 1,1 m³")).to_have_count(0)
    await portal.get_by_role("link", name=re.compile("Absetzcontainer 7 m³")).first.click()
    await portal.get_by_role("link", name=re.compile("Quartier Kinderhaus")).click()
    sunday = today() + timedelta(days=7 + (6 - today().weekday()))
    await portal.get_by_label("Termin der Gestellung").fill(sunday.isoformat())
    await portal.locator("main form button[type=submit]").click()
    await expect(portal.locator(".field-error, .notice-danger").first).to_be_visible()
    await portal.get_by_label("Termin der Gestellung").fill(day.isoformat())
    await portal.locator("[name=note]").fill(note)
    await portal.locator("main form button[type=submit]").click()
    button = portal.get_by_role("button", name="Verbindlich bestellen")
    await expect(portal.get_by_text("Quartier Kinderhaus").first).to_be_visible()
    # Somebody who clicks twice orders once.
    await button.evaluate("button => { button.form.requestSubmit(); button.form.requestSubmit() }")
    await portal.wait_for_url(re.compile("/containers/|/sites/|/orders/"))
    await portal.goto(f"{running.url}/containers?q=Absetzcontainer+7")
    rows = portal.locator("table.list tbody tr", has_text="Gestellung bestellt")
    await expect(rows).to_have_count(1)
    href = await rows.locator("a").first.get_attribute("href")
    assert href
    return href.rpartition("/")[2]


async def dispatch(desk: Page, running: Running, note: str, kind: str, day: date) -> None:
    await open_external_order(desk, running, kind)
    await expect(desk.get_by_text(note)).to_be_visible()
    await expect(desk.get_by_text("Sabine Aumann")).to_be_visible()
    await expect(desk.get_by_text("Idenbrockplatz 8")).to_be_visible()
    await desk.get_by_role("button", name="In Fahrauftrag umwandeln").click()
    if "/external-orders/" in desk.url:
        await desk.get_by_role("link", name=re.compile("Zum Fahrauftrag")).click()
    await desk.get_by_label("Datum").fill(day.isoformat())
    await desk.get_by_label("von").fill("08:00")
    await desk.get_by_label("bis").fill("10:00")
    await desk.get_by_role("button", name="Disponieren").click()
    await expect(desk.get_by_role("button", name="Neu disponieren")).to_be_visible()


async def open_external_order(desk: Page, running: Running, kind: str) -> None:
    await desk.goto(f"{running.desk}/external-orders?search=Aatal")
    await reloaded_until(desk, kind)
    await desk.locator("table.list tbody tr", has_text=kind).first.get_by_role("link").first.click()


async def plan_again(desk: Page, day: date) -> None:
    await desk.get_by_label("Datum").fill(day.isoformat())
    await desk.get_by_label("von").fill("10:00")
    await desk.get_by_label("bis").fill("12:00")
    await desk.get_by_role("button", name="Neu disponieren").click()
    await expect(desk.get_by_text(german(day)).first).to_be_visible()


async def complete(desk: Page, weight: str) -> None:
    await desk.get_by_label("Gewicht in kg").fill(weight)
    await desk.get_by_role("button", name="Abschließen").click()
    await expect(desk.get_by_role("button", name="Abschließen")).to_have_count(0)


async def told_about(running: Running, subject: str, day: date, hour: str) -> None:
    mail = await running.mail(FIRST, subject)
    assert german(day) in f"{mail['Subject']} {text_of(mail)}" or f"{day.day}." in text_of(mail)
    assert hour in text_of(mail)


async def follow_up(portal: Page, running: Running, container: str, day: date) -> None:
    await portal.get_by_role("link", name="Auftrag erstellen").first.click()
    await expect(portal.get_by_text("Tausch", exact=True)).to_be_visible()
    await portal.locator("label.choice", has_text="Tausch").click()
    await portal.get_by_label("Wunschdatum").fill(day.isoformat())
    await portal.locator("[name=note]").fill("Wechsel am Zaun")
    await portal.locator("main form button[type=submit]").click()
    await portal.get_by_role("button", name="Verbindlich bestellen").click()
    await portal.wait_for_url(re.compile("/containers/|/orders/"))
    await portal.goto(f"{running.url}/containers?q=Absetzcontainer+7")
    row = portal.locator("table.list tbody tr", has=portal.locator(f"a[href='/containers/{container}']"))
    await expect(row).to_contain_text("Tausch bestellt")
    await expect(row).to_contain_text(german(day))
    # A second order while this one is open is not possible.
    await portal.goto(f"{running.url}/containers/{container}/order")
    await expect(portal.get_by_role("button", name="Verbindlich bestellen")).to_have_count(0)
    await expect(portal.get_by_text("offene", exact=False).first).to_be_visible()


async def desk_refuses(desk: Page, running: Running, note: str) -> None:
    await open_external_order(desk, running, "Tausch")
    await expect(desk.get_by_text(note)).to_be_visible()
    await desk.get_by_label("Grund (liest der Kunde)").fill("Die Zufahrt ist gesperrt.")
    await desk.get_by_role("button", name="Ablehnen").click()
    await expect(desk.get_by_text("Abgelehnt").first).to_be_visible()


async def ask_for_a_quote(portal: Page, running: Running) -> None:
    await portal.get_by_role("navigation", name="Hauptmenü").get_by_role("link", name="Angebote").click()
    await portal.get_by_role("link", name="Angebot anfordern").first.click()
    await portal.locator("[name=subject]").fill("Sperrmüll im Frühjahr")
    await portal.locator("[name=description]").fill("Wir räumen zwölf Keller. Was kostet das?")
    await portal.locator("label.choice", has_text="neuen").click()
    await portal.locator("[name=street]").fill("Am Wasserturm 3")
    await portal.locator("[name=postal_code]").fill("48151")
    await portal.locator("[name=city]").fill("Münster")
    files = [{"name": "Kellerplan Größe.txt", "mimeType": "text/plain", "buffer": "12 Keller à 8 m²".encode()}]
    await portal.locator("input[type=file]").set_input_files(files)  # type: ignore[arg-type]
    await portal.get_by_role("button", name="Anfrage senden").click()
    await portal.wait_for_url(re.compile(r"/quotes/[0-9a-f-]{36}"))


async def sales_answer(running: Running) -> None:
    mail = await running.mail(SALES, "Sperrmüll im Frühjahr")
    asked = text_of(mail)
    for part in ("zwölf Keller", "Am Wasserturm 3", "Wohnbau Aatal eG", "Sabine Aumann", FIRST):
        assert part in asked, asked
    assert [part.get_filename() for part in mail.iter_attachments()] == ["Kellerplan Größe.txt"]
    reply = EmailMessage()
    reply["From"] = f"Jens Krüger <{SALES}>"
    reply["To"] = str(mail["Reply-To"])
    reply["Subject"] = f"AW: {mail['Subject']}"
    reply["In-Reply-To"] = str(mail["Message-ID"])
    reply["References"] = str(mail["Message-ID"])
    quoted = "\n".join(f"> {line}" for line in asked.splitlines())
    reply.set_content(
        "Guten Tag Frau Aumann,\n\ngern: 1.480 € für alles.\n\nJens Krüger\n\n"
        f"Am Montag schrieb {mail['From']}:\n{quoted}"
    )
    reply.add_attachment(b"%PDF-1.4\n%%EOF\n", maintype="application", subtype="pdf", filename="Angebot Übersicht.pdf")
    with smtplib.SMTP("127.0.0.1", running.portal.settings.smtp_port, timeout=60) as smtp:
        smtp.send_message(reply)


async def read_the_answer(portal: Page, running: Running) -> None:
    told = await running.mail(FIRST, "Sperrmüll im Frühjahr")
    link = re.search(r"https?://\S+/quotes/\S+", text_of(told))
    assert link, text_of(told)
    await portal.goto(running.url)
    badge = portal.get_by_role("navigation", name="Hauptmenü").get_by_role("link", name="Angebote").locator(".count")
    await expect(badge).to_contain_text("1")
    await portal.goto(f"{running.url}/quotes?tab=unread")
    await expect(portal.get_by_role("link", name="Sperrmüll im Frühjahr")).to_be_visible()
    await portal.goto(link[0])
    answer = portal.locator("article.message", has_text="Jens Krüger")
    await expect(answer).to_contain_text("1.480 €")
    await expect(answer).not_to_contain_text("zwölf Keller")
    await expect(answer.get_by_role("link", name=re.compile("Angebot Übersicht.pdf"))).to_be_visible()
    await expect(portal.locator("article.message").first).to_contain_text("zwölf Keller")
    await portal.locator("#reply textarea").fill("Das nehmen wir. Wann können Sie kommen?")
    await portal.get_by_role("button", name=re.compile("Antwort senden|Senden")).click()
    await expect(portal.locator("article.message").last).to_contain_text("Das nehmen wir")
    await running.mail(SALES, "Re: Angebotsanfrage: Sperrmüll im Frühjahr")
    await portal.goto(running.url)
    await expect(portal.locator("[data-count=quotes]").first).to_be_hidden()
