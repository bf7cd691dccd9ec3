"""Sales' mail program: it quotes what it answers, and names the mail that it answers."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def reply_to(question: EmailMessage, text: str, sender: str, **files: bytes) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"Jens Krüger <{sender}>"
    mail["To"] = str(question["Reply-To"])
    mail["Subject"] = f"AW: {question['Subject']}"
    mail["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    mail["In-Reply-To"] = str(question["Message-ID"])
    mail["References"] = f"{question.get('References', '')} {question['Message-ID']}".strip()
    body = question.get_body(("plain",))
    history = "\n".join(f"> {line}" for line in (body.get_content() if body else "").splitlines())
    mail.set_content(f"{text}\n\nAm 24.11.2026 um 10:12 schrieb {question['From']}:\n\n{history}\n")
    for name, content in files.items():
        mail.add_attachment(content, maintype="application", subtype="pdf", filename=f"{name}.pdf")
    return mail


def reply_address_of(question: EmailMessage) -> str:
    return str(question["Reply-To"].addresses[0].addr_spec)
