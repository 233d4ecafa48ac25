"""How does each test get a database of its own, quickly?"""

import uuid
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from bellhop_common.postgres.migrations import migrate

KERNEL_SCHEMA = "bellhop_test"


async def create_database(admin_dsn: str, template: str | None = None) -> str:
    """Its DSN; a copy of `template`'s database where one is given."""
    name = f"test_{uuid.uuid4().hex}"
    copied = "" if template is None else f" TEMPLATE {database_name(template)}"
    await _execute(admin_dsn, f"CREATE DATABASE {name}{copied} STRATEGY file_copy")
    return with_database(admin_dsn, name)


async def drop_database(admin_dsn: str, dsn: str) -> None:
    await _execute(admin_dsn, f"DROP DATABASE IF EXISTS {database_name(dsn)} WITH (FORCE)")


async def kernel_template(admin_dsn: str) -> str:
    """The DSN of a database with the kernel's tables, to be copied."""
    dsn = await create_database(admin_dsn)
    await migrate(dsn, KERNEL_SCHEMA)
    return dsn


def database_name(dsn: str) -> str:
    return urlsplit(dsn).path.removeprefix("/")


def with_database(dsn: str, name: str) -> str:
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{name}"))


async def _execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
