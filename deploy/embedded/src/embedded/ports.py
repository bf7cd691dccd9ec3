"""A port that another program holds is named before anything starts, with the setting that chooses another."""

import random
import socket

from embedded.rooms import EVERYBODY
from embedded.settings import Settings
from embedded.trouble import Trouble


def needed(settings: Settings) -> dict[str, str]:
    """Field of the settings → what the port is for; parts that are there already need none."""
    ports = {room.setting: room.label for room in EVERYBODY}
    ports |= {"portal_port": "the portal", "desk_port": "the dispatch desk", "bridge_port": "the ERP API"}
    if settings.mail_is_ours:
        ports |= {"mail_page_port": "the mail page", "smtp_port": "SMTP", "imap_port": "IMAP"}
    if not settings.database_url:
        ports |= {"postgres_port": "PostgreSQL"}
    if not settings.kafka_url:
        ports |= {"kafka_port": "Kafka", "kafka_controller_port": "Kafka's controller"}
    return ports


def check(settings: Settings) -> None:
    """Raises one sentence about all ports that cannot be had."""
    meant: dict[int, str] = {}
    taken = []
    for field, purpose in needed(settings).items():
        port = getattr(settings, field)
        if port in meant:
            raise Trouble(
                f"{meant[port]} and {purpose} are both set to port {port}: choose another with HOFTOR_{field.upper()}."
            )
        meant[port] = purpose
        if not free(port):
            taken.append((field, port, purpose))
    if taken:
        named = " and ".join(f"{port} ({purpose})" for _, port, purpose in taken)
        others = " ".join(f"HOFTOR_{field.upper()}={any_free()}" for field, _, _ in taken)
        subject = f"Ports {named} are" if len(taken) > 1 else f"Port {named} is"
        raise Trouble(f"{subject} taken by another program: end it, or choose another: {others} make run")


def free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


_given: set[int] = set()


def any_free() -> int:
    """Below those that the system gives to outgoing connections: one of them would sit there when a server restarts.
    Never the same twice: whoever asked first need not listen yet."""
    while True:
        port = random.randrange(16_000, 32_000)
        if port not in _given and free(port):
            _given.add(port)
            return port
