"""The mail that sales receives: who asks, where and for what, ready to be answered from any mail program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts.quotes import QuoteRequested
from contracts.values import File

from quotes.inbound.automatic import LOOP_HEADER
from quotes.inbound.quoting import REPLY_ABOVE
from quotes.views import CustomerFacts, SiteFacts, TenantFacts, UserFacts

LOCAL = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True)
class Ids:
    """How this mail hangs together with those before it: Message-IDs with their angle brackets, oldest first."""

    conversation: UUID
    message_id: str
    reply_to: str
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True)
class Known:
    """What quotes knows of those who take part; what has not arrived yet is left out of the mail."""

    tenant: TenantFacts
    customer: CustomerFacts | None = None
    site: SiteFacts | None = None
    user: UserFacts | None = None


@dataclass(frozen=True)
class Said:
    """A message of the customer."""

    text: str
    user_name: str
    user_email: str
    at: datetime
    files: Sequence[tuple[File, bytes]] = ()


def letter(request: QuoteRequested, said: Said, known: Known, ids: Ids) -> EmailMessage:
    mail = EmailMessage(policy=SMTP.clone(max_line_length=120))
    mail["Subject"] = subject(request, known, is_first=not ids.earlier)
    mail["From"] = MailAddress(f"{one_line(said.user_name)} (Kundenportal)", addr_spec=known.tenant.sender)
    mail["To"] = MailAddress(one_line(known.tenant.name), addr_spec=known.tenant.quote_address)
    mail["Reply-To"] = MailAddress(f"Antwort an {one_line(said.user_name)}", addr_spec=ids.reply_to)
    mail["Date"] = format_datetime(said.at)
    mail["Message-ID"] = ids.message_id
    if ids.earlier:
        mail["In-Reply-To"] = ids.earlier[-1]
        mail["References"] = " ".join(ids.earlier)
    mail["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    mail[LOOP_HEADER] = str(ids.conversation)
    mail.set_content("\n".join(lines(request, said, known, is_first=not ids.earlier)), cte="quoted-printable")
    for file, content in said.files:
        main, _, sub = file.media_type.partition("/")
        if main in ("text", "message", "multipart") or not sub:
            main, sub = "application", "octet-stream"
        mail.add_attachment(content, maintype=main, subtype=sub, filename=one_line(file.name))
    return mail


def subject(request: QuoteRequested, known: Known, *, is_first: bool) -> str:
    customer = f" – {known.customer.name}" if known.customer else ""
    return one_line(f"{'' if is_first else 'Re: '}Angebotsanfrage: {request.subject}{customer}")


def lines(request: QuoteRequested, said: Said, known: Known, *, is_first: bool) -> list[str]:
    what = "bittet um ein Angebot" if is_first else "hat im Kundenportal geantwortet"
    facts = [
        ("Betreff", request.subject),
        ("Kunde", customer_line(known.customer)),
        ("Kundenadresse", known.customer.address.line() if known.customer else ""),
        ("Neuer Standort" if request.new_site else "Standort", place(request, known.site)),
        ("Ansprechpartner", said.user_name),
        ("E-Mail", said.user_email),
        ("Telefon", (known.user and known.user.phone) or (known.customer.phone if known.customer else "")),
        ("Gesendet am", f"{said.at.astimezone(LOCAL):%d.%m.%Y um %H:%M Uhr}"),
        ("Anlagen", ", ".join(file.name for file, _ in said.files)),
    ]
    return [
        REPLY_ABOVE,
        "",
        f"{said.user_name} {what}:",
        "",
        *said.text.splitlines(),
        "",
        "-" * 60,
        *(f"{label + ':':<17}{one_line(value)}" for label, value in facts if value),
        "-" * 60,
        "",
        "Antworten Sie einfach auf diese E-Mail. Ihre Antwort erscheint mit allen Anlagen im Kundenportal,",
        f"und {said.user_name} wird per E-Mail benachrichtigt.",
    ]


def customer_line(customer: CustomerFacts | None) -> str:
    return f"{customer.name} (Kundennummer {customer.number})" if customer else ""


def place(request: QuoteRequested, site: SiteFacts | None) -> str:
    if request.new_site or site is None:
        return request.site_name
    return f"{site.name}, {site.address.line()} (Nummer {site.number})"


def one_line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
