"""Listens to the portal's mailbox and reads what arrives, one mail after the other."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import structlog
from chassis.room import Context

from quotes import inbox
from quotes.mailbox import Mailbox, opened
from quotes.mails import QuoteSettings, reply_mailbox
from quotes.taking import take

_ONLY_ONE = 4711044  # of all replicas reads the mailbox: a mail read twice costs time, though it is taken once


async def inbound(ctx: Context) -> None:
    """Runs until something fails: the room starts it again, more and more slowly."""
    if not ctx.settings.imap_url:
        structlog.get_logger().warning("no mailbox is named: answers of sales will not arrive (HOFTOR_IMAP_URL)")
        await asyncio.Event().wait()
    reply_mailbox(ctx.settings.imap_url)
    settings = QuoteSettings()
    async with ctx.single.connection() as conn:
        while True:
            found = await conn.execute("SELECT pg_try_advisory_lock(%s)", [_ONLY_ONE])
            if (await found.fetchone() or (False,))[0]:
                break
            await asyncio.sleep(settings.poll_seconds)
        try:
            async with opened(ctx.settings.imap_url) as mailbox:
                while True:
                    # Fails when the connection broke, and with it the lock.
                    await conn.execute("SELECT 1")
                    await read_new(ctx, mailbox)
                    await mailbox.news(settings.poll_seconds)
        finally:
            # The connection goes back into the pool: what it locks would stay locked.
            if not conn.broken:
                await conn.execute("SELECT pg_advisory_unlock(%s)", [_ONLY_ONE])


async def read_new(ctx: Context, mailbox: Mailbox) -> None:
    name = name_of(ctx.settings.imap_url)
    async with ctx.single.connection() as conn:
        known = await inbox.position(conn, name, mailbox.validity)
    for uid in await mailbox.after(known):
        fetched = await mailbox.fetch(uid)
        if fetched is not None:
            await take(ctx, fetched)
        async with ctx.single.connection() as conn:
            await inbox.advance(conn, name, mailbox.validity, uid)


def name_of(url: str) -> str:
    """Of the mailbox, without its password."""
    parts = urlsplit(url)
    return f"{parts.username or ''}@{parts.hostname or 'localhost'}{parts.path.rstrip('/')}"
