"""What became of every mail that ever arrived: taken over, put aside, or left alone, and the mail itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from chassis.store import Connection

TABLES = (
    """
CREATE TABLE IF NOT EXISTS inbound_mails (
    id uuid PRIMARY KEY,
    raw text NOT NULL,
    arrived timestamptz NOT NULL DEFAULT clock_timestamp(),
    status text NOT NULL CHECK (status IN ('taken', 'quarantined', 'automatic', 'ignored')),
    reason text NOT NULL DEFAULT '',
    tenant uuid,
    quote uuid,
    message uuid,
    message_id text NOT NULL DEFAULT '',
    body text NOT NULL DEFAULT '',
    sender text NOT NULL DEFAULT '',
    subject text NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS inbound_mails_of_quote ON inbound_mails (quote, arrived);
CREATE INDEX IF NOT EXISTS inbound_mails_by_id ON inbound_mails (message_id);
CREATE INDEX IF NOT EXISTS inbound_mails_put_aside ON inbound_mails (arrived) WHERE status = 'quarantined'
""",
    """
CREATE TABLE IF NOT EXISTS mailbox_positions (
    mailbox text PRIMARY KEY,
    validity bigint NOT NULL,
    uid bigint NOT NULL
)
""",
    """
CREATE TABLE IF NOT EXISTS firms_of_quotes (
    quote uuid PRIMARY KEY,
    tenant uuid NOT NULL
)
""",
)


class Status(StrEnum):
    taken = "taken"
    quarantined = "quarantined"
    automatic = "automatic"
    ignored = "ignored"


@dataclass(frozen=True)
class Record:
    """`raw` and `body` are digests: of the mail as it came (it lies in the files), and of what follows its head."""

    id: UUID
    raw: str
    status: Status
    reason: str = ""
    tenant: UUID | None = None
    quote: UUID | None = None
    message: UUID | None = None
    message_id: str = ""
    body: str = ""
    sender: str = ""
    subject: str = ""
    arrived: datetime | None = None


_COLUMNS = "id, raw, status, reason, tenant, quote, message, message_id, body, sender, subject"


def id_of(raw: str) -> UUID:
    """A mail that is read again, because the mailbox was numbered anew, has the id that it had."""
    return uuid5(NAMESPACE_URL, f"mail:{raw}")


async def record(conn: Connection, row: Record) -> None:
    """What a person decided about a mail later replaces what was decided at first."""
    values = [getattr(row, name) for name in _COLUMNS.split(", ")]
    await conn.execute(
        f"INSERT INTO inbound_mails ({_COLUMNS}) VALUES ({', '.join(['%s'] * len(values))})"
        " ON CONFLICT (id) DO UPDATE SET status = excluded.status, reason = excluded.reason,"
        " tenant = excluded.tenant, quote = excluded.quote, message = excluded.message",
        [value.replace("\0", "") if isinstance(value, str) else value for value in values],
    )


async def listed(conn: Connection, statuses: Sequence[Status]) -> list[Record]:
    """The newest first."""
    found = await conn.execute(
        f"SELECT {_COLUMNS}, arrived FROM inbound_mails WHERE status = ANY(%s) ORDER BY arrived DESC LIMIT 500",
        [list(statuses)],
    )
    return [_record(row) for row in await found.fetchall()]


async def known(conn: Connection, mail: UUID) -> Record | None:
    found = await conn.execute(f"SELECT {_COLUMNS}, arrived FROM inbound_mails WHERE id = %s", [mail])
    row = await found.fetchone()
    return None if row is None else _record(row)


async def one(conn: Connection, beginning: str) -> Record | None:
    """By its id or the beginning of it; None if there is no such mail, or several."""
    found = await conn.execute(
        f"SELECT {_COLUMNS}, arrived FROM inbound_mails WHERE starts_with(id::text, %s) LIMIT 2", [beginning.lower()]
    )
    rows = await found.fetchall()
    return _record(rows[0]) if len(rows) == 1 else None


def _record(row: tuple[Any, ...]) -> Record:
    mail, raw, status, *rest = row
    return Record(mail, raw, Status(status), *rest)


async def taken_before(conn: Connection, quote: UUID, message_id: str) -> str | None:
    """The digest of the body of the mail with this Message-ID that the conversation has already; None if none."""
    found = await conn.execute(
        "SELECT body FROM inbound_mails WHERE quote = %s AND message_id = %s AND status = 'taken' LIMIT 1",
        [quote, message_id],
    )
    row = await found.fetchone()
    return None if row is None else str(row[0])


async def conversations_of(conn: Connection, message_ids: Sequence[str]) -> dict[str, UUID]:
    """The conversations of mails that were taken over: sales goes on from its own mail."""
    found = await conn.execute(
        "SELECT message_id, quote FROM inbound_mails WHERE message_id = ANY(%s) AND status = 'taken'",
        [list(message_ids)],
    )
    return {row[0]: row[1] for row in await found.fetchall()}


# -- the firm of a conversation ----------------------------------------------------------------------------------


async def remember_firm(conn: Connection, quote: UUID, tenant: UUID) -> None:
    await conn.execute(
        "INSERT INTO firms_of_quotes (quote, tenant) VALUES (%s, %s) ON CONFLICT DO NOTHING", [quote, tenant]
    )


async def firm_of(conn: Connection, quote: UUID) -> UUID | None:
    found = await conn.execute("SELECT tenant FROM firms_of_quotes WHERE quote = %s", [quote])
    row = await found.fetchone()
    return None if row is None else UUID(str(row[0]))


# -- how far the mailbox has been read ---------------------------------------------------------------------------


async def position(conn: Connection, mailbox: str, validity: int) -> int:
    """The number of the last mail that was read; 0 when the server has numbered its mails anew."""
    found = await conn.execute("SELECT validity, uid FROM mailbox_positions WHERE mailbox = %s", [mailbox])
    row = await found.fetchone()
    return int(row[1]) if row and row[0] == validity else 0


async def advance(conn: Connection, mailbox: str, validity: int, uid: int) -> None:
    await conn.execute(
        "INSERT INTO mailbox_positions (mailbox, validity, uid) VALUES (%s, %s, %s)"
        " ON CONFLICT (mailbox) DO UPDATE SET validity = excluded.validity, uid = excluded.uid",
        [mailbox, validity, uid],
    )
