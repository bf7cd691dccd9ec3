"""What the desk is told from outside: its port, its database and how it reaches the portal's ERP API."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """From the environment, `HOFTOR_DESK_…`."""

    model_config = SettingsConfigDict(env_prefix="HOFTOR_DESK_", extra="ignore")

    host: str = "127.0.0.1"
    port: int = 8090
    database_url: str
    bridge_url: str
    """The ERP API with its version, without a closing slash: http://127.0.0.1:8070/erp/v1"""
    api_key: str
    webhook_secret: str
