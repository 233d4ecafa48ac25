"""What one sees of a stack from outside: who runs, where, and whether it answers now."""

import asyncio
from dataclasses import dataclass
from enum import StrEnum

import asyncpg

from bellhop_local.stack import kafka, postgres
from bellhop_local.stack.addresses import StackAddresses, without_password
from bellhop_local.stack.layout import StackFolder
from bellhop_local.stack.state import ServerState, live_state

_PATIENCE = 5.0


class Health(StrEnum):
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """`pid` is None for a dead server and for one that somebody else runs."""

    server: str
    health: Health
    address: str = ""
    pid: int | None = None
    restarts: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class StackStatus:
    servers: tuple[ServerStatus, ...]
    addresses: StackAddresses | None = None

    @property
    def all_up(self) -> bool:
        return all(server.health is Health.UP for server in self.servers)


async def status_of(folder: StackFolder) -> StackStatus:
    state = live_state(folder)
    if state is None:
        detail = f"not running in {folder.root}; start it with `bellhop stack up`"
        return StackStatus(tuple(ServerStatus(name, Health.DOWN, detail=detail) for name in ("postgres", "kafka")))
    at = state.addresses
    probes = asyncio.gather(_answers_postgres(at.postgres_dsn), kafka.answers(at.kafka_bootstrap))
    postgres_up, kafka_up = await probes
    return StackStatus(
        (
            _status("postgres", without_password(at.postgres_dsn), postgres_up, state.servers.get("postgres")),
            _status("kafka", at.kafka_bootstrap, kafka_up, state.servers.get("kafka")),
        ),
        at,
    )


def _status(name: str, address: str, up: bool, known: ServerState | None) -> ServerStatus:  # noqa: FBT001
    health = Health.UP if up else Health.DOWN
    if known is None:
        return ServerStatus(name, health, address, detail="run by somebody else")
    return ServerStatus(name, health, address, known.pid, known.restarts, known.trouble)


async def _answers_postgres(dsn: str) -> bool:
    try:
        return await asyncio.wait_for(postgres.answers(dsn), _PATIENCE)
    except (TimeoutError, asyncpg.PostgresError):
        return False
