"""Which tables are missing, and how do they get there? dbmate's files, the kernel's and then the service's."""

import asyncio
import os
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import asyncpg

from bellhop_common.errors import BellhopError

KERNEL_DIR: Final = Path(__file__).parent.parent / "migrations" / "kernel"
KERNEL_TABLE: Final = "kernel_migrations"
SERVICE_TABLE: Final = "service_migrations"
LOCK_KEY: Final = "bellhop migrations"


class MigrationFailed(BellhopError):
    def __init__(self, directory: Path, output: str) -> None:
        super().__init__(f"migrations in {directory.name} failed: {output}")
        self.output = output


async def migrate(dsn: str, schema: str, service_dir: Path | None = None) -> list[str]:
    """The names of the files applied now. Any number of replicas may do this at once; all but one wait."""
    url = await _prepare(dsn, schema)
    applied = await _dbmate(url, KERNEL_DIR, KERNEL_TABLE)
    if service_dir is not None:
        applied += await _dbmate(url, service_dir, SERVICE_TABLE)
    return applied


async def pending(dsn: str, schema: str, service_dir: Path | None = None) -> list[str]:
    """The files not applied yet; empty when the service may start."""
    connection = await asyncpg.connect(dsn, timeout=5, server_settings={"search_path": schema})
    try:
        missing = _missing(KERNEL_DIR, await _versions(connection, KERNEL_TABLE))
        if service_dir is not None:
            missing += _missing(service_dir, await _versions(connection, SERVICE_TABLE))
    finally:
        await connection.close()
    return missing


async def _prepare(dsn: str, schema: str) -> str:
    """Creates the schema (which alone is not safe to do at once) and says where dbmate shall connect to."""
    connection = await asyncpg.connect(dsn, timeout=5)
    try:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock(hashtext($1))", LOCK_KEY)
            name = await connection.fetchval("SELECT quote_ident($1)", schema)
            await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {name}")
        encrypted = await connection.fetchval("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
    finally:
        await connection.close()
    return _url(dsn, schema, "require" if encrypted else "disable")


def _url(dsn: str, schema: str, sslmode: str) -> str:
    parts = urlsplit(dsn)
    query = {"sslmode": sslmode, **dict(parse_qsl(parts.query)), "search_path": schema}
    return urlunsplit(parts._replace(query=urlencode(query)))


async def _dbmate(url: str, directory: Path, table: str) -> list[str]:
    options = ["--migrations-dir", str(directory), "--migrations-table", table, "--no-dump-schema"]
    process = await asyncio.create_subprocess_exec(
        str(Path(sysconfig.get_path("scripts")) / "dbmate"),
        *options,
        "--migration-lock",
        "migrate",
        "--strict",
        env={**os.environ, "DATABASE_URL": url},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    text = output.decode("utf-8", "replace")
    if process.returncode != 0:
        raise MigrationFailed(directory, text.strip())
    return [line.partition(": ")[2].partition(" ")[0] for line in text.splitlines() if line.startswith("Applied: ")]


async def _versions(connection: "asyncpg.Connection[asyncpg.Record]", table: str) -> set[str]:
    if await connection.fetchval("SELECT to_regclass($1)", table) is None:
        return set()
    return {record["version"] for record in await connection.fetch(f"SELECT version FROM {table}")}  # noqa: S608 - a constant


def _missing(directory: Path, versions: set[str]) -> list[str]:
    files: Sequence[Path] = sorted(directory.glob("*.sql"))
    return [file.name for file in files if file.name.partition("_")[0] not in versions]
