"""The portal's own mailbox, read by IMAP without changing anything in it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from aioimaplib import IMAP4, IMAP4_SSL, AioImapException
from chassis.backoff import rung

from quotes.inbound.mail import MAX_MAIL

_SECONDS = 120.0  # for one command: a mail of 64 MB takes its time
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_VALIDITY = re.compile(rb"UIDVALIDITY (\d+)", re.IGNORECASE)


class MailboxUnreachable(ConnectionError):
    """The mailbox cannot be read now."""


@dataclass(frozen=True)
class Fetched:
    """`raw` is the whole mail, or its head alone where `too_large`."""

    uid: int
    raw: bytes
    too_large: bool = False


class Mailbox:
    def __init__(self, client: IMAP4, validity: int, lost: asyncio.Event) -> None:
        self._client = client
        self._lost = lost
        self.validity = validity
        """Changes when the server numbers its mails anew."""

    async def after(self, uid: int) -> list[int]:
        """The numbers of the mails that came after this one, oldest first."""
        answer = await self._client.uid_search(f"UID {uid + 1}:*", charset=None)
        _expect_ok(answer.result, "SEARCH")
        found = {int(number) for line in answer.lines for number in line.split() if number.isdigit()}
        # `n:*` always names the last mail, even where its number is smaller.
        return sorted(number for number in _numbers(answer.lines, found) if number > uid)

    async def fetch(self, uid: int) -> Fetched | None:
        """None if the mail has been deleted meanwhile."""
        sized = await self._client.uid("fetch", str(uid), "(UID RFC822.SIZE)")
        _expect_ok(sized.result, "FETCH")
        size = next((int(found[1]) for line in sized.lines if (found := _SIZE.search(bytes(line)))), None)
        if size is None:
            return None
        too_large = size > MAX_MAIL
        part = "BODY.PEEK[HEADER]" if too_large else "BODY.PEEK[]"
        answer = await self._client.uid("fetch", str(uid), f"({part})")
        _expect_ok(answer.result, "FETCH")
        # What is a literal in the protocol comes as a bytearray, all lines of the protocol as bytes.
        raw = next((bytes(line) for line in answer.lines if isinstance(line, bytearray)), None)
        return None if raw is None else Fetched(uid, raw, too_large)

    async def news(self, seconds: float) -> None:
        """Returns when the server tells of something new, at the latest after so many seconds."""
        if not self._client.has_capability("IDLE"):
            await rung(self._lost, seconds)
            return
        idle = await self._client.idle_start(timeout=seconds + 60)
        told = asyncio.ensure_future(self._client.wait_server_push(timeout=seconds))
        lost = asyncio.ensure_future(self._lost.wait())
        try:
            await asyncio.wait({told, lost}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiting in (told, lost):
                waiting.cancel()
            await asyncio.gather(told, lost, return_exceptions=True)
        if self._lost.is_set():
            raise MailboxUnreachable("The mail server closed the connection.")
        self._client.idle_done()
        await asyncio.wait_for(idle, _SECONDS)


def _numbers(lines: list[bytes], found: set[int]) -> set[int]:
    """Without the numbers in the closing sentence, as in `SEARCH completed (0.001 + 0.000 secs)`."""
    listed = [line for line in lines if re.fullmatch(rb"\s*(?:\d+\s*)*", bytes(line))]
    return {int(number) for line in listed for number in bytes(line).split()} & found


def _expect_ok(result: str, command: str) -> None:
    if result != "OK":
        raise MailboxUnreachable(f"The mail server answered {command} with {result}.")


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Mailbox]:
    """imap://user:password@host:port/folder or imaps://…; without a folder INBOX. MailboxUnreachable if it fails."""
    parts = urlsplit(url)
    made = IMAP4_SSL if parts.scheme == "imaps" else IMAP4
    port = parts.port or (993 if parts.scheme == "imaps" else 143)
    client: IMAP4 | None = None
    lost = asyncio.Event()
    try:
        client = made(
            host=parts.hostname or "localhost", port=port, timeout=_SECONDS, conn_lost_cb=lambda _: lost.set()
        )
        await client.wait_hello_from_server()
        answer = await client.login(unquote(parts.username or ""), unquote(parts.password or ""))
        _expect_ok(answer.result, "LOGIN")
        folder = unquote(parts.path.strip("/")) or "INBOX"
        answer = await client.select(f'"{folder}"' if " " in folder else folder)
        _expect_ok(answer.result, "SELECT")
        validity = next((int(found[1]) for line in answer.lines if (found := _VALIDITY.search(bytes(line)))), 0)
        yield Mailbox(client, validity, lost)
    except (AioImapException, OSError, TimeoutError) as error:
        raise MailboxUnreachable(str(error) or type(error).__name__) from error
    finally:
        if client is not None and not lost.is_set():
            with suppress(AioImapException, OSError, TimeoutError):
                await asyncio.wait_for(client.logout(), 5)
