"""Shows the mails that were put aside, and takes one over after all: `python -m quotes.quarantine`.

list            mails that were put aside, and mails to sales that did not get there for certain
list --all      automatic and repeated mails as well
show <id>       what the mail says
release <id> [<conversation>]   takes it over for the conversation that it names, or for the one given
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from dataclasses import replace
from uuid import UUID

from chassis.asking import ask
from chassis.decider import Asker, Refused
from chassis.files import Files
from chassis.keys import derive
from chassis.settings import Settings
from psycopg import AsyncConnection

from quotes import inbox
from quotes.inbound.mail import InboundMail, UnreadableMail
from quotes.inbound.read import read_mail
from quotes.inbound.thread import which_conversation
from quotes.inbox import Record, Status
from quotes.mails import reply_mailbox
from quotes.taking import answer_of, message_of, repeated_as

_OPERATOR = "operator"


class NotReleased(Exception):
    """The mail stays where it is; the text says why."""


async def list_mails(settings: Settings, *, everything: bool) -> list[str]:
    statuses = [Status.quarantined, *([Status.automatic, Status.ignored] if everything else [])]
    async with await AsyncConnection.connect(settings.database_url) as conn:
        lines = [line_of(row) for row in await inbox.listed(conn, statuses)]
        found = await conn.execute(
            "SELECT began, recipient, status, subject, detail FROM sent_mails"
            " WHERE status IN ('unknown', 'refused') ORDER BY began DESC LIMIT 100"
        )
        lost = [
            f"{began:%Y-%m-%d %H:%M}  {status:<12} to {recipient}  „{subject}“  {detail}"
            for began, recipient, status, subject, detail in await found.fetchall()
        ]
    return [*(lines or ["No mail has been put aside."]), *(["", "To sales, not for certain:", *lost] if lost else [])]


def line_of(row: Record) -> str:
    when = f"{row.arrived:%Y-%m-%d %H:%M}" if row.arrived else ""
    conversation = f"  conversation {row.quote}" if row.quote else ""
    return f"{row.id}  {when}  {row.status:<12} {row.sender or '?'}  „{row.subject}“{conversation}  {row.reason}"


async def show(settings: Settings, beginning: str) -> list[str]:
    row, mail = await looked_up(settings, beginning)
    files = ", ".join(file.name for file in mail.attachments) or "none"
    return [line_of(row), f"Files: {files}", "", mail.full_text]


async def release(settings: Settings, beginning: str, given: UUID | None = None) -> str:
    """Takes the mail over through the running room. NotReleased or Refused if it cannot be; ConnectionError if down."""
    row, mail = await looked_up(settings, beginning)
    if row.status is Status.taken:
        raise NotReleased(f"It has been taken over already, for the conversation {row.quote}.")
    async with await AsyncConnection.connect(settings.database_url) as conn:
        quote = given or row.quote or await named(settings, conn, mail)
        if quote is None:
            raise NotReleased("It names no conversation. Please add the id of the one that it belongs to.")
        tenant = await inbox.firm_of(conn, quote)
        if tenant is None:
            raise NotReleased(f"There is no conversation {quote}.")
        before = await inbox.taken_before(conn, quote, mail.message_id)
    message = message_of(quote, mail) if before is None else repeated_as(quote, row.raw)
    taken = replace(
        row, status=Status.taken, reason="Released by the operator.", tenant=tenant, quote=quote, message=message
    )
    url = settings.url_of("quotes") or f"http://127.0.0.1:{settings.port}"
    command = await answer_of(Files(settings.files), mail, taken)
    await ask(url, settings.secret, command, Asker(tenant, "operator", _OPERATOR))
    async with await AsyncConnection.connect(settings.database_url) as conn:
        await inbox.record(conn, taken)
    return f"Taken over for the conversation {quote}."


async def looked_up(settings: Settings, beginning: str) -> tuple[Record, InboundMail]:
    async with await AsyncConnection.connect(settings.database_url) as conn:
        row = await inbox.one(conn, beginning)
    if row is None:
        raise NotReleased(f"There is no mail {beginning}, or there are several.")
    try:
        return row, read_mail(await Files(settings.files).get(row.raw))
    except UnreadableMail as error:
        raise NotReleased(f"It cannot be read: {error} The mail itself is the file {row.raw}.") from error


async def named(settings: Settings, conn: AsyncConnection, mail: InboundMail) -> UUID | None:
    known = await inbox.conversations_of(conn, mail.references)
    secret = derive(settings.secret, "quotes")
    found = which_conversation(mail, secret, reply_mailbox(settings.imap_url), known)
    return found.conversation if found else None


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m quotes.quarantine", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list").add_argument("--all", action="store_true")
    commands.add_parser("show").add_argument("id")
    releasing = commands.add_parser("release")
    releasing.add_argument("id")
    releasing.add_argument("conversation", nargs="?", type=UUID)
    given = parser.parse_args()
    settings = Settings()
    try:
        match given.command:
            case "list":
                print("\n".join(asyncio.run(list_mails(settings, everything=given.all))))
            case "show":
                print("\n".join(asyncio.run(show(settings, given.id))))
            case _:
                print(asyncio.run(release(settings, given.id, given.conversation)))
    except (NotReleased, Refused, ConnectionError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
