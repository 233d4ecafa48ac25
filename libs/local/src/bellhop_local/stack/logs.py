"""What the servers wrote down, the end of it or as it comes."""

import time
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path

LOGS = ("postgres", "kafka", "supervisor")
_POLL = 0.3


def last_lines(log: Path, count: int) -> list[str]:
    if not log.exists():
        return []
    with log.open(errors="replace") as file:
        return [line.rstrip("\n") for line in deque(file, maxlen=count)]


def follow(logs: Mapping[str, Path]) -> Iterator[tuple[str, str]]:
    """Every new line with the name of its log, for ever. A log that starts anew is read anew."""
    read = {name: _size(log) for name, log in logs.items()}
    while True:
        for name, log in logs.items():
            if _size(log) < read[name]:
                read[name] = 0
            for line in _whole_lines(log, read[name]):
                read[name] += len(line)
                yield name, line.decode(errors="replace").rstrip("\n")
        time.sleep(_POLL)


def _whole_lines(log: Path, offset: int) -> list[bytes]:
    if _size(log) == offset:
        return []
    with log.open("rb") as file:
        file.seek(offset)
        return [line for line in file if line.endswith(b"\n")]


def _size(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0
