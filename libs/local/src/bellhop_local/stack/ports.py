"""Which TCP ports the servers of a stack use, and that they keep them from run to run."""

import json
import random
import socket
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from bellhop_common.errors import Misuse

# Below the range from which systems hand out ports for outgoing connections: a port in that range
# may be taken by any client while its server is down.
_CANDIDATES = range(20_000, 32_000)
_ATTEMPTS = 200


@dataclass(frozen=True, slots=True)
class Ports:
    postgres: int
    kafka: int
    controller: int


class NoFreePort(Misuse):
    def __init__(self) -> None:
        super().__init__(f"No free TCP port on 127.0.0.1 between {_CANDIDATES.start} and {_CANDIDATES.stop}.")


def remembered_ports(file: Path) -> Ports:
    """The ports in `file`, each replaced by a free one if somebody else has taken it meanwhile."""
    known = known_ports(file)
    chosen: dict[str, int] = {}
    for field in fields(Ports):
        wanted = known.get(field.name)
        taken = frozenset(chosen.values())
        free = wanted is not None and wanted not in taken and is_free(wanted)
        chosen[field.name] = wanted if wanted is not None and free else free_port(taken)
    ports = Ports(**chosen)
    file.write_text(json.dumps(asdict(ports)))
    return ports


def free_port(taken: frozenset[int] = frozenset()) -> int:
    for port in random.SystemRandom().sample(_CANDIDATES, _ATTEMPTS):
        if port not in taken and is_free(port):
            return port
    raise NoFreePort


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def known_ports(file: Path) -> dict[str, int]:
    """What was remembered; an unreadable file is as good as none."""
    try:
        found = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: port for name, port in found.items() if isinstance(port, int)}
