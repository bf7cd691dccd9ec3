"""What lies in somebody's mailbox on the mail server of the tests."""

from __future__ import annotations

import imaplib
from email import message_from_bytes, policy
from email.message import EmailMessage

from embedded.settings import MAIL_PASSWORD, Settings


def mails_in(settings: Settings, email: str) -> list[EmailMessage]:
    """Oldest first."""
    with imaplib.IMAP4("127.0.0.1", settings.imap_port) as box:
        box.login(email, MAIL_PASSWORD)
        box.select("INBOX")
        numbers = box.search(None, "ALL")[1][0].split()
        answers = [box.fetch(number, "(RFC822)")[1] for number in numbers]
        raw = [part[1] for answer in answers for part in answer if isinstance(part, tuple)]
    made = [message_from_bytes(one, policy=policy.default) for one in raw]
    return [mail for mail in made if isinstance(mail, EmailMessage)]


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    said = part.get_content()
    assert isinstance(said, str)
    return said
