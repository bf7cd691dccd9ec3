"""Quotes that customers asked for, and what sales answered from their mail program."""

from __future__ import annotations

import asyncio
import imaplib
import smtplib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit
from uuid import UUID, uuid5

from contracts.quotes import QuoteAnswered, ReplyToQuote, RequestQuote
from contracts.values import Address, derived_id

from demo import paper
from demo.customers import PEOPLE, Person
from demo.firm import FIRM, QUOTES, TENANT
from demo.portal import Portal, asker
from demo.settings import Settings

SALES = f"Sabine Lammers <{QUOTES}>"
SIGNATURE = f"\n\nMit freundlichen Grüßen\nSabine Lammers\nVertrieb\n\n-- \n{FIRM['name']}\n{FIRM['phone']}\n"


@dataclass(frozen=True)
class Conversation:
    name: str
    person: Person
    subject: str
    description: str
    site: str = ""
    new_site: Address | None = None
    answer: str = ""
    offer: tuple[tuple[str, str, str], ...] = ()
    reply: str = ""


CONVERSATIONS = (
    Conversation(
        "roxel",
        PEOPLE[0],
        "Neue Baustelle in Roxel ab Januar",
        "Guten Tag,\n\nwir beginnen im Januar mit einem Neubau in Roxel (18 Wohneinheiten, Bauzeit etwa 14 Monate). Wir"
        " brauchen dort dauerhaft einen Absetzcontainer 7 m³ für Bauschutt, einen Abrollcontainer 30 m³ für gemischte"
        " Bauabfälle und zeitweise einen 10er für Holz.\n\n"
        "Bitte bieten Sie uns Miete, Tausch und Entsorgung je Tonne an.",
        new_site=Address(street="Roxeler Straße 560", postal_code="48161", city="Münster"),
        answer="Guten Tag Frau Westermann,\n\nvielen Dank für Ihre Anfrage. Unser Angebot für die Baustelle in Roxel"
        " finden Sie im Anhang. Die Miete entfällt, wenn jeder Container mindestens einmal im Monat getauscht wird.\n\n"
        "Sollen wir den Stellplatz vorab gemeinsam ansehen?",
        offer=(
            ("Tausch Absetzcontainer 7 m³", "112,00 €", "je Fahrt"),
            ("Tausch Abrollcontainer 30 m³", "149,00 €", "je Fahrt"),
            ("Entsorgung Bauschutt, gemischt", "27,50 €", "je t"),
            ("Entsorgung gemischte Bau- und Abbruchabfälle", "182,00 €", "je t"),
            ("Entsorgung Holz A I–A III", "59,00 €", "je t"),
        ),
        reply="Guten Tag Frau Lammers,\n\ndas passt gut. Ein Termin vor Ort wäre hilfreich, am liebsten an einem"
        " Dienstagvormittag. Gilt der Preis für Holz auch für Schalungsreste mit Betonanhaftungen?",
    ),
    Conversation(
        "presse",
        PEOPLE[3],
        "Zweiter Presscontainer für Werk 2",
        "Hallo zusammen,\n\nin Werk 2 in Greven fällt inzwischen deutlich mehr Pappe an. Wir überlegen, einen"
        " selbstpressenden Presscontainer (20 m³) aufzustellen. Was kostet die Miete im Monat, und wie wird die Pappe"
        " vergütet? Ein 400-V-Anschluss ist vorhanden.",
        site="10024-02",
        answer="Guten Tag Herr Feldhaus,\n\ngern. Den Presscontainer 20 m³ vermieten wir für 285,00 € im Monat, Wartung"
        " inbegriffen. Für Papier und Pappe vergüten wir derzeit 42,00 € je Tonne, angepasst an den EUWID-Index.\n\n"
        "Die Einzelheiten stehen im Angebot im Anhang.",
        offer=(
            ("Miete Presscontainer 20 m³ mit Wartung", "285,00 €", "im Monat"),
            ("Leerung Presscontainer", "169,00 €", "je Fahrt"),
            ("Vergütung Papier und Pappe", "42,00 €", "je t"),
        ),
    ),
    Conversation(
        "asbest",
        PEOPLE[0],
        "Rückbau mit asbesthaltigen Platten",
        "Bei der Sanierung in Greven sind Fassadenplatten mit Asbest gefunden worden, geschätzt 6 t. Wir brauchen Big"
        " Bags, einen Container mit Deckel und die Nachweise. Wann wäre das frühestens möglich?",
        site="10017-06",
    ),
)


async def held(portal: Portal, settings: Settings, today: date) -> list[str]:
    """Asks for the quotes, lets sales answer, goes on in the portal; what could not be done is said."""
    for one in CONVERSATIONS:
        await portal.ask(request(one), asker(one.person))
    if not (settings.smtp_url and settings.imap_url):
        return ["Kein Mailserver: Die Anfragen bleiben ohne Antwort."]
    said = []
    for one in CONVERSATIONS:
        if one.answer and not await answered(portal, one):
            said += await one_answer(portal, settings, one, today)
        if one.reply and await answered(portal, one):
            message = uuid5(quote_id(one), "reply")
            reply = ReplyToQuote(quote=quote_id(one), customer=request(one).customer, message=message, text=one.reply)
            await portal.ask(reply, asker(one.person))
    return said


def quote_id(one: Conversation) -> UUID:
    return derived_id(TENANT, "demo-quote", one.name)


def request(one: Conversation) -> RequestQuote:
    return RequestQuote(
        quote=quote_id(one),
        customer=derived_id(TENANT, "customer", one.person.customer),
        subject=one.subject,
        description=one.description,
        site=derived_id(TENANT, "site", one.site) if one.site else None,
        new_site=one.new_site,
    )


async def answered(portal: Portal, one: Conversation) -> bool:
    known = await portal.said("quotes", QuoteAnswered)
    return any(isinstance(event, QuoteAnswered) and event.quote == quote_id(one) for event in known)


async def one_answer(portal: Portal, settings: Settings, one: Conversation, today: date) -> list[str]:
    """By real mail: found in the mailbox of sales, answered to the address that stands in it."""
    for _ in range(60):
        try:
            question = await asyncio.to_thread(found, settings.imap_url, one.subject)
        except (OSError, imaplib.IMAP4.error):
            return [f"Das Postfach {QUOTES} ist nicht unseres: „{one.subject}“ bleibt ohne Antwort."]
        if question is not None:
            break
        await asyncio.sleep(1)
    else:
        return [f"Die Mail zu „{one.subject}“ ist nicht angekommen und bleibt ohne Antwort."]
    await asyncio.to_thread(send, settings.smtp_url, answer(question, one, today))
    for _ in range(60):
        if await answered(portal, one):
            return []
        await asyncio.sleep(1)
    return [f"Die Antwort zu „{one.subject}“ ist unterwegs, aber noch nicht im Portal."]


def found(imap_url: str, subject: str) -> EmailMessage | None:
    """In the mailbox of sales, which the mail server of the demo opens with the same password."""
    url = urlsplit(imap_url)
    kind = imaplib.IMAP4_SSL if url.scheme == "imaps" else imaplib.IMAP4
    with kind(url.hostname or "", url.port or (993 if url.scheme == "imaps" else 143)) as box:
        box.login(QUOTES, unquote(url.password or ""))
        box.select("INBOX", readonly=True)
        _, numbers = box.search(None, "ALL")
        for number in reversed(numbers[0].split()):
            _, parts = box.fetch(number.decode(), "(RFC822)")
            data = next((part[1] for part in parts if isinstance(part, tuple)), b"")
            mail = message_from_bytes(data, policy=policy.default)
            if subject in str(mail["Subject"]) and mail["Reply-To"]:
                return mail
    return None


def answer(question: EmailMessage, one: Conversation, today: date) -> EmailMessage:
    """As a mail program writes it, with the question quoted below."""
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"] = SALES
    mail["To"] = str(question["Reply-To"])
    mail["Subject"] = f"AW: {question['Subject']}"
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Message-ID"] = f"<{uuid5(quote_id(one), 'answer')}@brinkhage-entsorgung.example>"
    mail["In-Reply-To"] = mail["References"] = str(question["Message-ID"])
    body = question.get_body(("plain",))
    quoted = "\n".join(f"> {line}" for line in (body.get_content() if body else "").splitlines())
    wrote = f"Am {today:%d.%m.%Y} schrieb {one.person.name}:"
    mail.set_content(f"{one.answer}{SIGNATURE}\n{wrote}\n{quoted}\n")
    pdf = paper.offer(f"Angebot: {one.subject}", one.person.name, today, list(one.offer))
    mail.add_attachment(pdf, maintype="application", subtype="pdf", filename=f"Angebot {one.subject}.pdf")
    return mail


def send(smtp_url: str, mail: EmailMessage) -> None:
    url = urlsplit(smtp_url)
    with smtplib.SMTP(url.hostname or "", url.port or 25) as server:
        if url.username:
            server.starttls()
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(mail)
