"""One stack for all tests that don't harm it, and the command as a user runs it."""

import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bellhop_common.cli import main
from bellhop_local.stack import LocalStack
from bellhop_local.stack.layout import StackFolder, cache_folder


@dataclass(frozen=True, slots=True)
class Finished:
    """How a command ended, and what it said."""

    returncode: object
    stdout: str
    stderr: str


Bellhop = Callable[..., Finished]


@pytest.fixture(scope="session")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LocalStack]:
    async with LocalStack(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The machine's own, so that nothing is fetched twice."""
    return cache_folder(StackFolder(tmp_path_factory.mktemp("unused")), os.environ)


@pytest.fixture
def bellhop(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Bellhop:
    """The command in this process: importing every service anew for each call would take most of the time."""

    def run(*arguments: str, **environ: str) -> Finished:
        capsys.readouterr()
        with monkeypatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("BELLHOP_")]:
                patch.delenv(name)
            for name, value in environ.items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                main(arguments)
        return Finished(ended.value.code, *capsys.readouterr())

    return run
