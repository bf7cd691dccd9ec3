"""Kafka and PostgreSQL out of images, for tests on a machine where a Docker engine answers."""

import asyncio
import os
from collections.abc import Awaitable, Callable

from docker.errors import DockerException
from testcontainers.core.container import DockerContainer
from testcontainers.core.docker_client import DockerClient

from embedded.kafka import PROPERTIES, serves
from embedded.postgres import QUICK, SERVER, accepts
from embedded.process import until
from embedded.settings import Settings
from embedded.trouble import Trouble

KAFKA_IMAGE = "apache/kafka:4.3.0"
POSTGRES_IMAGE = "postgres:18"
ELSEWHERE = ("unix_socket_directories", "listen_addresses")


class Container:
    """Goes by the same words as an embedded process: start, stop, kill, start again with what it had."""

    def __init__(self, name: str, image: DockerContainer, ready: Callable[[], Awaitable[bool]]) -> None:
        self.name = name
        self._image = image
        self._ready = ready
        self._made = False

    async def start(self, within: float = 120.0) -> None:
        if self._made:
            await asyncio.to_thread(self._image.get_wrapped_container().start)
        else:
            await asyncio.to_thread(self._image.start)
            self._made = True
        try:
            await until(self._ready, within, self.name)
        except TimeoutError:
            last = b"\n".join(self._image.get_logs()).decode("utf-8", "replace")[-1500:]
            raise Trouble(f"The container of {self.name} was not ready within {within:g} s; it said:\n{last}") from None

    async def stop(self) -> None:
        await asyncio.to_thread(self._image.get_wrapped_container().stop)

    async def kill(self) -> None:
        await asyncio.to_thread(self._image.get_wrapped_container().kill)

    async def remove(self) -> None:
        if self._made:
            await asyncio.to_thread(self._image.stop)


def docker_answers() -> bool:
    """An engine on this machine, whose ports are ours; HOFTOR_DOCKER=no leaves it alone."""
    if os.environ.get("HOFTOR_DOCKER") == "no":
        return False
    try:
        client = DockerClient()
        client.client.ping()
        return client.host() in ("localhost", "127.0.0.1")
    except DockerException:
        return False


def kafka_container(settings: Settings) -> Container:
    port, controller_port = settings.kafka_port, settings.kafka_controller_port
    text = PROPERTIES.format(port=port, controller_port=controller_port, logs="/var/lib/kafka/data")
    properties = dict(line.split("=", 1) for line in text.splitlines())
    del properties["controller.quorum.bootstrap.servers"]
    properties["controller.quorum.voters"] = f"1@127.0.0.1:{controller_port}"
    properties["listeners"] = f"PLAINTEXT://:{port},CONTROLLER://127.0.0.1:{controller_port}"
    image = DockerContainer(KAFKA_IMAGE).with_bind_ports(port, port)
    for key, value in properties.items():
        image.with_env("KAFKA_" + key.upper().replace(".", "_"), value)
    return Container("Kafka", image, lambda: serves(port))


def postgres_container(settings: Settings) -> Container:
    options = {name: value for name, value in (SERVER | QUICK).items() if name not in ELSEWHERE}
    image = (
        DockerContainer(POSTGRES_IMAGE)
        .with_bind_ports(5432, settings.postgres_port)
        .with_env("POSTGRES_PASSWORD", settings.derived("postgres"))
        .with_command(" ".join(f"-c {name}={value}" for name, value in options.items()))
    )
    return Container("PostgreSQL", image, lambda: accepts(settings.postgres))
