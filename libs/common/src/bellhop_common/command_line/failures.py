"""What a person is told when a command fails, and with which exit status it ends."""

from dataclasses import dataclass

import asyncpg
from aiokafka.errors import KafkaConnectionError, KafkaError
from pydantic import ValidationError

from bellhop_common.errors import BellhopError, Misuse, NotReachable

FORESEEN = (
    BellhopError,
    ValidationError,
    KafkaError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    UnicodeDecodeError,
    OSError,
)
"""What may come out of a command without its being a fault of ours."""

_SERVER_GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.AdminShutdownError,
    asyncpg.InterfaceError,
)
_HOST_GONE = (ConnectionError, TimeoutError)
_UNREADABLE = (
    FileNotFoundError,
    PermissionError,
    FileExistsError,
    IsADirectoryError,
    NotADirectoryError,
    UnicodeDecodeError,
)


@dataclass(frozen=True, slots=True)
class Failure:
    message: str
    exit_status: int


def explain(error: BaseException) -> Failure:
    """Any exception at all, in one sentence without a traceback."""
    said = str(error) or type(error).__name__
    match error:
        case BellhopError():
            return Failure(said, error.exit_status)
        case KafkaConnectionError():
            return Failure("no broker of Kafka answers", NotReachable.exit_status)
        case KafkaError():
            return Failure(f"Kafka does not answer as it should: {said}", NotReachable.exit_status)
        case ValidationError():
            return Failure(_invalid(error), Misuse.exit_status)
        case _:
            return _explain_rest(error, said)


def _explain_rest(error: BaseException, said: str) -> Failure:
    if isinstance(error, asyncpg.UndefinedTableError | asyncpg.InvalidSchemaNameError):
        return Failure(f"tables are missing ({said}); `bellhop migrate` makes them", Misuse.exit_status)
    if isinstance(error, asyncpg.InsufficientPrivilegeError):
        return Failure(f"PostgreSQL: {said}; the user in BELLHOP_POSTGRES_DSN may not do this", Misuse.exit_status)
    if isinstance(error, _SERVER_GONE):
        return Failure(f"PostgreSQL is not reachable: {said}", NotReachable.exit_status)
    if isinstance(error, _HOST_GONE):
        return Failure(f"a server is not reachable: {said}", NotReachable.exit_status)
    if isinstance(error, _UNREADABLE):
        return Failure(_of_system(error, said), Misuse.exit_status)
    if isinstance(error, FORESEEN):
        return Failure(_of_system(error, said), BellhopError.exit_status)
    return Failure(f"this is a fault in Bellhop: {type(error).__name__}: {said} (--debug shows where)", 1)


def _of_system(error: BaseException, said: str) -> str:
    """What the system says of a file, beginning with its name."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename is not None else error.strerror
    return said


def _invalid(error: ValidationError) -> str:
    """Of settings the variable is named: a class `RouterSettings` reads `BELLHOP_ROUTER_…`."""
    problems = [(".".join(map(str, one["loc"])), one["msg"].removeprefix("Value error, ")) for one in error.errors()]
    service = error.title.removesuffix("Settings")
    if service == error.title:
        told = "; ".join(f"{where or 'value'}: {what}" for where, what in problems)
        return f"{error.title} is not valid: {told}"
    return "; ".join(f"BELLHOP_{service}_{where}".upper() + f": {what}" for where, what in problems)
