"""Does the stack leave servers alone that somebody else runs?"""

import os
from pathlib import Path

import pytest

from bellhop_common.errors import Misuse, NotReachable
from bellhop_local.stack import LocalStack, RunningServers, StackOptions
from bellhop_local.stack.addresses import refuse_if_too_old
from bellhop_local.stack.ports import free_port
from integration.stack.conftest import Bellhop


async def test_servers_that_run_already_are_used_and_none_is_started(stack: LocalStack, tmp_path: Path) -> None:
    running = RunningServers(stack.postgres_dsn, stack.kafka_bootstrap)
    async with LocalStack(tmp_path, StackOptions(running=running)) as second:
        assert second.addresses == stack.addresses
        assert second.servers == {}


async def test_only_the_kind_that_does_not_run_is_started(stack: LocalStack, tmp_path: Path) -> None:
    running = RunningServers(kafka_bootstrap=stack.kafka_bootstrap)
    async with LocalStack(tmp_path, StackOptions(running=running)) as second:
        assert list(second.servers) == ["postgres"]
        assert second.kafka_bootstrap == stack.kafka_bootstrap


def test_an_old_postgres_is_refused_with_the_reason() -> None:
    with pytest.raises(Misuse, match=r"version 16\.4; Bellhop needs 17 or newer"):
        refuse_if_too_old("db.example:5432", 16, 4)


async def test_a_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    bootstrap = f"127.0.0.1:{free_port()}"
    with pytest.raises(NotReachable, match=f"Kafka at {bootstrap} is not reachable"):
        await LocalStack(tmp_path, StackOptions(running=RunningServers(kafka_bootstrap=bootstrap))).__aenter__()


def test_the_command_ends_with_3_and_hides_the_password(bellhop: Bellhop, tmp_path: Path) -> None:
    dsn = f"postgresql://ana:secret@127.0.0.1:{free_port()}/bellhop"
    result = bellhop("stack", "up", "--data-dir", str(tmp_path), BELLHOP_POSTGRES_DSN=dsn)
    assert result.returncode == 3
    assert "PostgreSQL at postgresql://127.0.0.1" in result.stderr
    assert "secret" not in result.stderr + result.stdout


def test_an_address_that_this_stack_printed_once_is_no_foreign_server(stack: LocalStack) -> None:
    printed = {"BELLHOP_POSTGRES_DSN": stack.postgres_dsn, "BELLHOP_KAFKA_BOOTSTRAP": stack.kafka_bootstrap}
    assert RunningServers.named_in(printed).without_own(stack.folder.ports) == RunningServers()
    assert RunningServers.named_in({**os.environ, **printed}).kafka_bootstrap == stack.kafka_bootstrap
