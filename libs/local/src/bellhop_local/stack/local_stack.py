"""A PostgreSQL and a Kafka as children of this process, for the demo, the tests and `stack up`.

    async with LocalStack(folder) as stack:
        await asyncpg.connect(stack.postgres_dsn)
        AIOKafkaProducer(bootstrap_servers=stack.kafka_bootstrap)

Enter it from the thread that runs the event loop for as long as the stack shall live: the servers
die with the thread that started them.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from bellhop_local.stack import kafka, postgres
from bellhop_local.stack.addresses import RunningServers, StackAddresses
from bellhop_local.stack.disk import explained
from bellhop_local.stack.jars import ensure_jars
from bellhop_local.stack.java import Archives, Java, using
from bellhop_local.stack.kafka import Kafka
from bellhop_local.stack.layout import SPACE_TO_GO_ON, StackFolder, cache_folder
from bellhop_local.stack.lock import FileLock, FolderInUse, owner
from bellhop_local.stack.ports import Ports, remembered_ports
from bellhop_local.stack.postgres import Postgres
from bellhop_local.stack.processes import ordinary_identity
from bellhop_local.stack.progress import Reporter, Silent
from bellhop_local.stack.server import Server, ServerPlan, end_leftover


@dataclass(frozen=True, slots=True)
class StackOptions:
    """`cache` holds the jars (default: the one all stacks share); settings are the servers' own."""

    cache: Path | None = None
    running: RunningServers = field(default_factory=RunningServers)
    postgres_settings: Mapping[str, str] = field(default_factory=dict)
    kafka_settings: Mapping[str, str] = field(default_factory=dict)
    reporter: Reporter = field(default_factory=Silent)


class LocalStack:
    """Usable again after it was left: data, password and ports stay in `folder`."""

    def __init__(self, folder: Path, options: StackOptions | None = None) -> None:
        self.folder = StackFolder(folder.absolute())
        self._options = options or StackOptions()
        self._lock = FileLock(self.folder.lock)
        self._servers: dict[str, Server] = {}
        self._addresses: StackAddresses | None = None

    @property
    def addresses(self) -> StackAddresses:
        if self._addresses is None:
            raise RuntimeError("the stack has not been entered")
        return self._addresses

    @property
    def postgres_dsn(self) -> str:
        """The superuser's, for the database `bellhop`: it may create databases from templates."""
        return self.addresses.postgres_dsn

    @property
    def kafka_bootstrap(self) -> str:
        return self.addresses.kafka_bootstrap

    @property
    def servers(self) -> Mapping[str, Server]:
        """The servers that are ours, by name (`postgres`, `kafka`)."""
        return self._servers

    async def __aenter__(self) -> Self:
        self.folder.create()
        if not self._lock.take():
            raise FolderInUse(self.folder.root, owner(self.folder.lock))
        try:
            with explained(self.folder.root, SPACE_TO_GO_ON):
                await self._options.running.check()
                # A killed predecessor's servers may still be ending: on our ports, in our folders.
                await asyncio.gather(*map(end_leftover, self.folder.servers.glob("*.json")))
                ports = remembered_ports(self.folder.ports)
                dsn, bootstrap = await _both(self._postgres(ports), self._kafka(ports))
        except BaseException:
            await self._leave()
            raise
        self._addresses = StackAddresses(dsn, bootstrap)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._leave()

    async def kill_kafka(self) -> None:
        """SIGKILL, and wait until it is gone."""
        await self._servers["kafka"].kill()

    async def start_kafka(self) -> None:
        """Start it again on the same port and data, and wait until it answers."""
        await self._servers["kafka"].start()

    async def kill_postgres(self) -> None:
        """SIGKILL every process of the server, and wait until they are gone."""
        await self._servers["postgres"].kill()

    async def start_postgres(self) -> None:
        """Start it again on the same port and data, and wait until it answers."""
        await self._servers["postgres"].start()

    def freeze(self, name: str) -> None:
        """Stop every process of a server (`postgres`, `kafka`) where it stands, as an overloaded machine would."""
        self._signal(name, signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        self._signal(name, signal.SIGCONT)

    def _signal(self, name: str, number: signal.Signals) -> None:
        self._servers[name].send(number)

    async def _postgres(self, ports: Ports) -> str:
        if self._options.running.postgres_dsn is not None:
            return self._options.running.postgres_dsn
        place = (self.folder.postgres, self.folder.password, ports.postgres)
        server = Postgres(*place, ordinary_identity(), self._options.postgres_settings)
        await asyncio.to_thread(server.prepare)
        dsn = server.dsn("postgres")
        await self._start(
            ServerPlan(
                name="postgres",
                title="PostgreSQL",
                address=server.address,
                command=server.command(),
                answers=lambda: postgres.answers(dsn),
                stop_signal=signal.SIGINT,
            )
        )
        await postgres.ensure_database(server)
        return server.dsn()

    async def _kafka(self, ports: Ports) -> str:
        if self._options.running.kafka_bootstrap is not None:
            return self._options.running.kafka_bootstrap
        cache = self._options.cache or cache_folder(self.folder, os.environ)
        archives = Archives.below(cache)
        jars = await asyncio.to_thread(ensure_jars, cache, self._options.reporter)
        java = Java(tuple(jars), self.folder.kafka)
        server = Kafka(self.folder.kafka, ports, java, self._options.kafka_settings)
        await asyncio.to_thread(server.prepare, using(archives.format))
        await self._start(
            ServerPlan(
                name="kafka",
                title="Kafka",
                address=server.bootstrap,
                command=server.command(using(archives.broker)),
                answers=lambda: kafka.answers(server.bootstrap),
                stop_signal=signal.SIGTERM,
            )
        )
        return server.bootstrap

    async def _start(self, plan: ServerPlan) -> None:
        record = self.folder.servers / f"{plan.name}.json"
        server = Server(plan, self.folder.log(plan.name), record)
        self._servers[plan.name] = server
        await server.start()

    async def _leave(self) -> None:
        await asyncio.gather(*(server.stop() for server in self._servers.values()))
        self._servers.clear()
        self._addresses = None
        self._lock.release()


async def _both(first: Awaitable[str], second: Awaitable[str]) -> tuple[str, str]:
    """Both to their end, then the first failure: nothing half started is left running unseen."""
    results = await asyncio.gather(first, second, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return str(results[0]), str(results[1])
