"""On which servers is measured? One PostgreSQL that really syncs, and two brokers that differ in one setting."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from bellhop_local.stack import LocalStack, RunningServers, StackOptions
from bellhop_local.stack.progress import OnStderr

# As Kafka has it; the local stack's own shorter one is for tests that kill brokers.
USUAL: Final = {"broker.session.timeout.ms": "9000", "broker.heartbeat.interval.ms": "2000"}
NO_LINGER: Final = {**USUAL, "group.coordinator.append.linger.ms": "0"}


class Broker(StrEnum):
    """An offset commit waits 5 ms for others on `USUAL`, and for nobody on `PROMPT`."""

    USUAL = "defaults"
    PROMPT = "linger 0"


@dataclass(frozen=True, slots=True)
class Servers:
    dsn: str
    bootstraps: dict[Broker, str]


@asynccontextmanager
async def servers(folder: Path) -> AsyncIterator[Servers]:
    first = LocalStack(folder / "usual", StackOptions(kafka_settings=USUAL, reporter=OnStderr()))
    async with first:
        running = RunningServers(postgres_dsn=first.postgres_dsn)
        second = LocalStack(folder / "prompt", StackOptions(running=running, kafka_settings=NO_LINGER))
        async with second:
            brokers = {Broker.USUAL: first.kafka_bootstrap, Broker.PROMPT: second.kafka_bootstrap}
            yield Servers(first.postgres_dsn, brokers)
