"""Is a failure an outage or the handler's own?"""

import asyncpg
import pytest
from aiokafka.errors import KafkaConnectionError, UnknownTopicOrPartitionError

from bellhop_common.kernel.breaker import BreakerOpen
from bellhop_common.kernel.ends import why
from bellhop_common.postgres.errors import HandlerError, Outage, classify


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.ConnectionDoesNotExistError("gone"),
        asyncpg.CannotConnectNowError("starting up"),
        asyncpg.AdminShutdownError("terminating connection due to administrator command"),
        asyncpg.DeadlockDetectedError("deadlock detected"),
        asyncpg.SerializationError("could not serialize"),
        asyncpg.LockNotAvailableError("lock timeout"),
        asyncpg.TooManyConnectionsError("too many clients"),
        asyncpg.DiskFullError("no space left"),
        asyncpg.ReadOnlySQLTransactionError("read-only"),
        asyncpg.IdleInTransactionSessionTimeoutError("idle"),
        asyncpg.QueryCanceledError("canceling statement"),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.InterfaceError("cannot call Transaction.commit(): the underlying connection is closed"),
        asyncpg.InterfaceError("pool is closing"),
        asyncpg.InternalClientError("cannot switch to state 15; another operation (2) is in progress"),
        ConnectionRefusedError(),
        TimeoutError(),
        KafkaConnectionError(),
        UnknownTopicOrPartitionError(),
    ],
    ids=str,
)
def test_what_passes_by_itself_is_an_outage(error: Exception) -> None:
    assert isinstance(classify(error), Outage)


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.UniqueViolationError("duplicate key"),
        asyncpg.NotNullViolationError("null value"),
        asyncpg.UndefinedTableError("no such table"),
        asyncpg.DataError("invalid input for query argument $1"),
        asyncpg.InterfaceError("the server expects 2 arguments for this query, 1 was passed"),
        KeyError("queue"),
        ValueError("closed"),
        AssertionError(),
    ],
    ids=repr,
)
def test_what_comes_back_however_often_it_is_tried_is_the_handlers_own(error: Exception) -> None:
    assert isinstance(classify(error), HandlerError)


def test_the_reason_names_the_kind_but_never_the_content() -> None:
    verdict = classify(asyncpg.UniqueViolationError("Key (email)=(ana@example.com) already exists"))
    assert verdict.reason == "UniqueViolationError (23505)"


def test_a_verdict_stays_what_it_is() -> None:
    outage = Outage(TimeoutError())
    assert classify(outage) is outage


def test_why_a_process_ends_is_told_without_what_an_error_quotes() -> None:
    assert why(asyncpg.UniqueViolationError("Key (email)=(ana@example.com) already exists")) == (
        "UniqueViolationError (23505)"
    )
    assert why(RuntimeError("ana@example.com")) == "RuntimeError"
    assert why(BreakerOpen("KeyError")) == "BreakerOpen: KeyError"
