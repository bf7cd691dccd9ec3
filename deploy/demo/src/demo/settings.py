"""What the demo is told: where the rooms and the desk are, and the folder in which it notes how far it is."""

from __future__ import annotations

from pathlib import Path

from chassis.settings import Settings as RoomSettings
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """From the environment, `HOFTOR_…`."""

    model_config = SettingsConfigDict(env_prefix="HOFTOR_", extra="ignore")

    data: Path
    secret: str
    files: str
    smtp_url: str = ""
    imap_url: str = ""
    desk_url: str
    desk_api_key: str
    gateway_url: str = "http://localhost:8080"

    def of_rooms(self) -> RoomSettings:
        """The addresses of the rooms; the demo has neither a port nor a database nor Kafka."""
        return RoomSettings(port=0, database_url="", kafka_url="")
