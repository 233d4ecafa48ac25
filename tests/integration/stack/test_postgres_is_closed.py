"""Is the local PostgreSQL as closed as a server on a shared machine must be?"""

import os
import socket
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import psutil
import pytest

from bellhop_common.errors import Misuse
from bellhop_local.stack import LocalStack, RunningServers, StackOptions
from bellhop_local.stack.ports import free_port
from bellhop_local.stack.postgres import Postgres
from bellhop_local.stack.processes import ordinary_identity


def fresh(folder: Path) -> Postgres:
    return Postgres(folder / "postgres", folder / "password", free_port(), ordinary_identity())


async def test_a_wrong_password_is_refused(stack: LocalStack) -> None:
    parts = urlsplit(stack.postgres_dsn)
    wrong = parts._replace(netloc=f"postgres:wrong@127.0.0.1:{parts.port}").geturl()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(wrong)


async def test_the_password_is_stored_as_a_scram_secret(stack: LocalStack) -> None:
    connection = await asyncpg.connect(stack.postgres_dsn)
    try:
        secret = await connection.fetchval("SELECT rolpassword FROM pg_authid WHERE rolname = 'postgres'")
    finally:
        await connection.close()
    assert secret.startswith("SCRAM-SHA-256$")


def test_only_the_owner_reads_the_password_file(stack: LocalStack) -> None:
    assert stack.folder.password.stat().st_mode & 0o777 == 0o600


def test_it_listens_on_the_loopback_address_alone(stack: LocalStack) -> None:
    process = psutil.Process(stack.servers["postgres"].pid)
    listening = [one.laddr.ip for one in process.net_connections("all") if one.status == psutil.CONN_LISTEN]
    assert listening == ["127.0.0.1"]
    assert [path for one in process.net_connections("unix") if (path := str(one.laddr))] == []


async def test_the_permissions_of_the_home_folder_do_not_change(
    tmp_path: Path, cache: Path, stack: LocalStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("HOME", str(home))
    running = RunningServers(kafka_bootstrap=stack.kafka_bootstrap)
    async with LocalStack(home / "stack", StackOptions(cache=cache, running=running)):
        assert home.stat().st_mode & 0o777 == 0o700
        assert home.stat().st_uid == os.geteuid()


def test_a_cluster_that_was_left_half_made_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "postgres.new").mkdir()
    (tmp_path / "postgres.new" / "half").write_text("made")
    fresh(tmp_path).prepare()
    assert (tmp_path / "postgres" / "PG_VERSION").read_text() == "18\n"


def test_a_pid_file_whose_number_belongs_to_another_process_is_forgotten(tmp_path: Path) -> None:
    postgres = fresh(tmp_path)
    postgres.prepare()
    pid_file = tmp_path / "postgres" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{tmp_path}\n")
    postgres.prepare()
    assert not pid_file.exists()


def test_a_cluster_of_another_major_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    postgres = fresh(tmp_path)
    postgres.prepare()
    (tmp_path / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(Misuse, match="was made by PostgreSQL 16"):
        postgres.prepare()


def test_ports_are_chosen_where_no_client_takes_them() -> None:
    port = free_port()
    assert 20_000 <= port < 32_000
    with socket.socket() as free:
        free.bind(("127.0.0.1", port))
