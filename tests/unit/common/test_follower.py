"""Does a listener listen again, whatever ended its listening?"""

import asyncio
from contextlib import suppress

from aiokafka.errors import KafkaConnectionError

from bellhop_common.messaging.follower import again_and_again


async def test_whatever_ends_it_a_listener_listens_again() -> None:
    endings: list[Exception | None] = [
        KafkaConnectionError(),
        OSError("no route"),
        TimeoutError(),
        AssertionError("a fault of the client's"),
        None,
    ]
    listened = asyncio.Event()

    async def listen() -> None:
        if not endings:
            listened.set()
            await asyncio.Event().wait()
        ending = endings.pop(0)
        if ending is not None:
            raise ending

    listening = asyncio.create_task(again_and_again(listen, pause=0.0))
    await asyncio.wait_for(listened.wait(), 10.0)
    assert not listening.done()
    listening.cancel()
    with suppress(asyncio.CancelledError):
        await listening
    assert listening.cancelled()
