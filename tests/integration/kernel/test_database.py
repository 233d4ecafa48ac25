"""What becomes of a connection whose server says nothing any more?"""

import pytest

from bellhop_common.postgres.database import Database


async def test_a_connection_that_was_not_answered_in_time_is_dropped_and_not_asked_again(database: Database) -> None:
    async def ask() -> int:
        async with database.transaction() as connection:
            return int(await connection.fetchval("SELECT pg_backend_pid()"))

    before = await ask()
    with pytest.raises(TimeoutError):
        async with database.transaction():
            raise TimeoutError
    assert await ask() != before
