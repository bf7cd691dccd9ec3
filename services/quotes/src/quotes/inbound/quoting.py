"""Recognises the line or block with which a mail program announces the mail that is being answered."""

from __future__ import annotations

import re

from mailparser_reply import EmailMessage

REPLY_ABOVE = "Bitte antworten Sie oberhalb dieser Zeile."

_WINDOW = 12  # lines: the longest block has From, Sent, To, Cc, Subject and wrapped recipients
_WIDTH = 240  # characters of a line that are looked at; the patterns take cubic time in it
_MOST = 60  # places that are looked at
_HEADER = EmailMessage(text="", languages=["de", "en"]).HEADER_REGEX
_MAY_BEGIN = re.compile(
    r"(?:Am|On|Von|From|Gesendet|Sent|Datum|Date|An|To|Betreff|Subject)\b|\S.{0,200}\b(?:schrieb am|wrote on)\b"
)
_LABEL = re.compile(r"^(Von|From|Gesendet|Sent|Datum|Date|An|To|Betreff|Subject):", re.MULTILINE | re.IGNORECASE)
_OTHER_LABELS = {"Gesendet am:": "Gesendet:", "Kopie:": "Cc:", "Antwort an:": "Cc:", "Reply-To:": "Cc:"}
_SAME = {"from": "von", "sent": "datum", "gesendet": "datum", "date": "datum", "to": "an", "subject": "betreff"}
_WROTE_ON = re.compile(r"\S.{0,160}\b(?:schrieb am|wrote on)\b.{6,80}:$")
_BY_MYSELF = re.compile(r"\b(?:schrieb(?:en)? (?:ich|wir)|(?:I|we) wrote)\b", re.IGNORECASE)
_MOMENT = re.compile(r"\d{1,2}[:.]\d{2}\b")
_SEPARATOR = re.compile(
    r"^[-_*=\s]{0,60}(?:(?:Ursprüngliche|Weitergeleitete) (?:Nachricht|E-Mail|Mail)|Original[ -]?Nachricht"
    r"|Original (?:Message|Appointment)|(?:Begin )?Forwarded message|Anfang der weitergeleiteten (?:Nachricht|E-Mail)"
    r"|Ursprünglicher Termin)\b.{0,200}?[-_*=:]\s*$",
    re.IGNORECASE,
)


class Announcement:
    """Where the history begins: `first` its first line, `body` the first line after the announcement."""

    def __init__(self, first: int, body: int, marks_quotes: bool) -> None:
        self.first, self.body, self.marks_quotes = first, body, marks_quotes


def announcement(lines: list[str]) -> Announcement | None:
    """The first announcement that is one beyond doubt; a customer must not lose a sentence to a guess."""
    looked_at = 0
    for number, line in enumerate(lines):
        start = line[:_WIDTH].strip(" *\t")
        if REPLY_ABOVE in start and not start.startswith(">"):
            return Announcement(number, len(lines), False)
        if _SEPARATOR.match(start):
            return Announcement(number, len(lines), False)
        if looked_at < _MOST and _MAY_BEGIN.match(start):
            looked_at += 1
            if found := _wrote(lines, number) or _block(lines, number):
                return found
    return None


def _wrote(lines: list[str], number: int) -> Announcement | None:
    """`Am 5. Mai 2025 um 10:12 schrieb …:`, wrapped over up to three lines."""
    text = ""
    for end in range(number, min(number + 3, len(lines))):
        text = f"{text} {lines[end][:_WIDTH].strip(' *')}".strip()
        if text.endswith(":"):
            break
    else:
        return None
    if not (_HEADER.fullmatch(text) or _WROTE_ON.fullmatch(text)) or _BY_MYSELF.search(text):
        return None
    below = next((line for line in lines[end + 1 : end + 4] if line.strip()), "")
    sure = "@" in text or _MOMENT.search(text) or below.startswith(">")
    return Announcement(number, end + 1, below.startswith(">")) if sure else None


def _block(lines: list[str], number: int) -> Announcement | None:
    """`Von: … Gesendet: … An: … Betreff: …` of Outlook; two addresses of a transport alone are none."""
    window = [line[:_WIDTH].replace("*", "").strip() for line in lines[number : number + _WINDOW]]
    for label, known in _OTHER_LABELS.items():
        window = [known + line[len(label) :] if line.startswith(label) else line for line in window]
    match = _HEADER.match("\n".join(window))
    if not match:
        return None
    labels = {_SAME.get(label.lower(), label.lower()) for label in _LABEL.findall(match[0])}
    sure = "von" in labels and len(labels) >= 3 and ("betreff" in labels or "@" in match[0])
    return Announcement(number, len(lines), False) if sure else None
