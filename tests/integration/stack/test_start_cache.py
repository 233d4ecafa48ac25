"""Is the archive that makes Kafka start quickly made, and is it used?"""

import asyncio
import os
from pathlib import Path

import psutil
import pytest

from bellhop_local.stack import LocalStack
from bellhop_local.stack.jars import ensure_jars
from bellhop_local.stack.java import Archives, Java, using
from bellhop_local.stack.processes import run
from bellhop_local.stack.progress import Silent
from bellhop_local.stack.start_cache import make


@pytest.fixture(scope="module")
async def archives(cache: Path) -> Archives:
    await asyncio.to_thread(ensure_jars, cache, Silent())
    await make(cache)
    return Archives.below(cache)


async def test_a_broker_that_runs_has_the_archive_in_its_memory(archives: Archives, tmp_path: Path) -> None:
    async with LocalStack(tmp_path) as stack:
        mapped = [one.path for one in psutil.Process(stack.servers["kafka"].pid).memory_maps()]
    assert str(archives.broker) in mapped


def test_java_takes_the_archive_even_if_told_to_take_it_or_die(archives: Archives, cache: Path, tmp_path: Path) -> None:
    java = Java(tuple(ensure_jars(cache, Silent())), tmp_path)
    strict = java.command("kafka.Kafka", "--version", archive=("-XX:AOTMode=on", *using(archives.broker)))
    assert run(strict).stdout.startswith("4.2.0")


def test_without_an_archive_java_starts_all_the_same(tmp_path: Path) -> None:
    assert using(tmp_path / "absent.aot") == ()


async def test_it_is_made_once(archives: Archives, cache: Path) -> None:
    before = archives.broker.stat().st_mtime_ns
    await make(cache)
    assert archives.broker.stat().st_mtime_ns == before
    assert os.access(archives.format, os.R_OK)
