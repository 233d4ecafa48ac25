"""What do the tests of ingest read? Other projects' messages, and a reception at a fixed moment."""

import json
from datetime import UTC, datetime
from pathlib import Path

from bellhop_ingest.domain.arrival import Arrival
from bellhop_ingest.domain.outcomes import Outcome, Parked
from bellhop_ingest.domain.reception import Reception

MESSAGES = Path(__file__).parent.parent / "fixtures" / "ingest"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DESK_DOOR = Reception("support", NOON)


def message(name: str) -> bytes:
    return (MESSAGES / name).read_bytes()


def kinds(name: str) -> dict[str, bytes]:
    """Of a file that maps kinds to bodies."""
    return {kind: json.dumps(body).encode() for kind, body in json.loads(message(name)).items()}


def all_messages() -> list[tuple[str, str, bytes]]:
    """Channel, name and bytes of every message there is."""
    found: list[tuple[str, str, bytes]] = []
    for path in sorted(MESSAGES.rglob("*.*")):
        folder = path.parent.name
        if folder == "whatsapp":
            found.extend((folder, f"{path.name}:{kind}", body) for kind, body in kinds(f"whatsapp/{path.name}").items())
        else:
            channel = folder if folder in {"slack", "line"} else "email"
            found.append((channel, path.name, path.read_bytes()))
    return found


def received(outcomes: tuple[Outcome, ...]) -> Arrival:
    (only,) = outcomes
    assert isinstance(only, Arrival), type(only)
    return only


def parked(outcomes: tuple[Outcome, ...]) -> Parked:
    (only,) = outcomes
    assert isinstance(only, Parked), type(only)
    return only
