"""Is a connection that uvloop closed a lost one for the Kafka client, and no fault of its own?"""

import pytest
from aiokafka.conn import AIOKafkaConnection
from aiokafka.errors import KafkaConnectionError
from aiokafka.protocol.metadata import MetadataRequest

from bellhop_common.messaging.broken_connections import tell_of_lost_connections


class Closed:
    """A writer whose transport uvloop has closed."""

    def write(self, _: bytes) -> None:
        raise RuntimeError("unable to perform operation on <TCPTransport closed=True>; the handler is closed")

    def close(self) -> None: ...


async def test_a_closed_transport_is_a_lost_connection() -> None:
    tell_of_lost_connections()
    tell_of_lost_connections()
    connection = AIOKafkaConnection("127.0.0.1", 9092)
    connection._writer = Closed()  # noqa: SLF001 - what connecting would set
    connection._versions = {}  # noqa: SLF001
    with pytest.raises(KafkaConnectionError):
        connection.send(MetadataRequest([]))
    assert not connection.connected()
