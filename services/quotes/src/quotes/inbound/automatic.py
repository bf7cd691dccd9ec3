"""Tells mails of machines from mails of people, so that no absence note becomes an answer and no loop begins."""

from __future__ import annotations

import re

from quotes.inbound.headers import Headers
from quotes.inbound.mail import Automatic

LOOP_HEADER = "X-Hoftor-Conversation"

_SILENCE = {"all", "autoreply", "oof"}
_ABSENT = re.compile(
    r"^\s*(?:(?:re|aw|antwort):\s*)*(?:automatische antwort|automatic reply|auto(?:matic)?[ -]?(?:re(?:ply|sponse))?:"
    r"|abwesenheit|out of (?:the )?office|nicht im büro|abwesend|urlaub\b)",
    re.IGNORECASE,
)
_ABSENT_IN_TEXT = re.compile(
    r"nicht (?:im büro|am arbeitsplatz|im haus|erreichbar)|abwesend|abwesenheit|im urlaub|nicht gelesen"
    r"|nicht (?:automatisch )?weitergeleitet|out of (?:the )?office|on (?:annual leave|vacation|holiday)"
    r"|limited access to (?:my )?e-?mail",
    re.IGNORECASE,
)
_ABSENT_HEADERS = {"x-ms-exchange-inbox-rules-loop", "x-ms-exchange-generated-message-source", "x-vacation"}
_POSTMASTERS = ("mailer-daemon@", "postmaster@")


def why_automatic(headers: Headers, sender: str, subject: str, text: str) -> Automatic | None:
    """A reason, or None for a mail that a person wrote."""
    if any(name.startswith("x-hoftor-") for name in headers.names()):
        return Automatic.loop
    kind = headers.first("content-type").lower()
    returns_to = headers.first("return-path").strip()
    submitted = headers.first("auto-submitted").lower().partition(";")[0].strip()
    about_absence = bool(_ABSENT.match(subject))
    if kind.startswith("multipart/report") or "x-failed-recipients" in headers:
        return Automatic.bounce
    if sender.lower().startswith(_POSTMASTERS):
        return Automatic.bounce
    if about_absence and (_ABSENT_HEADERS & headers.names() or _ABSENT_IN_TEXT.search(text[:4000])):
        return Automatic.absence
    if submitted not in {"", "no"}:
        return Automatic.absence if about_absence else Automatic.answered_by_machine
    if _SILENCE & {part.strip().lower() for part in headers.first("x-auto-response-suppress").split(",")}:
        return Automatic.absence if about_absence else Automatic.answered_by_machine
    if {"x-autoreply", "x-autorespond"} & headers.names():
        return Automatic.answered_by_machine
    if "<>" in returns_to.replace(" ", ""):
        return Automatic.bounce
    precedence = headers.first("precedence").lower().strip()
    if precedence in {"auto_reply", "auto-reply"}:
        return Automatic.answered_by_machine
    if "list-id" in headers or precedence == "list":
        return Automatic.mailing_list
    return Automatic.bulk if precedence in {"bulk", "junk"} else None
