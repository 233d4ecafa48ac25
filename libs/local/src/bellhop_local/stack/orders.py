"""What a supervisor is told when it is started, and what it answers: one JSON object each."""

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter

from bellhop_local.stack.addresses import RunningServers
from bellhop_local.stack.local_stack import StackOptions


@dataclass(frozen=True, slots=True)
class Orders:
    """What `while_used` adds: stop as soon as nobody shares the lock on the folder's users."""

    folder: Path
    while_used: bool = False
    cache: Path | None = None
    running: RunningServers = field(default_factory=RunningServers)
    postgres_settings: dict[str, str] = field(default_factory=dict)
    kafka_settings: dict[str, str] = field(default_factory=dict)

    def options(self) -> StackOptions:
        return StackOptions(self.cache, self.running, self.postgres_settings, self.kafka_settings)


@dataclass(frozen=True, slots=True)
class Answer:
    """No error means ready."""

    error: str = ""
    exit_status: int = 0


ORDERS = TypeAdapter(Orders)
ANSWER = TypeAdapter(Answer)
