"""On what was it measured? Facts that change figures, and none that name a machine."""

import os
import platform
import re
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

import asyncpg
import psutil

from bellhop_local.stack.jars import locked_jars

LIBRARIES: Final = ("aiokafka", "asyncpg", "faststream", "pydantic", "uvloop")
CPU_INFO: Final = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    value: str


async def facts(dsn: str) -> list[Fact]:
    return [
        Fact("processor", f"{len(os.sched_getaffinity(0))} cores, {_model()}"),
        Fact("memory", f"{psutil.virtual_memory().total / 1e9:.0f} GB"),
        Fact("kernel", f"{platform.system()} {platform.release().partition('-')[0]}"),
        Fact("Python", platform.python_version()),
        Fact("Kafka", f"{_kafka()}, one node, its own controller"),
        Fact("PostgreSQL", f"{await _postgres(dsn)}, fsync and synchronous_commit on"),
        Fact("libraries", ", ".join(f"{name} {version(name)}" for name in LIBRARIES)),
    ]


def _model() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", CPU_INFO.read_text(), re.MULTILINE) if CPU_INFO.exists() else None
    return platform.machine() if found is None else found[1]


def _kafka() -> str:
    return next(jar.version for jar in locked_jars() if jar.artifact.startswith("kafka_"))


async def _postgres(dsn: str) -> str:
    connection = await asyncpg.connect(dsn)
    try:
        return str(await connection.fetchval("SHOW server_version")).partition(" ")[0]
    finally:
        await connection.close()
