"""Mailboxes that survive: each mail is a file, and what IMAP changes about it is written beside it."""

import json
import os
from datetime import datetime
from email.message import Message
from pathlib import Path
from typing import TypedDict
from urllib.parse import quote, unquote

from mail_devel.mailbox import TestMailboxDict
from pymap.backend.dict import Config
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxData
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials.flag import Flag

INDEX = "index.json"


class Index(TypedDict):
    """What a mailbox must not forget: numbers once given are given to no other mail, and clients rely on them."""

    validity: int
    highest: int
    flags: dict[str, list[str]]


class Mailboxes(TestMailboxDict):
    """Those of mail-devel, with a folder that keeps them; `name+anything@…` is delivered to `name@…`."""

    def __init__(self, config: Config, folder: Path) -> None:
        super().__init__(config, FilterSet(), multi_user=True)
        self.folder = folder
        self._kept: dict[tuple[str, str], int] = {}

    def apply_alias(self, address: str) -> str:
        local, _, domain = address.strip().lower().rpartition("@")
        return f"{local.partition('+')[0]}@{domain}"

    async def deliver(self, address: str, content: bytes, when: datetime | None = None) -> None:
        """On the disk when this returns."""
        account, when = self.apply_alias(address), when or datetime.now()
        box = await (await self.get(account)).get_mailbox("INBOX")
        message = await box.append(AppendMessage(literal=content, when=when, flag_set=frozenset()))
        write(self.folder_of(account, "INBOX") / f"{message.uid}.eml", content, when)

    async def append(self, message: Message, flags: frozenset[Flag], mailbox: str = "INBOX") -> None:
        """What somebody sends from the page goes to those whom the headers name."""
        await super().append(message, flags, mailbox)
        await self.keep()

    def folder_of(self, account: str, mailbox: str) -> Path:
        return self.folder / quote(account, safe="@+") / quote(mailbox, safe="")

    async def keep(self) -> None:
        """Brings the folder up to date with what has changed since the last time."""
        for account, (boxes, _) in list(self.config.set_cache.items()):
            for entry in (await boxes.list_mailboxes()).list():
                box = await boxes.get_mailbox(entry.name)
                changed = box._mod_sequences.highest
                if self._kept.get((account, entry.name)) != changed:
                    keep_index(self.folder_of(account, entry.name), box)
                    self._kept[account, entry.name] = changed

    async def load(self) -> int:
        """The mails of the last time, with their numbers and flags; how many they are."""
        found = 0
        for folder in sorted(self.folder.glob("*/*/")):
            boxes = await self.get(unquote(folder.parent.name))
            box = await boxes.get_mailbox(unquote(folder.name))
            path = folder / INDEX
            index = Index(validity=box.uid_validity, highest=0, flags={})
            if path.exists():
                index.update(json.loads(path.read_text()))
            box._uid_validity = index["validity"]
            for path in sorted(folder.glob("*.eml"), key=lambda path: int(path.stem)):
                flags = frozenset(Flag(name.encode()) for name in index["flags"].get(path.stem, []))
                when = datetime.fromtimestamp(path.stat().st_mtime)
                box._max_uid = int(path.stem) - 1
                await box.append(AppendMessage(literal=path.read_bytes(), when=when, flag_set=flags))
                found += 1
            box._max_uid = max(box._max_uid, index["highest"])
        await self.get(self.config.demo_user)
        return found


def keep_index(folder: Path, box: MailboxData) -> None:
    index = Index(validity=box.uid_validity, highest=box._max_uid, flags={})
    for uid, message in box._messages.items():
        index["flags"][str(uid)] = sorted(flag.value.decode() for flag in message.permanent_flags)
        path = folder / f"{uid}.eml"
        if not path.exists() and message._content is not None:
            write(path, bytes(message._content), message.internal_date)
    write(folder / INDEX, json.dumps(index).encode())
    for path in folder.glob("*.eml"):
        if path.stem not in index["flags"]:
            path.unlink()


def write(path: Path, content: bytes, when: datetime | None = None) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".half")
    half.write_bytes(content)
    if when is not None:
        os.utime(half, (when.timestamp(), when.timestamp()))
    half.replace(path)
