"""Do all workers of a run get one stack, and does it go with the last of them, however that one ends?"""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from bellhop_local.stack.layout import StackFolder
from bellhop_local.stack.lock import is_held, owner

WORKER = """
import sys
from pathlib import Path
from bellhop_local.stack import shared_stack
with shared_stack(Path(sys.argv[1])) as addresses:
    print(addresses.kafka_bootstrap, addresses.postgres_dsn, flush=True)
    sys.stdin.readline()
"""


class Worker:
    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-c", WORKER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def addresses(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def leave(self) -> None:
        self.process.communicate("\n", timeout=30)

    def die(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[StackFolder]:
    place = StackFolder(tmp_path)
    yield place
    assert not is_held(place.lock)


def wait_until_ended(processes: list[psutil.Process]) -> None:
    _, left = psutil.wait_procs(processes, timeout=30)
    assert [one for one in left if one.status() != psutil.STATUS_ZOMBIE] == []


def test_two_workers_get_the_same_servers_and_the_last_one_stops_them(folder: StackFolder) -> None:
    first, second = Worker(folder.root), Worker(folder.root)
    assert first.addresses() == second.addresses() != ""
    supervisor = psutil.Process(owner(folder.lock))
    servers = supervisor.children(recursive=True)
    first.leave()
    time.sleep(0.5)
    assert supervisor.is_running()
    second.leave()
    wait_until_ended([supervisor, *servers])


def test_when_the_only_worker_is_killed_the_servers_go_too(folder: StackFolder) -> None:
    worker = Worker(folder.root)
    assert worker.addresses() != ""
    supervisor = psutil.Process(owner(folder.lock))
    servers = supervisor.children(recursive=True)
    worker.die()
    wait_until_ended([supervisor, *servers])
