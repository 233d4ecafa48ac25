"""What the supervisor of a stack says about itself, for commands that come later."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from bellhop_local.stack.addresses import StackAddresses
from bellhop_local.stack.layout import StackFolder
from bellhop_local.stack.lock import owner


class Phase(StrEnum):
    READY = "ready"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class ServerState:
    """`pid` is None while the server is dead and about to be started again."""

    pid: int | None
    restarts: int = 0
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class StackState:
    pid: int
    phase: Phase
    addresses: StackAddresses
    servers: dict[str, ServerState] = field(default_factory=dict)


_STATES = TypeAdapter(StackState)


def write_state(file: Path, state: StackState) -> None:
    """All of it or nothing, and for the owner only: the DSN carries the password."""
    unfinished = file.with_suffix(".new")
    unfinished.touch(mode=0o600)
    unfinished.write_bytes(_STATES.dump_json(state, indent=2))
    unfinished.replace(file)


def live_state(folder: StackFolder) -> StackState | None:
    """The state of a supervisor that is alive; one that was killed leaves a file nobody believes."""
    pid = owner(folder.lock)
    try:
        state = _STATES.validate_json(folder.state.read_bytes())
    except (OSError, ValidationError):
        return None
    return state if state.pid == pid else None
