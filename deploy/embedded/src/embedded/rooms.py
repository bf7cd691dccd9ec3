"""The rooms of the portal, in the order in which they are shown, and what each is told when it starts."""

import importlib.util
import os
import sys
from dataclasses import dataclass

import aiohttp

from embedded.leash import Leash
from embedded.process import Process
from embedded.settings import Settings


@dataclass(frozen=True)
class Room:
    name: str
    """Its package; `python -m <name>` runs it."""
    setting: str
    """The field of Settings with its port."""

    @property
    def label(self) -> str:
        return self.name.replace("_", "-")

    @property
    def database(self) -> str:
        return f"hoftor_{self.name}"

    def port(self, settings: Settings) -> int:
        port: int = getattr(settings, self.setting)
        return port

    @property
    def built(self) -> bool:
        return (
            importlib.util.find_spec(self.name) is not None
            and importlib.util.find_spec(f"{self.name}.__main__") is not None
        )


ROOMS = (
    Room("identity", "identity_port"),
    Room("catalog", "catalog_port"),
    Room("orders", "orders_port"),
    Room("quotes", "quotes_port"),
    Room("billing", "billing_port"),
    Room("erp_bridge", "bridge_port"),
    Room("gateway", "portal_port"),
)
DESK = Room("desk", "desk_port")
EVERYBODY = (*ROOMS, DESK)


def surroundings() -> dict[str, str]:
    """The environment of this process without settings of ours, which every program gets anew."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("HOFTOR_")}
    return mine | {"PYTHONUNBUFFERED": "1"}


def addresses(settings: Settings) -> dict[str, str]:
    """Where everybody is; the gateway's address is the one that customers see."""
    found = {f"HOFTOR_{room.name.upper()}_URL": f"http://127.0.0.1:{room.port(settings)}" for room in ROOMS}
    return found | {"HOFTOR_GATEWAY_URL": settings.portal}


def of_the_desk(settings: Settings) -> dict[str, str]:
    """The dispatch desk is a user of the product: it learns the bridge's address and an API key, no secret."""
    return {
        "HOFTOR_DESK_PORT": str(settings.desk_port),
        "HOFTOR_DESK_DATABASE_URL": settings.database(DESK.database, DESK.database),
        "HOFTOR_DESK_BRIDGE_URL": f"http://127.0.0.1:{settings.bridge_port}/erp/v1",
        **what_desk_and_bridge_share(settings),
    }


def what_desk_and_bridge_share(settings: Settings) -> dict[str, str]:
    return {
        "HOFTOR_DESK_URL": f"http://127.0.0.1:{settings.desk_port}",
        "HOFTOR_DESK_API_KEY": settings.derived("api key of the dispatch desk"),
        "HOFTOR_DESK_WEBHOOK_SECRET": settings.derived("webhooks to the dispatch desk"),
    }


def of_a_room(settings: Settings, room: Room) -> dict[str, str]:
    return {
        "HOFTOR_SECRET": settings.the_secret(),
        "HOFTOR_PORT": str(room.port(settings)),
        "HOFTOR_DATABASE_URL": settings.database(room.database, room.database),
        "HOFTOR_KAFKA_URL": settings.kafka,
        "HOFTOR_SMTP_URL": settings.smtp,
        "HOFTOR_IMAP_URL": settings.imap,
        "HOFTOR_OTLP_URL": settings.otlp_url,
        "HOFTOR_FILES": (settings.data.resolve() / "files").as_uri(),
        **addresses(settings),
        **what_desk_and_bridge_share(settings),
    }


def of_the_demo(settings: Settings) -> dict[str, str]:
    """The demo data come through the ERP API and the desk; they see no database of ours."""
    told = of_a_room(settings, ROOMS[0]) | of_the_desk(settings)
    return {name: value for name, value in told.items() if name not in ("HOFTOR_DATABASE_URL", "HOFTOR_PORT")}


def environment(settings: Settings, room: Room) -> dict[str, str]:
    own = of_the_desk(settings) if room is DESK else of_a_room(settings, room)
    given = {name: value for name, value in os.environ.items() if name.startswith(f"HOFTOR_{room.name.upper()}_")}
    return surroundings() | given | own


async def healthy(port: int) -> bool:
    """Whether /health/ready answers 200."""
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
            async with session.get(f"http://127.0.0.1:{port}/health/ready") as answer:
                return answer.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False


def process(settings: Settings, room: Room, leash: Leash, *, more: dict[str, str] | None = None) -> Process:
    """`more` adds to its environment, as tests need it."""
    surrounding = environment(settings, room) | (more or {})
    port = int(surrounding.get("HOFTOR_PORT", room.port(settings)))
    return Process(
        name=room.label,
        command=[sys.executable, "-m", room.name],
        log=settings.data / "logs" / f"{room.label}.log",
        leash=leash,
        ready=lambda: healthy(port),
        environment=surrounding,
    )
