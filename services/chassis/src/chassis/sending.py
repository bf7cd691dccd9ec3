"""Sends each mail once: never twice, and what is uncertain is shown to the operator, not guessed."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit
from uuid import UUID

import aiosmtplib
from psycopg_pool import AsyncConnectionPool

SENT_MAILS = """
CREATE TABLE IF NOT EXISTS sent_mails (
    event uuid PRIMARY KEY,
    tenant uuid NOT NULL,
    thread uuid NOT NULL,
    message_id text NOT NULL,
    recipient text NOT NULL,
    subject text NOT NULL,
    status text NOT NULL CHECK (status IN ('waiting', 'sending', 'sent', 'unknown', 'refused')),
    detail text NOT NULL DEFAULT '',
    began timestamptz NOT NULL DEFAULT now(),
    ended timestamptz
);
CREATE INDEX IF NOT EXISTS sent_mails_of_thread ON sent_mails (thread, began)
"""
"""What became of each mail: `event` caused it, `thread` is the conversation or thing that it is about."""

_SECONDS = 60


class MailServerBusy(ConnectionError):
    """The mail server cannot take the mail now; it is certain that it has not taken it."""


@dataclass(frozen=True)
class Outgoing:
    event: UUID
    tenant: UUID
    thread: UUID
    sender: str
    recipient: str
    mail: EmailMessage


async def is_settled(pool: AsyncConnectionPool, event: UUID) -> bool:
    """Whether nothing is left to do. A mail found in `sending` fell to a crash: whether it went out is unknown."""
    async with pool.connection() as conn:
        await conn.execute(
            "UPDATE sent_mails SET status = 'unknown', ended = now(), detail = 'The portal stopped while sending.'"
            " WHERE event = %s AND status = 'sending'",
            [event],
        )
        found = await conn.execute("SELECT status FROM sent_mails WHERE event = %s", [event])
        row = await found.fetchone()
    return row is not None and row[0] != "waiting"


async def send(pool: AsyncConnectionPool, smtp_url: str, outgoing: Outgoing) -> str:
    """The state in which the mail is now: sent, refused or unknown. MailServerBusy: try again later."""
    try:
        async with connected(smtp_url) as client:
            await client.mail(outgoing.sender)
            await client.rcpt(outgoing.recipient)
            await settle(pool, outgoing, "sending")
            return await hand_over(pool, client, outgoing)
    except aiosmtplib.SMTPResponseException as error:
        if error.code >= 500 and not isinstance(error, aiosmtplib.SMTPAuthenticationError):
            return await settle(pool, outgoing, "refused", f"{error.code} {error.message}")
        raise MailServerBusy(f"{error.code} {error.message}") from error
    except (aiosmtplib.SMTPException, OSError) as error:
        raise MailServerBusy(str(error)) from error


async def hand_over(pool: AsyncConnectionPool, client: aiosmtplib.SMTP, outgoing: Outgoing) -> str:
    try:
        await client.data(outgoing.mail.as_bytes())
    except aiosmtplib.SMTPResponseException as error:
        # An answer other than 250 says that the mail was not taken.
        if error.code >= 500:
            return await settle(pool, outgoing, "refused", f"{error.code} {error.message}")
        await settle(pool, outgoing, "waiting", f"{error.code} {error.message}")
        raise
    except (aiosmtplib.SMTPException, OSError) as error:
        return await settle(pool, outgoing, "unknown", f"The connection broke while sending: {error}")
    return await settle(pool, outgoing, "sent")


async def settle(pool: AsyncConnectionPool, outgoing: Outgoing, status: str, detail: str = "") -> str:
    async with pool.connection() as conn:
        await conn.execute(
            "INSERT INTO sent_mails (event, tenant, thread, message_id, recipient, subject, status, detail, ended)"
            " VALUES (%(event)s, %(tenant)s, %(thread)s, %(id)s, %(to)s, %(subject)s, %(status)s, %(detail)s,"
            " CASE WHEN %(status)s IN ('sent', 'unknown', 'refused') THEN now() END)"
            " ON CONFLICT (event) DO UPDATE SET status = excluded.status, detail = excluded.detail,"
            " ended = excluded.ended",
            {
                "event": outgoing.event,
                "tenant": outgoing.tenant,
                "thread": outgoing.thread,
                "id": str(outgoing.mail["Message-ID"]).strip(),
                "to": outgoing.recipient,
                "subject": str(outgoing.mail["Subject"]),
                "status": status,
                "detail": detail[:1000].replace("\0", ""),
            },
        )
    return status


def connected(url: str) -> aiosmtplib.SMTP:
    """smtp://… (with STARTTLS where the server offers it) or smtps://…, user and password in the address."""
    parts = urlsplit(url)
    return aiosmtplib.SMTP(
        hostname=parts.hostname or "localhost",
        port=parts.port,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        use_tls=parts.scheme == "smtps",
        timeout=_SECONDS,
    )
