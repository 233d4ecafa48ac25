"""How much memory do the services hold? Each process, with those that it started, as the machine counts it."""

from collections.abc import Iterable, Mapping

import psutil

MIB = 2**20


def resident_mib(processes: Iterable[int]) -> Mapping[int, float]:
    found = [member for pid in processes for member in _family(pid)]
    return {member.pid: _of(member) for member in found}


def most_grown(before: Mapping[int, float], now: Mapping[int, float]) -> float:
    """Of the process that grew most; one that is new has grown by all it has."""
    return max((size - before.get(pid, 0.0) for pid, size in now.items()), default=0.0)


def _family(pid: int) -> list[psutil.Process]:
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _of(process: psutil.Process) -> float:
    try:
        return float(process.memory_info().rss) / MIB
    except psutil.NoSuchProcess:
        return 0.0
