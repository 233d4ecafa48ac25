"""How Kafka learns to start in a third of the time: one trial run, recorded ahead of time for the next ones.

Made after the first `down` by a process of lowest priority that nobody waits for. It uses a folder and ports
of its own and touches no stack.
"""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from bellhop_common.errors import BellhopError
from bellhop_local.stack import kafka
from bellhop_local.stack.jars import ensure_jars, resolve_offline
from bellhop_local.stack.java import Archives, Java, making
from bellhop_local.stack.kafka import Kafka
from bellhop_local.stack.lock import FileLock
from bellhop_local.stack.ports import remembered_ports
from bellhop_local.stack.processes import Child
from bellhop_local.stack.progress import Silent

_PATIENCE = 120.0
_POLL = 0.1


def make_in_background(cache: Path) -> bool:
    """Whether there was a need to."""
    if Archives.below(cache).complete:
        return False
    subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", __name__, str(cache)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
    )
    return True


async def make(cache: Path) -> None:
    """Nothing happens if they are there, or if another process is making them now."""
    archives = Archives.below(cache)
    if archives.complete:
        return
    archives.folder.mkdir(parents=True, exist_ok=True)
    making_now = FileLock(archives.folder / "making.lock")
    if not making_now.take():
        return
    jars = tuple(ensure_jars(cache, Silent(), resolve_offline))
    with tempfile.TemporaryDirectory(prefix=".making-", dir=archives.folder) as scratch:
        fresh = Archives(Path(scratch))
        await _record(fresh, jars)
        fresh.format.replace(archives.format)
        fresh.broker.replace(archives.broker)
    making_now.release()


async def _record(fresh: Archives, jars: tuple[Path, ...]) -> None:
    ports = remembered_ports(fresh.folder / "ports.json")
    broker = Kafka(fresh.folder, ports, Java(jars, fresh.folder))
    broker.prepare(making(fresh.format))
    child = Child.start("kafka", broker.command(making(fresh.broker)), fresh.folder / "kafka.log")
    try:
        async with asyncio.timeout(_PATIENCE):
            while child.is_alive():
                if await kafka.answers(broker.bootstrap):
                    break
                await asyncio.sleep(_POLL)
        await child.stop(signal.SIGTERM, _PATIENCE)
    finally:
        await child.kill()


def main() -> None:
    os.nice(19)
    try:
        asyncio.run(make(Path(sys.argv[1])))
    except (BellhopError, OSError, TimeoutError):
        # It is only a cache: the next `down` tries again, and Kafka starts without it.
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
