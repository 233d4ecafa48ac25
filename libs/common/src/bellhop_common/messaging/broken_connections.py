"""What if a broker hangs up while we write? uvloop says so by an error that the client takes for a fault of its own.

The task that keeps us in the group then ends, and the process with it. The client knows what to do with a lost
connection, so it is told of one. https://github.com/aio-libs/aiokafka/issues/1038
"""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Final, TypeAlias

from aiokafka.conn import AIOKafkaConnection, CloseReason
from aiokafka.errors import KafkaConnectionError

SEND: Final = "send"
Send: TypeAlias = Callable[..., Awaitable[Any]]


def tell_of_lost_connections() -> None:
    """Once a process, before the first client is made; again does nothing."""
    true_send: Send = getattr(AIOKafkaConnection, SEND)
    if not hasattr(true_send, "__wrapped__"):
        setattr(AIOKafkaConnection, SEND, _telling(true_send))


def _telling(true_send: Send) -> Send:
    @wraps(true_send)
    def send(connection: AIOKafkaConnection, *given: object, **named: object) -> Awaitable[Any]:
        try:
            return true_send(connection, *given, **named)
        except RuntimeError as error:
            connection.close(reason=CloseReason.CONNECTION_BROKEN)
            raise KafkaConnectionError(f"{connection.host}:{connection.port} hung up") from error

    return send
