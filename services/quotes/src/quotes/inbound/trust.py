"""Decides whether a mail is an answer of the firm: who may speak for it, and which mails a person has to look at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from quotes.inbound.mail import InboundMail

# Anybody can have an address there: only the firm's own one counts, not its domain.
_FREE_MAIL = {
    *("gmail.com", "googlemail.com", "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "web.de", "t-online.de", "freenet.de"),
    *("outlook.com", "outlook.de", "hotmail.com", "hotmail.de", "live.de", "live.com", "yahoo.com", "yahoo.de"),
    *("icloud.com", "me.com", "mac.com", "aol.com", "aol.de", "mail.de", "posteo.de", "mailbox.org", "arcor.de"),
    *("online.de", "vodafone.de", "proton.me", "protonmail.com", "kabelmail.de", "ewe.net", "magenta.de"),
}
_RESULT = re.compile(r"\b(dmarc|spf|dkim)\s*=\s*([a-z]+)", re.IGNORECASE)
_SIGNED_BY = re.compile(r"header\.(?:d|i)\s*=\s*\"?(?:[^@\s;\"]*@)?([a-z0-9.-]+)", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]*\)")


class Doubt(StrEnum):
    """Why a mail is put aside for a person to look at."""

    no_sender = "The mail names no sender, or several."
    no_conversation = "The mail belongs to no conversation that is known."
    stranger = "The sender does not belong to the firm."
    forged = "The mail server reports that the sender is forged."
    empty = "The mail holds neither text nor files."
    unreadable = "The mail cannot be read."
    too_large = "The mail is too large."
    altered = "A mail with the same id has been taken over, but with another content."
    failed = "The mail could not be taken over."


@dataclass(frozen=True)
class Firm:
    """The addresses by which a firm is known to the portal."""

    tenant: UUID
    quote_address: str
    sender: str

    def owns(self, address: str) -> bool:
        own = {self.quote_address.lower(), self.sender.lower()}
        domains = {mine.rpartition("@")[2] for mine in own} - _FREE_MAIL
        return address.lower() in own or address.lower().rpartition("@")[2] in domains


def doubt_about(mail: InboundMail, firm: Firm | None) -> Doubt | None:
    """None: the mail is an answer of the firm. `firm` is that of the conversation, None if there is none."""
    if not mail.sender:
        return Doubt.no_sender
    if firm is None:
        return Doubt.no_conversation
    if not firm.owns(mail.sender):
        return Doubt.stranger
    if is_forged(mail):
        return Doubt.forged
    if not mail.text.strip() and not mail.attachments and not mail.refused_attachments:
        return Doubt.empty
    return None


def is_forged(mail: InboundMail) -> bool:
    """Whether our mail server says so. A mail without its report is not doubted for that: few servers write one."""
    headers = [_COMMENT.sub("", header) for header in mail.authentication]
    if not headers:
        return False
    # Only the server that wrote the topmost header is ours; what stands below may come from the sender.
    server = _server(headers[0])
    found: dict[str, set[str]] = {"dmarc": set(), "spf": set(), "dkim": set()}
    domain = mail.sender.lower().rpartition("@")[2]
    for header in headers:
        if _server(header) != server:
            break
        for part in header.split(";")[1:]:
            result = _RESULT.search(part)
            if not result:
                continue
            method, outcome = result[1].lower(), result[2].lower()
            signer = _SIGNED_BY.search(part)
            if method == "dkim" and outcome == "pass" and not (signer and _same_house(signer[1].lower(), domain)):
                continue
            found[method].add(outcome)
    if found["dmarc"] & {"pass", "fail"}:
        return "fail" in found["dmarc"]
    return "fail" in found["spf"] and "pass" not in found["dkim"]


def _server(header: str) -> str:
    return header.partition(";")[0].split(" ")[0].strip().lower()


def _same_house(signer: str, domain: str) -> bool:
    return signer == domain or domain.endswith(f".{signer}") or signer.endswith(f".{domain}")
