"""Is this failure an outage, to be waited out, or the handler's own error?"""

from typing import Final

import asyncpg
from aiokafka.errors import KafkaError

OUTAGE_CLASSES: Final = frozenset({"08", "40", "53", "55", "57", "58"})
# 25006: a demoted primary. 25P03, 25P04: PostgreSQL ended a transaction of ours that was frozen for too long.
# 0A000: a plan that a migration made stale; the next attempt plans anew.
OUTAGE_CODES: Final = frozenset({"25006", "25P03", "25P04", "0A000"})
# What asyncpg and the network raise; `classify` says what each of them is. The last one is raised by a connection
# that was lost while it lay idle.
TROUBLE: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError, asyncpg.InternalClientError)
LOST: Final = (
    OSError,
    TimeoutError,
    KafkaError,
    asyncpg.InternalClientError,
    asyncpg.exceptions.TargetServerAttributeNotMatched,
)


class Outage(Exception):
    """Something we depend on doesn't answer: wait and try again, never dead-letter."""

    def __init__(self, error: BaseException, reason: str | None = None) -> None:
        self.error = error
        self.reason = reason or _name(error)
        super().__init__(self.reason)


class HandlerError(Exception):
    """The handler failed on this input; `reason` never shows the input's content."""

    def __init__(self, error: BaseException, reason: str | None = None) -> None:
        self.error = error
        self.reason = reason or _name(error)
        super().__init__(self.reason)


def classify(error: BaseException) -> Outage | HandlerError:
    if isinstance(error, (Outage, HandlerError)):
        return error
    return Outage(error) if _is_outage(error) else HandlerError(error)


def _is_outage(error: BaseException) -> bool:
    if isinstance(error, asyncpg.PostgresError):
        code = error.sqlstate or ""
        return code[:2] in OUTAGE_CLASSES or code in OUTAGE_CODES
    if isinstance(error, asyncpg.DataError | ValueError):
        return False
    if isinstance(error, asyncpg.InterfaceError):
        return _says_closed(str(error))
    return isinstance(error, LOST)


def _says_closed(text: str) -> bool:
    """There is one class for a lost connection and for misuse; only the text tells them apart."""
    return any(word in text for word in ("clos", "connection was", "connection has been", "releas", "terminat"))


def _name(error: BaseException) -> str:
    code = getattr(error, "sqlstate", None)
    return f"{type(error).__name__} ({code})" if code else type(error).__name__
