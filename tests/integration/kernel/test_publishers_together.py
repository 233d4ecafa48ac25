"""Do several publishers keep each key's order while one of them is killed and another one frozen?"""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections import defaultdict
from pathlib import Path

import orjson
import psutil

from bellhop_common.postgres.database import Connection
from support import publishing_worker
from support.topics import Record, create_topics, read_topic
from support.waiting import until

SECONDS = 20
FROZEN_FOR = 6.5  # longer than PostgreSQL lets a transaction stand idle


async def worker(dsn: str, bootstrap: str, topic: str, fault: str) -> Process:
    script = publishing_worker.__file__
    folder = Path(script).parent.parent
    arguments = (script, dsn, bootstrap, topic, str(SECONDS), fault)
    return await asyncio.create_subprocess_exec(
        sys.executable, *arguments, env={**os.environ, "PYTHONPATH": str(folder)}
    )


async def thaw_when_frozen(process: Process) -> None:
    async def frozen() -> bool:
        return psutil.Process(process.pid).status() == psutil.STATUS_STOPPED

    await until(frozen, within=60)
    await asyncio.sleep(FROZEN_FOR)
    process.send_signal(signal.SIGCONT)


def by_key(records: list[Record]) -> dict[bytes | None, list[tuple[int, bytes]]]:
    found = defaultdict(list)
    for record in records:
        value = record.value or b""
        identity = dict(record.headers)["ce_id"]
        found[record.key].append((int(orjson.loads(value)["sequence"]), identity + value))
    return found


async def test_first_occurrences_are_in_order_without_gaps_and_repeats_are_byte_identical(
    kernel_dsn: str, conn: Connection, kafka_bootstrap: str, topic_prefix: str
) -> None:
    topic = f"{topic_prefix}.work.v1"
    await create_topics(kafka_bootstrap, {topic: publishing_worker.PARTITIONS})
    faults = ("none", "kill", "freeze")
    processes = [await worker(kernel_dsn, kafka_bootstrap, topic, fault) for fault in faults]
    try:
        await thaw_when_frozen(processes[2])
        codes = [await asyncio.wait_for(process.wait(), 60) for process in processes]
    finally:
        for process in processes:
            if process.returncode is None:
                process.kill()
    assert codes == [0, -signal.SIGKILL, 0]
    assert await conn.fetchval("SELECT count(*) FROM outbox") == 0

    records = by_key(await read_topic(kafka_bootstrap, topic))
    lasts = {row["key"].encode(): row["last"] for row in await conn.fetch("SELECT key, last FROM sequences")}
    assert sum(lasts.values()) > 100
    for key, last in lasts.items():
        seen: dict[int, bytes] = {}
        for sequence, content in records[key]:
            assert content == seen.setdefault(sequence, content)
        assert list(seen) == list(range(1, last + 1))
    assert sum(len(found) for found in records.values()) > sum(lasts.values()), "the faults caused no repeat at all"
