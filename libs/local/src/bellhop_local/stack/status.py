"""What one sees of a stack from outside: who runs, where, and whether it answers now."""

import asyncio
from dataclasses import dataclass, replace
from enum import StrEnum

import asyncpg

from bellhop_local.stack import kafka, postgres
from bellhop_local.stack.addresses import StackAddresses, without_password
from bellhop_local.stack.disk import free_bytes
from bellhop_local.stack.layout import SPACE_TO_GO_ON, StackFolder
from bellhop_local.stack.state import StackState, live_state

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
    answers = await asyncio.gather(_answers_postgres(at.postgres_dsn), kafka.answers(at.kafka_bootstrap))
    health = [Health.UP if answer else Health.DOWN for answer in answers]
    servers = (
        _status(ServerStatus("postgres", health[0], without_password(at.postgres_dsn)), state),
        _status(ServerStatus("kafka", health[1], at.kafka_bootstrap), state),
    )
    return StackStatus(tuple(_with_full_disk(server, folder) for server in servers), at)


def _status(seen: ServerStatus, state: StackState) -> ServerStatus:
    known = state.servers.get(seen.server)
    if known is None:
        return replace(seen, detail="run by somebody else")
    return replace(seen, pid=known.pid, restarts=known.restarts, detail=known.trouble)


def _with_full_disk(server: ServerStatus, folder: StackFolder) -> ServerStatus:
    if server.health is Health.UP or free_bytes(folder.root) > SPACE_TO_GO_ON:
        return server
    return replace(server, detail=f"the disk that holds {folder.root} is full")


async def _answers_postgres(dsn: str) -> bool:
    try:
        return await asyncio.wait_for(postgres.answers(dsn), _PATIENCE)
    except (TimeoutError, asyncpg.PostgresError):
        return False
