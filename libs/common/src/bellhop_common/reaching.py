"""Why could Kafka or PostgreSQL not be reached, and what may be done about it? In words, with the address."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import asyncpg
from aiokafka.errors import KafkaConnectionError

from bellhop_common.addresses import without_credentials
from bellhop_common.errors import NotReachable

POSTGRES_GONE: Final = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.TooManyConnectionsError,
    asyncpg.AdminShutdownError,
    asyncpg.InterfaceError,
)
_START: Final = "`bellhop stack up` starts one"


def kafka_gone(bootstrap: str, error: BaseException) -> NotReachable:
    if isinstance(error, KafkaConnectionError | OSError):
        why = f"no broker answers ({_START}, BELLHOP_KAFKA_BOOTSTRAP names another)"
    else:
        why = str(error) or type(error).__name__
    return NotReachable("Kafka", bootstrap, why)


def postgres_gone(dsn: str, error: BaseException) -> NotReachable:
    match error:
        case ConnectionError():
            why = f"nothing listens there ({_START}, BELLHOP_POSTGRES_DSN names another)"
        case TimeoutError():
            why = "no answer in time"
        case OSError():
            why = error.strerror or str(error)
        case _:
            why = str(error)
    return NotReachable("PostgreSQL", without_credentials(dsn), why)


@contextmanager
def reaching_postgres(dsn: str) -> Iterator[None]:
    """Raises `NotReachable` for what says that the server can't be reached or let us in."""
    try:
        yield
    except POSTGRES_GONE as error:
        raise postgres_gone(dsn, error) from error
