"""Runs quotes: conversations between customers and sales, in the portal on one side and by mail on the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chassis.decider import Asked, Asker, Invalid
from chassis.room import Context, Room, run
from chassis.sending import SENT_MAILS
from chassis.store import Connection
from contracts.base import Event
from contracts.quotes import ReplyToQuote, RequestQuote

from quotes import inbox, views
from quotes.listening import inbound
from quotes.mails import effects
from quotes.quote import quote


async def files_are_there(
    command: RequestQuote | ReplyToQuote, who: Asker, ctx: Context
) -> Mapping[tuple[str, Any], Any]:
    """A file that was never uploaded could not be sent to sales."""
    for file in command.files:
        if not await ctx.files.has(file.sha256):
            raise Invalid("The file %(name)s did not arrive. Please choose it again.", name=file.name, field="files")
    return {}


async def remember_firm(conn: Connection, command: RequestQuote, events: Sequence[Event], asked: Asked) -> None:
    """An answer by mail names a conversation only: the firm must be found by it."""
    if events:
        await inbox.remember_firm(conn, command.quote, asked.who.tenant)


room = Room(
    "quotes",
    deciders=[quote],
    effects=[effects],
    views=[views.tenants, views.customers, views.sites, views.users, views.conversations],
    tables=[SENT_MAILS, *inbox.TABLES],
    tasks=[inbound],
    before={RequestQuote: files_are_there, ReplyToQuote: files_are_there},
    along={RequestQuote: remember_firm},
)

if __name__ == "__main__":
    run(room)
