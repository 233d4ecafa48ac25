"""What is said when a server does not come up: the reason, as far as its own log tells."""

from pathlib import Path

from bellhop_common.errors import BellhopError, NotReachable
from bellhop_local.stack.disk import MOVE_HINT, NO_SPACE

_TAIL = 12


def failed_to_start(what: str, address: str, output: str) -> BellhopError:
    if NO_SPACE in output:
        return NotReachable(what, address, f"its disk is full. Free some space. {MOVE_HINT}")
    last = "\n".join(output.strip().splitlines()[-_TAIL:])
    return NotReachable(what, address, f"it ended while starting; its last words were:\n{last}")


def read_from(log: Path, offset: int) -> str:
    """What a server wrote into its log since the log was `offset` bytes long."""
    with log.open("rb") as file:
        file.seek(offset)
        return file.read().decode(errors="replace")
