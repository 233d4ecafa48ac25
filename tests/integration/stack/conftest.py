"""One stack for all tests that don't harm it, and the command as a user runs it."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bellhop_local.stack import LocalStack
from bellhop_local.stack.layout import StackFolder, cache_folder

Bellhop = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LocalStack]:
    async with LocalStack(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The machine's own, so that nothing is fetched twice."""
    return cache_folder(StackFolder(tmp_path_factory.mktemp("unused")), os.environ)


@pytest.fixture
def bellhop() -> Bellhop:
    def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "bellhop_common", *arguments]
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("BELLHOP_")}
        return subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, env=inherited | environ, check=False
        )

    return run
