"""How one Apache Kafka broker, its own controller, is set up, started and known to be ready."""

import asyncio
import base64
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from bellhop_local.stack.failures import failed_to_start
from bellhop_local.stack.java import Java
from bellhop_local.stack.ports import Ports
from bellhop_local.stack.processes import Command, run

FORMAT = "kafka.tools.StorageTool"
BROKER = "kafka.Kafka"

_SETTINGS: Mapping[str, str] = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    # One node can't replicate.
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "offsets.topic.num.partitions": "4",
    # As in production: topics are made on purpose, and the broker's clock stamps the records.
    "auto.create.topics.enable": "false",
    "log.message.timestamp.type": "LogAppendTime",
    "message.max.bytes": str(2 * 2**20),
    # A group must not wait for members to come, and tests want a quick fail-over.
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
    # Else a killed broker is kept out for the rest of its old 9 s session.
    "broker.session.timeout.ms": "1000",
    "broker.heartbeat.interval.ms": "200",
}


@dataclass(frozen=True, slots=True)
class Kafka:
    """A broker's folder and ports; nothing runs by itself."""

    folder: Path
    ports: Ports
    java: Java
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.ports.kafka}"

    @property
    def properties(self) -> Path:
        return self.folder / "server.properties"

    def prepare(self, archive: tuple[str, ...] = ()) -> None:
        """Write the settings and, the first time, format the storage. Blocks for up to 2 s."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.properties.write_text(self._properties())
        if self._formatted.exists():
            return
        shutil.rmtree(self._data, ignore_errors=True)
        result = run(self._format(archive))
        if result.returncode != 0:
            raise failed_to_start("Kafka", self.bootstrap, result.stdout + result.stderr)
        self._formatted.touch()

    def command(self, archive: tuple[str, ...] = ()) -> Command:
        return self.java.command(BROKER, self.properties.name, archive=archive)

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _formatted(self) -> Path:
        return self.folder / "formatted"

    def _format(self, archive: tuple[str, ...]) -> Command:
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
        arguments = ("format", f"--cluster-id={cluster}", "-c", self.properties.name, "--standalone")
        return self.java.command(FORMAT, *arguments, archive=archive)

    def _properties(self) -> str:
        controller = f"127.0.0.1:{self.ports.controller}"
        listeners = f"PLAINTEXT://{self.bootstrap},CONTROLLER://{controller}"
        own = {
            "listeners": listeners,
            "advertised.listeners": listeners,
            "controller.quorum.bootstrap.servers": controller,
            "log.dirs": self._data.name,
        }
        merged = {**_SETTINGS, **own, **self.settings}
        return "".join(f"{name}={value}\n" for name, value in merged.items())


async def answers(bootstrap: str) -> bool:
    """Whether a broker there knows at least one broker that takes requests."""
    if not await _listens(bootstrap.partition(",")[0]):
        return False
    client = AIOKafkaClient(bootstrap_servers=bootstrap, request_timeout_ms=2000)
    try:
        await client.bootstrap()
        return bool(client.cluster.brokers())
    except (KafkaError, OSError):
        return False
    finally:
        await client.close()


async def _listens(address: str) -> bool:
    """Asked first, because the client tells every failed connection to the log."""
    host, _, port = address.rpartition(":")
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, int(port)), 2)
    except (OSError, ValueError, TimeoutError):
        return False
    writer.close()
    return True
