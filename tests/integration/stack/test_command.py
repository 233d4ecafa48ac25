"""Does `bellhop stack` come through what users and machines do to it?"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from bellhop_local.stack.control import Started, bring_up, take_down
from bellhop_local.stack.layout import StackFolder
from bellhop_local.stack.lock import is_held, owner
from bellhop_local.stack.orders import Orders
from bellhop_local.stack.state import live_state
from bellhop_local.stack.status import status_of
from integration.stack.conftest import Bellhop, Finished

# A shell without job control lets its background jobs ignore Ctrl-C, and so all that they start: these tests, perhaps.
AT_A_TERMINAL = """
import signal, sys
from bellhop_common.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)
main(sys.argv[1:])
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[StackFolder]:
    place = StackFolder(tmp_path / "stack")
    yield place
    take_down(place)


@pytest.fixture
def on(bellhop: Bellhop, folder: StackFolder) -> Bellhop:
    def run(*arguments: str) -> Finished:
        return bellhop("stack", *arguments, BELLHOP_DATA_DIR=str(folder.root))

    return run


def family_of(folder: StackFolder) -> list[psutil.Process]:
    supervisor = psutil.Process(owner(folder.lock))
    return [supervisor, *supervisor.children(recursive=True)]


def still_there(processes: list[psutil.Process]) -> list[psutil.Process]:
    _, left = psutil.wait_procs(processes, timeout=0)
    return [one for one in left if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def pids_of(folder: StackFolder) -> set[int]:
    state = live_state(folder)
    servers = state.servers.values() if state is not None else ()
    return {one.pid for one in servers if one.pid is not None}


async def run_sql(dsn: str, query: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def test_up_twice_status_logs_and_down(on: Bellhop, folder: StackFolder) -> None:
    first = on("up", "--json")
    assert first.returncode == 0
    before = family_of(folder)
    second = on("up", "--json")
    assert (second.returncode, second.stdout) == (0, first.stdout)
    assert "already running" in second.stderr
    status = on("status", "--json")
    assert status.returncode == 0
    assert [json.loads(line)["health"] for line in status.stdout.splitlines()] == ["up", "up"]
    assert "postgres: " in on("logs", "postgres", "-n", "1").stdout
    assert on("down").returncode == 0
    assert still_there(before) == []
    assert on("down").returncode == 0
    assert on("status").returncode == 1


async def test_a_killed_server_is_started_again_on_its_address_with_its_data(folder: StackFolder) -> None:
    dsn = bring_up(Orders(folder.root)).addresses.postgres_dsn
    await run_sql(dsn, "CREATE TABLE kept AS SELECT 'still here' AS word")
    before = pids_of(folder)
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 90
    while len(now := pids_of(folder)) < 2 or not now.isdisjoint(before):
        assert time.monotonic() < deadline, now
        await asyncio.sleep(0.05)
    assert await run_sql(dsn, "SELECT word FROM kept") == "still here"
    found = await status_of(folder)
    assert [(one.server, one.health, one.restarts) for one in found.servers] == [
        ("postgres", "up", 1),
        ("kafka", "up", 1),
    ]


def test_a_killed_supervisor_takes_its_servers_along_and_up_works_again(on: Bellhop, folder: StackFolder) -> None:
    first = bring_up(Orders(folder.root))
    family = family_of(folder)
    family[0].kill()
    family[0].wait(30)
    status = on("status")
    assert (status.returncode, "start it with `bellhop stack up`" in status.stdout) == (1, True)
    assert bring_up(Orders(folder.root)) == Started(first.addresses, was_running=False)
    assert still_there(family) == []


def test_ctrl_c_while_starting_leaves_nothing_behind(folder: StackFolder) -> None:
    command = [sys.executable, "-c", AT_A_TERMINAL, "stack", "up", "--data-dir", str(folder.root)]
    starting = subprocess.Popen(  # noqa: S603
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not is_held(folder.lock):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    family = family_of(folder)
    starting.send_signal(signal.SIGINT)
    _, errors = starting.communicate(timeout=30)
    assert starting.returncode == 130
    assert "Traceback" not in errors
    assert not is_held(folder.lock)
    assert still_there(family) == []


def test_wipe_removes_what_the_stack_made_and_nothing_else(on: Bellhop, folder: StackFolder) -> None:
    bring_up(Orders(folder.root))
    mine = folder.root / "mine.txt"
    mine.write_text("not yours")
    assert on("wipe").returncode == 0
    assert list(folder.root.iterdir()) == [mine]
    assert not is_held(folder.lock)


def test_down_without_a_stack_is_well(on: Bellhop) -> None:
    assert on("down").returncode == 0


def test_a_log_that_does_not_exist_is_misuse(on: Bellhop) -> None:
    result = on("logs", "redis")
    assert (result.returncode, result.stdout) == (2, "")
    assert "there are postgres, kafka, supervisor" in result.stderr
