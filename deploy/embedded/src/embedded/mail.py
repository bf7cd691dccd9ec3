"""The mail server for trying things out: SMTP, IMAP and a page to read and answer mails; nothing leaves the machine."""

import sys

from embedded.leash import Leash
from embedded.process import Process, answers
from embedded.settings import MAIL_PASSWORD, Settings


def mail(settings: Settings, leash: Leash) -> Process:
    ports = (settings.smtp_port, settings.imap_port, settings.mail_page_port)

    async def ready() -> bool:
        return all([await answers(port) for port in ports])

    return Process(
        name="Mail",
        command=[
            *(sys.executable, "-m", "embedded.mail_server", "--folder", str(settings.data.resolve() / "mail")),
            *("--smtp-port", str(settings.smtp_port), "--imap-port", str(settings.imap_port)),
            *("--page-port", str(settings.mail_page_port)),
            *("--user", settings.portal_mailbox, "--password", MAIL_PASSWORD),
        ],
        log=settings.data / "logs" / "mail.log",
        leash=leash,
        ready=ready,
    )
