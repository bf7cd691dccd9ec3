"""A real Apache Kafka of one node on the installed Java, as small as it goes."""

import asyncio
import base64
import shutil
import subprocess
import uuid
from pathlib import Path

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from embedded.java import java_command, java_is_there
from embedded.leash import Leash
from embedded.process import Process, answers
from embedded.settings import ROOT, Settings
from embedded.trouble import Trouble

JARS = ROOT / "var" / "kafka" / "lib"

# After a SIGKILL the broker waits until its old session expires: two seconds make it whole again in three.
# One node means one replica; small segments mean that old events really leave the disk.
PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:{controller_port}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={logs}
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
auto.create.topics.enable=false
num.partitions=2
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
num.network.threads=2
num.io.threads=4
log.cleaner.dedupe.buffer.size=16777216
log.retention.hours=24
log.segment.bytes=67108864
log.retention.check.interval.ms=60000
"""

LOG4J = """\
status=error
rootLogger.level=warn
rootLogger.appenderRef.console.ref=console
appender.console.type=Console
appender.console.name=console
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%d %p %c{1} %m%n
"""


def kafka(settings: Settings, leash: Leash) -> Process:
    folder = settings.data.resolve() / "kafka"
    properties = folder / "server.properties"
    java = [
        java_command(),
        "-Xms96m",
        "-Xmx384m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Djava.awt.headless=true",
        f"-Dlog4j2.configurationFile={folder / 'log4j2.properties'}",
        "-cp",
        f"{JARS}/*",
    ]

    async def prepare() -> None:
        java_is_there()
        if not any(JARS.glob("kafka_2.13-*.jar")):
            raise Trouble("Kafka's jars are missing: run `make run`, which fetches them.")
        folder.mkdir(parents=True, exist_ok=True)
        properties.write_text(
            PROPERTIES.format(
                port=settings.kafka_port, controller_port=settings.kafka_controller_port, logs=folder / "data"
            )
        )
        (folder / "log4j2.properties").write_text(LOG4J)
        if not (folder / "data" / "meta.properties").exists():
            await asyncio.to_thread(format_storage, java, properties, folder / "data")

    return Process(
        name="Kafka",
        command=[*java, "kafka.Kafka", str(properties)],
        log=settings.data / "logs" / "kafka.log",
        leash=leash,
        ready=lambda: serves(settings.kafka_port),
        prepare=prepare,
        patience=10.0,
    )


def format_storage(java: list[str], properties: Path, data: Path) -> None:
    """Once, before the first start. A format that was interrupted begins anew."""
    shutil.rmtree(data, ignore_errors=True)
    cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    command = [*java, "kafka.tools.StorageTool", "format", "--standalone", f"--cluster-id={cluster}"]
    command += ["--config", str(properties)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Trouble(f"Kafka could not prepare {data}: {(done.stderr or done.stdout).strip()[-600:]}")


async def serves(port: int) -> bool:
    """Whether a client finds a broker: the port alone opens too early."""
    if not await answers(port):
        return False
    client = AIOKafkaClient(bootstrap_servers=f"127.0.0.1:{port}", request_timeout_ms=2000)
    try:
        await asyncio.wait_for(client.bootstrap(), 3)
        return bool(client.cluster.brokers())
    except (KafkaError, TimeoutError, OSError):
        return False
    finally:
        await client.close()
