"""Runs the mail server for trying things out: mail-devel, with mailboxes that survive and delivery as in real life."""

import argparse
import asyncio
import codecs
import signal
from contextlib import AsyncExitStack, suppress
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from mail_devel.http import Frontend
from mail_devel.service import Service
from pymap.backend.dict.mailbox import Message as StoredMessage

from embedded.mailboxes import Mailboxes

HOST = "127.0.0.1"
LARGEST = 64 * 1024 * 1024


class Post:
    """Delivers to those whom the sender named by RCPT TO, whatever the headers say, and keeps every byte."""

    def __init__(self, mailboxes: Mailboxes) -> None:
        self._mailboxes = mailboxes

    async def handle_RCPT(self, _: SMTP, __: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        if address.lower().endswith(".invalid"):
            return "550 5.1.2 There is no such domain"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        for address in dict.fromkeys(envelope.rcpt_tos):
            arrived = f"Return-Path: <{envelope.mail_from or ''}>\r\nDelivered-To: {address}\r\n".encode()
            await self._mailboxes.deliver(address, arrived + content)
        return "250 OK"


class Page(Frontend):
    """The page of mail-devel, whose „reply“ answers as a mail program does: to Reply-To, from one's own address."""

    async def _message_content(self, msg: StoredMessage) -> bytes:
        content = await super()._message_content(msg)
        return content.decode("utf-8", "replace").encode()

    async def _convert_message(
        self, msg: StoredMessage, *, account: str, mailbox: str, full: bool = False, message: Message | None = None
    ) -> dict[str, Any]:
        if message is not None:
            answer_properly(message, message_from_bytes(await self._message_content(msg)), account)
        return await super()._convert_message(msg, account=account, mailbox=mailbox, full=full, message=message)


def answer_properly(answer: Message, question: Message, account: str) -> None:
    headers = {
        "From": account,
        "To": question["Reply-To"] or question["From"],
        "References": f"{question.get('References', '')} {question.get('Message-Id', '')}".strip(),
    }
    for name, value in headers.items():
        del answer[name]
        answer[name] = value


async def serve(options: argparse.Namespace) -> None:
    given = ["--host", HOST, "--multi-user", "--no-http", "--user", options.user, "--password", options.password]
    service = await Service.init(Service.parse([*given, "--imap-port", str(options.imap_port), "--smtp-port", "0"]))
    assert service.config is not None
    assert service.backend is not None
    assert service.imap is not None
    mailboxes = Mailboxes(service.config, options.folder)
    print(f"{await mailboxes.load()} mails in {options.folder}")

    loop = asyncio.get_running_loop()

    # In this loop and not in a thread of its own, as mail-devel does it: only so does IMAP's IDLE hear of a new mail.
    def smtp() -> SMTP:
        return SMTP(Post(mailboxes), data_size_limit=LARGEST, enable_SMTPUTF8=True, loop=loop)

    page = Page(
        mailboxes, user=options.user, host=HOST, port=options.page_port, client_max_size=LARGEST, multi_user=True
    )
    finished = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, finished.set)
    async with AsyncExitStack() as stack:
        await service.backend.start(stack)
        await service.imap.start(stack)
        stack.push_async_callback((await page.start()).cleanup)
        server = await loop.create_server(smtp, host=HOST, port=options.smtp_port)
        stack.callback(server.close)
        while not finished.is_set():
            await mailboxes.keep()
            with suppress(TimeoutError):
                await asyncio.wait_for(finished.wait(), 0.5)
        await mailboxes.keep()


def main() -> None:
    # Mails with raw 8-bit headers carry this charset's name; the page would stop at it.
    codecs.register(lambda name: codecs.lookup("utf-8") if name.replace("_", "-") == "unknown-8bit" else None)
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    for name in ("smtp", "imap", "page"):
        parser.add_argument(f"--{name}-port", type=int, required=True)
    parser.add_argument("--user", required=True)
    parser.add_argument("--password", required=True)
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
