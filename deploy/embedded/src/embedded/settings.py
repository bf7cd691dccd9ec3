"""What can be set about a start on one machine: ports, the folder of the data, and servers that are there already."""

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path
from urllib.parse import quote, urlsplit

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).parents[4]
MAIL_PASSWORD = "hoftor"


class Settings(BaseSettings):
    """From the environment: `HOFTOR_…`; for existing servers `KAFKA_URL`, `DATABASE_URL`, `SMTP_URL`, `IMAP_URL`."""

    model_config = SettingsConfigDict(env_prefix="HOFTOR_", extra="ignore", populate_by_name=True)

    portal_port: int = 8080
    desk_port: int = 8090
    bridge_port: int = 8070
    identity_port: int = 8101
    catalog_port: int = 8102
    orders_port: int = 8103
    quotes_port: int = 8104
    billing_port: int = 8105
    mail_page_port: int = 8025
    smtp_port: int = 8026
    imap_port: int = 8027
    postgres_port: int = 8432
    kafka_port: int = 8092
    kafka_controller_port: int = 8093

    data: Path = ROOT / "var"
    portal_url: str = ""
    portal_mailbox: str = "portal@hoftor.example"
    """Where answers to quotes arrive; `portal+anything@…` arrives there too."""
    secret: str = ""
    demo: bool = True
    otlp_url: str = ""
    """Where the rooms send their traces (OTLP over HTTP); empty: nowhere."""
    quick: bool = False
    """PostgreSQL without waiting for the disk: for tests, whose data may be lost with the machine."""

    kafka_url: str = Field("", validation_alias="KAFKA_URL")
    database_url: str = Field("", validation_alias="DATABASE_URL")
    smtp_url: str = Field("", validation_alias="SMTP_URL")
    imap_url: str = Field("", validation_alias="IMAP_URL")

    @property
    def kafka(self) -> str:
        """host:port, several with commas."""
        return self.kafka_url.removeprefix("kafka://").rstrip("/") or f"127.0.0.1:{self.kafka_port}"

    @property
    def postgres(self) -> str:
        """The URL with which roles and databases are created."""
        password = self.derived("postgres")
        return self.database_url or f"postgresql://postgres:{password}@127.0.0.1:{self.postgres_port}/postgres"

    @property
    def smtp(self) -> str:
        return self.smtp_url or f"smtp://127.0.0.1:{self.smtp_port}"

    @property
    def imap(self) -> str:
        user = quote(self.portal_mailbox, safe="")
        return self.imap_url or f"imap://{user}:{MAIL_PASSWORD}@127.0.0.1:{self.imap_port}"

    @property
    def portal(self) -> str:
        return self.portal_url or f"http://localhost:{self.portal_port}"

    @property
    def mail_is_ours(self) -> bool:
        return not (self.smtp_url and self.imap_url)

    def the_secret(self) -> str:
        """From HOFTOR_SECRET, else drawn once and kept, readable for its owner only."""
        if self.secret:
            return self.secret
        path = self.data / "secret"
        if not path.exists():
            self.data.mkdir(parents=True, exist_ok=True)
            drawn = path.with_suffix(f".{secrets.token_hex(8)}")
            with os.fdopen(os.open(drawn, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
            # A link does not replace: of several that start at once all take the secret of the first.
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(drawn)
            drawn.unlink()
        return path.read_text().strip()

    def derived(self, purpose: str) -> str:
        """A password for one purpose, the same at every start."""
        return hmac.new(self.the_secret().encode(), purpose.encode(), hashlib.sha256).hexdigest()[:40]

    def database(self, role: str, name: str) -> str:
        """The URL of one service's own database, with its own role."""
        admin = urlsplit(self.postgres)
        place = admin.netloc.rpartition("@")[2]
        return admin._replace(netloc=f"{role}:{self.derived(role)}@{place}", path=f"/{name}").geturl()
