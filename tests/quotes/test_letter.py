"""The mail to sales says all that is known, fits every mail program, and cannot be bent by what a customer types."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

from contracts.quotes import QuoteRequested
from contracts.values import Address, File
from mail_samples import PDF
from quotes.inbound.automatic import LOOP_HEADER
from quotes.inbound.mail import Automatic
from quotes.inbound.read import read_mail
from quotes.letter import Ids, Known, Said, letter
from quotes.views import CustomerFacts, SiteFacts, TenantFacts, UserFacts

KAI = Address(street="Am Kai 3", postal_code="20457", city="Hamburg")
TENANT = TenantFacts(
    name="Müller & Söhne", quote_address="angebote@firma.example", sender="portal@firma.example", phone=""
)
CUSTOMER = CustomerFacts(number="10042", name="Bau Schulz GmbH", address=KAI, phone="040 99")
SITE = SiteFacts(customer=uuid4(), number="7", name="Werk Süd", address=KAI, active=True)
USER = UserFacts(name="Maria Schulz", email="maria@kunde.example", phone="0171 555")
IDS = Ids(uuid4(), "<1@firma.example>", "portal+abc@hoftor.example")
AT = datetime(2026, 11, 24, 9, 10, tzinfo=UTC)


def request(**changes: Any) -> QuoteRequested:
    given = {
        **{"quote": uuid4(), "customer": uuid4(), "site": SITE.customer, "site_name": "Werk Süd", "new_site": None},
        **{"subject": "Zwei Mulden", "description": "Für drei Wochen.", "files": (), "message": uuid4()},
        **{"user": uuid4(), "user_name": "Maria Schulz", "user_email": "maria@kunde.example"},
    }
    return QuoteRequested.model_validate({**given, **changes})


def sent(
    said: QuoteRequested, known: Known = Known(TENANT, CUSTOMER, SITE, USER), ids: Ids = IDS, **changes: Any
) -> EmailMessage:
    given = {"text": said.description, "user_name": said.user_name, "user_email": said.user_email, "at": AT}
    raw = letter(said, Said(**{**given, **changes}), known, ids).as_bytes()
    assert all(len(line) < 998 for line in raw.splitlines())
    return message_from_bytes(raw, policy=policy.default)  # type: ignore[return-value, arg-type]


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


# C48
def test_the_mail_names_the_customer_the_site_the_person_and_the_wish() -> None:
    text = text_of(sent(request()))
    for label, value in {
        "Betreff:": "Zwei Mulden",
        "Kunde:": "Bau Schulz GmbH (Kundennummer 10042)",
        "Kundenadresse:": "Am Kai 3, 20457 Hamburg",
        "Standort:": "Werk Süd, Am Kai 3, 20457 Hamburg (Nummer 7)",
        "Ansprechpartner:": "Maria Schulz",
        "E-Mail:": "maria@kunde.example",
        "Telefon:": "0171 555",
        "Gesendet am:": "24.11.2026 um 10:10 Uhr",
    }.items():
        (line,) = [line for line in text.splitlines() if line.startswith(label)]
        assert line.removeprefix(label).strip() == value
    assert "Für drei Wochen." in text


# C46 C48
def test_a_new_site_is_named_as_such() -> None:
    said = request(site=None, site_name=KAI.line(), new_site=KAI)
    assert "Neuer Standort:  Am Kai 3, 20457 Hamburg" in text_of(sent(said, Known(TENANT, CUSTOMER, None, USER)))


def test_what_has_not_arrived_yet_is_left_out() -> None:
    text = text_of(sent(request(), Known(TENANT)))
    assert "Kundennummer" not in text
    assert "None" not in text


# C47
def test_it_comes_from_the_firms_sender_and_is_answered_to_the_conversation() -> None:
    mail = sent(request())
    assert (mail["From"].addresses[0].addr_spec, mail["To"].addresses[0].addr_spec) == (
        "portal@firma.example",
        "angebote@firma.example",
    )
    assert mail["Reply-To"].addresses[0].addr_spec == "portal+abc@hoftor.example"
    assert mail["X-Auto-Response-Suppress"]
    assert mail[LOOP_HEADER] == str(IDS.conversation)


# C57
def test_a_later_mail_hangs_below_those_before_it() -> None:
    mail = sent(request(), ids=Ids(uuid4(), "<3@f.example>", "p@h.example", ("<1@f.example>", "<2@f.example>")))
    assert mail["Subject"].startswith("Re: Angebotsanfrage: Zwei Mulden")
    assert mail["In-Reply-To"].strip() == "<2@f.example>"
    assert mail["References"].split() == ["<1@f.example>", "<2@f.example>"]


def test_what_a_customer_types_adds_no_header() -> None:
    mail = sent(request(subject="Mulden\r\nBcc: boese@andere.example", user_name="Maria\nCc: x@y.example"))
    assert mail["Bcc"] is None
    assert mail["Cc"] is None
    assert len(mail["From"].addresses) == 1


def test_files_go_along_and_a_page_goes_as_a_mere_file() -> None:
    plan = File(sha256="ab" * 32, name="Lageplan Größe.pdf", media_type="application/pdf", size=len(PDF))
    notes = File(sha256="cd" * 32, name="Notiz.txt", media_type="text/plain", size=4)
    mail = sent(request(), files=[(plan, PDF), (notes, "Süd".encode())])
    first, second = mail.iter_attachments()
    assert (first.get_filename(), first.get_content()) == ("Lageplan Größe.pdf", PDF)
    assert second.get_content_type() == "application/octet-stream"
    assert "Anlagen:         Lageplan Größe.pdf, Notiz.txt" in text_of(mail)


# C49
def test_our_own_mail_is_known_when_it_comes_back() -> None:
    assert read_mail(sent(request()).as_bytes()).automatic is Automatic.loop
