"""How every mail of the portal looks: the firm's logo and colours, a clear sentence, one button, and the facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import UUID, uuid5

import mrml
import structlog
from chassis.events import Meta
from chassis.sending import Outgoing, is_settled, send
from chassis.together import Together

from gateway import who
from gateway.look.branding import palette
from gateway.look.formats import formats
from gateway.showing import templates
from gateway.who import TenantDoc
from gateway.words import HOME, translations

if TYPE_CHECKING:
    from chassis.room import Context

PICTURES = {"image/png": "png", "image/jpeg": "jpeg"}
"""What every mail program shows; an SVG it would not."""


class NotYetKnown(ConnectionError):
    """The event has overtaken what the mail needs to know; it comes in a moment."""


@dataclass(frozen=True)
class Reader:
    email: str
    name: str = ""
    language: str = HOME


@dataclass(frozen=True)
class Letter:
    """`paragraphs` stand above the button, `after` below; `facts`: label and value; `quote`: what somebody said."""

    subject: str
    paragraphs: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = ()
    quote: str = ""
    button: tuple[str, str] | None = None
    after: Sequence[str] = ()
    heading: str = ""
    """The subject, unless it is to be another."""


@dataclass(frozen=True)
class Pen:
    """Writes in the reader's language, for one firm."""

    tenant: TenantDoc
    reader: Reader
    gateway_url: str

    def say(self, sentence: str, /, **params: object) -> str:
        said = translations(self.reader.language).gettext(sentence)
        return said % params if params else said

    def link(self, path: str) -> str:
        """The absolute address of a page, on the firm's own domain."""
        return address_of(self.tenant, self.gateway_url) + path

    @cached_property
    def _formats(self) -> dict[str, Callable[..., str]]:
        return formats(self.reader.language)

    def day(self, value: date, form: str = "long") -> str:
        return self._formats["day"](value, form)

    def moment(self, value: datetime) -> str:
        return self._formats["moment"](value)

    def clock(self, value: object) -> str:
        return self._formats["clock"](value)

    def weight(self, kilograms: int) -> str:
        return self._formats["weight"](kilograms)


def address_of(tenant: TenantDoc, gateway_url: str) -> str:
    """Without a closing slash. The address of the portal if it is one of the firm's, else the firm's first domain."""
    parts = urlsplit(gateway_url)
    if parts.hostname in tenant.domains or not tenant.domains:
        return gateway_url.rstrip("/")
    return f"{parts.scheme}://{tenant.domains[0]}{f':{parts.port}' if parts.port else ''}"


async def reader_of(ctx: Context, meta: Meta, user: UUID | None) -> Reader | None:
    """None for a user who no longer comes in, whose portal is closed, or who now comes in for another customer;
    NotYetKnown while that is not certain."""
    if user is None:
        return None
    reader = await active(ctx, meta, user)
    if reader is None:
        await all_heard(ctx, "identity")
        reader = await active(ctx, meta, user)
    return reader


async def active(ctx: Context, meta: Meta, user: UUID) -> Reader | None:
    found = await ctx.rows.get(who.users, meta.tenant, user)
    if found is None or found.state != "active" or found.customer != meta.customer:
        return None
    customer = await ctx.rows.get(who.customers, meta.tenant, found.customer)
    if customer is None or not customer.active:
        return None
    return Reader(found.email, found.name, found.language)


async def all_heard(ctx: Context, room: str) -> None:
    """NotYetKnown while the views lag behind what the room has said."""
    await _hearings.ask((ctx, room), None)


async def _hear_out(of: tuple[Context, str], asked: Sequence[None]) -> Sequence[None]:
    ctx, room = of
    for partition, number in (await ctx.feeds.heads(room)).items():
        if not await ctx.reached(room, partition, number):
            raise NotYetKnown(f"not everything that {room} has said is known yet")
    return asked


_hearings: Together[tuple[Context, str], None, None] = Together(_hear_out)


async def post(
    ctx: Context, meta: Meta, reader: Reader, write: Callable[[Pen], Letter], thread: UUID | None = None
) -> None:
    """Sends what `write` writes, unless this reader has had it: at most once, also after a crash."""
    key = uuid5(meta.id, reader.email.lower())
    if await is_settled(ctx.single, key):
        return
    tenant = await ctx.rows.get(who.tenants, meta.tenant, meta.tenant)
    if tenant is None:
        raise NotYetKnown("the firm of the mail is not known yet")
    pen = Pen(tenant, reader, ctx.settings.gateway_url)
    mail = message(write(pen), pen, key, *await picture_of(ctx, tenant))
    outgoing = Outgoing(key, meta.tenant, thread or meta.id, tenant.sender, reader.email, mail)
    await send(ctx.single, ctx.settings.smtp_url, outgoing)


async def picture_of(ctx: Context, tenant: TenantDoc) -> tuple[bytes, str]:
    """The logo and its type; nothing for a firm without one, or whose logo was never stored."""
    logo = tenant.branding.logo
    if logo is None or logo.media_type not in PICTURES:
        return b"", ""
    try:
        return await ctx.files.get(logo.sha256), logo.media_type
    except FileNotFoundError:
        structlog.get_logger().error("the logo of a firm is missing in the file store", tenant=str(tenant.tenant))
        return b"", ""


def message(letter: Letter, pen: Pen, key: UUID, picture: bytes = b"", picture_type: str = "") -> EmailMessage:
    """Plain text and HTML with the same words; the logo lies inside, so that no mail program has to fetch it."""
    tenant, reader = pen.tenant, pen.reader
    mail = EmailMessage(policy=SMTP.clone(max_line_length=120))
    mail["Subject"] = one_line(letter.subject)
    mail["From"] = Address(one_line(tenant.name), addr_spec=tenant.sender)
    mail["To"] = Address(one_line(reader.name), addr_spec=reader.email)
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Message-ID"] = f"<{key}@{tenant.sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["Content-Language"] = reader.language
    shown = {
        "letter": letter,
        "tenant": tenant,
        "reader": reader,
        "language": reader.language,
        "colours": palette(tenant.branding.primary, tenant.branding.accent),
        "logo": "cid:logo" if picture else "",
        "portal": pen.link("/"),
    }
    room = templates(reader.language)
    mail.set_content(room.get_template("mails/letter.txt").render(shown), cte="quoted-printable")
    html = mrml.to_html(room.get_template("mails/letter.html").render(shown)).content
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    if picture:
        part = mail.get_payload()[1]  # type: ignore[index]
        assert isinstance(part, EmailMessage)
        part.add_related(picture, "image", PICTURES[picture_type], cid="<logo>", disposition="inline")
    return mail


def one_line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
