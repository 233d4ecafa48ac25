"""Do the tables come to be, whoever starts first, and is it told what is missing?"""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from bellhop_common.postgres.migrations import KERNEL_DIR, MigrationFailed, migrate, pending

KERNEL_FILES = sorted(file.name for file in KERNEL_DIR.glob("*.sql"))


def service_dir(folder: Path, statement: str = "CREATE TABLE extra (id int)") -> Path:
    text = f"-- migrate:up\n{statement};\n-- migrate:down\n"
    (folder / "20260201000000_extra.sql").write_text(text, encoding="utf-8")
    return folder


async def test_three_replicas_at_once_apply_each_file_once(postgres_dsn: str, tmp_path: Path) -> None:
    folder = service_dir(tmp_path)
    applied = await asyncio.gather(*(migrate(postgres_dsn, "bellhop_router", folder) for _ in range(3)))
    assert sorted(name for names in applied for name in names) == [*KERNEL_FILES, "20260201000000_extra.sql"]


async def test_services_share_a_database_each_in_its_own_schema(postgres_dsn: str) -> None:
    await asyncio.gather(migrate(postgres_dsn, "bellhop_router"), migrate(postgres_dsn, "bellhop_sla"))
    connection = await asyncpg.connect(postgres_dsn)
    schemas = await connection.fetch("SELECT schemaname FROM pg_tables WHERE tablename = 'outbox' ORDER BY 1")
    await connection.close()
    assert [row["schemaname"] for row in schemas] == ["bellhop_router", "bellhop_sla"]


async def test_what_is_missing_is_named(postgres_dsn: str, tmp_path: Path) -> None:
    assert await pending(postgres_dsn, "bellhop_router") == KERNEL_FILES
    await migrate(postgres_dsn, "bellhop_router")
    assert await pending(postgres_dsn, "bellhop_router") == []
    assert await pending(postgres_dsn, "bellhop_router", service_dir(tmp_path)) == ["20260201000000_extra.sql"]


async def test_migrating_again_changes_nothing(postgres_dsn: str) -> None:
    await migrate(postgres_dsn, "bellhop_router")
    assert await migrate(postgres_dsn, "bellhop_router") == []


async def test_a_file_that_fails_is_told_with_what_postgresql_says(postgres_dsn: str, tmp_path: Path) -> None:
    with pytest.raises(MigrationFailed, match="nowhere"):
        await migrate(postgres_dsn, "bellhop_router", service_dir(tmp_path, "INSERT INTO nowhere VALUES (1)"))
