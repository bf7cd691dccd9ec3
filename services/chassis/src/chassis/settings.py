"""What a room is told from outside: its port, its database, Kafka, mail and where the others are."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PARTITIONS = 4
"""Of every topic; part of the stored log, so it does not change."""


class Settings(BaseSettings):
    """From the environment, `HOFTOR_…`."""

    model_config = SettingsConfigDict(env_prefix="HOFTOR_", extra="ignore")

    secret: str = Field(min_length=16, repr=False)
    host: str = "127.0.0.1"
    port: int
    """For the other rooms, probes and Prometheus."""
    public_port: int = 0
    """For the world: there is nothing but the room's own routes. 0: no such port."""
    database_url: str
    kafka_url: str
    smtp_url: str = ""
    imap_url: str = ""
    files: str = "memory:///"
    """Where file contents lie: file:///folder, s3://bucket/prefix or memory:///."""
    topic_prefix: str = ""
    """Stands before the name of every topic, where several portals share a Kafka."""
    replication: int = 1
    """Copies that Kafka keeps of every topic."""
    otlp_url: str = ""
    """Where traces are sent (OTLP over HTTP); empty: nowhere."""
    identity_url: str = ""
    catalog_url: str = ""
    orders_url: str = ""
    quotes_url: str = ""
    billing_url: str = ""
    erp_bridge_url: str = ""
    gateway_url: str = ""
    """The address that customers see."""

    def url_of(self, room: str) -> str:
        """Where a room answers, without a closing slash."""
        url: str = getattr(self, f"{room.replace('-', '_')}_url")
        return url.rstrip("/")

    def topic_of(self, room: str) -> str:
        return f"{self.topic_prefix}{room}"

    @property
    def bootstrap(self) -> list[str]:
        return self.kafka_url.removeprefix("kafka://").rstrip("/").split(",")
